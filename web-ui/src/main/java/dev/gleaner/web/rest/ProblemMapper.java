package dev.gleaner.web.rest;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import jakarta.ejb.AccessLocalException;
import jakarta.ejb.EJBAccessException;
import jakarta.persistence.OptimisticLockException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Turns whatever went wrong into a {@link Problem}. Containers wrap what a service threw, so the causes are searched for a
 * refusal first. What is left is the server's own fault: the log gets all of it, the caller only the entry's id.
 */
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {

    private static final System.Logger LOG = System.getLogger(ProblemMapper.class.getName());

    @Override
    public Response toResponse(Throwable thrown) {
        return causes(thrown).map(ProblemMapper::refusal).filter(Objects::nonNull).findFirst()
                .orElseGet(() -> failure(thrown));
    }

    private static Stream<Throwable> causes(Throwable thrown) {
        // From the innermost to the outermost: JAX-RS hides a bad parameter in a NotFoundException.
        Stream<Throwable> outer = Stream.of(thrown);
        return thrown.getCause() == null ? outer : Stream.concat(causes(thrown.getCause()), outer);
    }

    private static Response refusal(Throwable cause) {
        if (cause instanceof InvalidInput invalid) {
            return Problem.of(invalid).toResponse();
        } else if (cause instanceof NotFound) {
            return Problem.of(404, sentence(cause.getMessage())).toResponse();
        } else if (cause instanceof Conflict) {
            return Problem.of(409, sentence(cause.getMessage())).toResponse();
        } else if (cause instanceof EJBAccessException || cause instanceof AccessLocalException) {
            return Problem.of(403, "The role of this account does not allow that.").toResponse();
        } else if (cause instanceof OptimisticLockException) {
            return Problem.of(409, "Somebody else changed it in the meantime; read it again.").toResponse();
        } else if (cause instanceof WebApplicationException web && web.getResponse().getStatus() < 500) {
            return ofJaxRs(web);
        }
        return null;
    }

    private static Response ofJaxRs(WebApplicationException web) {
        Response given = web.getResponse();
        Problem problem = Problem.of(given.getStatus(), switch (given.getStatus()) {
            case 400 -> "The body is not what the header Content-Type says.";
            case 404 -> "There is nothing at this address.";
            case 405 -> "This address does not know the method; expected one of " + given.getHeaderString(HttpHeaders.ALLOW) + ".";
            case 406 -> "This address has nothing of the kind that the header Accept names.";
            case 415 -> "This address does not take what the header Content-Type names.";
            default -> web.getMessage();
        });
        Response.ResponseBuilder answer = Response.fromResponse(problem.toResponse());
        given.getHeaders().forEach((name, values) -> values.forEach(value -> {
            if (!name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE) && !name.equalsIgnoreCase(HttpHeaders.CONTENT_LENGTH)) {
                answer.header(name, value);
            }
        }));
        return answer.build();
    }

    private static Response failure(Throwable thrown) {
        String id = UUID.randomUUID().toString();
        LOG.log(Level.ERROR, "request failed, " + id, thrown);
        return Problem.ofServer(id).toResponse();
    }

    static String sentence(String message) {
        return Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
    }
}

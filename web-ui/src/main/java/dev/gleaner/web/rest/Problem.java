package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.review.StaleItem;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Why a request failed, as RFC 9457 has it. The type is always {@code about:blank}, so it is left out: the status says what
 * kind of problem it is.
 *
 * @param title   the status in words
 * @param status  the HTTP status
 * @param detail  what happened here, for people
 * @param errors  each thing that is wrong with the input; null for other problems
 * @param id      under which the server's log tells more; null unless the server failed
 * @param current what it is now, if somebody else changed it; null for other problems
 */
public record Problem(String title, int status, String detail, List<Fault> errors, String id, ReviewItemView current) {

    public static final String MEDIA_TYPE = "application/problem+json";

    /** One thing that is wrong with the input; {@code value} is null when it was missing. */
    public record Fault(String field, Object value, String expected) {

        static Fault of(InvalidInput.Fault fault) {
            Object value = fault.value() instanceof Path path ? path.toString() : fault.value();
            return new Fault(fault.field(), value, fault.expected());
        }
    }

    public static Problem of(int status, String detail) {
        return new Problem(titleOf(status), status, detail, null, null, null);
    }

    static Problem of(InvalidInput invalid) {
        return new Problem(titleOf(400), 400, invalid.getMessage(), invalid.faults().stream().map(Fault::of).toList(), null, null);
    }

    /** 409: the caller's decision is about what the item was before. */
    static Problem of(StaleItem stale, ReviewItemView current) {
        return new Problem(titleOf(409), 409, ProblemMapper.sentence(stale.getMessage()), null, null, current);
    }

    static Problem ofServer(String id) {
        return new Problem(titleOf(500), 500, "The server failed; its log tells more under " + id + ".", null, id, null);
    }

    private static String titleOf(int status) {
        Response.Status known = Response.Status.fromStatusCode(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }

    Response toResponse() {
        return Response.status(status).type(MEDIA_TYPE).entity(this).build();
    }

    /** Answers with this problem where JAX-RS is not at work. */
    public void sendTo(HttpServletResponse response) throws IOException {
        response.setStatus(status);
        response.setContentType(MEDIA_TYPE);
        response.getOutputStream().write(Json.MAPPER.writeValueAsBytes(this));
    }
}

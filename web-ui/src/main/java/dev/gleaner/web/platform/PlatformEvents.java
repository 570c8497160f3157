package dev.gleaner.web.platform;

import dev.gleaner.InvalidInput;
import dev.gleaner.platform.PlatformInbox;
import dev.gleaner.web.rest.Problem;
import jakarta.ejb.EJBException;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes events that a platform signs, at {@code POST /platform-events/NAME/ID}: the platform's name and a connection's id. Such a platform can tell no token,
 * so the address is beside the API: an event is let in by its signature, and whatever is wrong with that, the answer is the same. Bodies are not written to the log.
 */
@WebServlet("/platform-events/*")
public class PlatformEvents extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final System.Logger LOG = System.getLogger(PlatformEvents.class.getName());
    private static final Pattern EVENTS = Pattern.compile("/([^/]+)/([0-9]{1,18})");
    private static final int MOST_BYTES = 4 << 20;

    @Inject
    private PlatformInbox inbox;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Matcher path = EVENTS.matcher(String.valueOf(request.getPathInfo()));
        try {
            byte[] body = body(request);
            if (body == null) {
                // Nobody vouches for it yet: it is not read to its end.
                response.setHeader("Connection", "close");
                Problem.of(413, "An event has at most " + MOST_BYTES + " bytes.").sendTo(response);
            } else if (path.matches() && inbox.receiveSigned(path.group(1), Long.parseLong(path.group(2)), request::getHeader, body)) {
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            } else {
                refuse(response);
            }
        } catch (InvalidInput e) {
            Problem.of(400, e.getMessage()).sendTo(response);
        } catch (EJBException e) {
            LOG.log(Level.WARNING, "an event of a platform could not be taken", e);
            response.setHeader("Retry-After", "5");
            Problem.of(503, "The server cannot answer at the moment; its log tells more.").sendTo(response);
        }
    }

    /** Nothing but events is here, and nothing that is not signed. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        refuse(response);
    }

    private static void refuse(HttpServletResponse response) throws IOException {
        response.setHeader("WWW-Authenticate", "Bearer realm=\"gleaner\"");
        Problem.of(401, "Expected an event that is signed with the secret of a connection.").sendTo(response);
    }

    /** null if it is too large */
    private static byte[] body(HttpServletRequest request) throws IOException {
        try (InputStream in = request.getInputStream()) {
            byte[] body = in.readNBytes(MOST_BYTES + 1);
            return body.length > MOST_BYTES ? null : body;
        }
    }
}

package dev.gleaner.web.platform;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Account;
import dev.gleaner.account.AccountService;
import dev.gleaner.account.Roles;
import dev.gleaner.labelstudio.BackEndJson;
import dev.gleaner.labelstudio.LabelStudioPredictor;
import dev.gleaner.labelstudio.LabelStudioService;
import dev.gleaner.platform.PlatformModels;
import dev.gleaner.project.Project;
import dev.gleaner.web.TokenAuthentication;
import dev.gleaner.web.rest.Problem;
import jakarta.ejb.EJBException;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The machine-learning back end that Label Studio calls, at {@code /ml}, {@code /ml/PROJECT} and {@code /ml/PROJECT/TOKEN}. A call carries a
 * token as the password of basic authentication, whatever the user's name is; or it has it in its path, since Label Studio's event webhooks carry
 * no credentials. Neither tokens nor bodies are written to the log.
 */
@WebServlet("/ml/*")
public class LabelStudioBackend extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final System.Logger LOG = System.getLogger(LabelStudioBackend.class.getName());
    private static final String BASIC = "Basic ";
    private static final int MOST_BYTES = 64 << 20;
    /** Who may connect platforms. */
    private static final Set<String> CONNECTING = Set.of(Roles.ADMINISTRATOR, Roles.ENGINEER);

    @Inject
    private AccountService accounts;
    @Inject
    private LabelStudioService platform;
    @Inject
    private PlatformModels models;
    @Inject
    private LabelStudioPredictor predictor;

    /**
     * A path within the back end.
     *
     * @param project the name or the id of a project; null for the default one
     * @param token   null if the path has none
     * @param call    {@code predict}; empty at the back end's own address
     */
    record Route(String project, String token, String call) {

        private static final List<String> CALLS = List.of("health", "setup", "predict", "versions", "webhook");

        /** @param pathInfo as the servlet has it, decoded; null at its own address */
        static Optional<Route> of(String pathInfo) {
            List<String> parts = pathInfo == null ? List.of() : Arrays.stream(pathInfo.split("/")).filter(part -> !part.isEmpty()).toList();
            String call = parts.isEmpty() || !CALLS.contains(parts.get(parts.size() - 1)) ? "" : parts.get(parts.size() - 1);
            List<String> before = call.isEmpty() ? parts : parts.subList(0, parts.size() - 1);
            return before.size() > 2 ? Optional.empty()
                    : Optional.of(new Route(before.isEmpty() ? null : before.get(0), before.size() < 2 ? null : before.get(1), call));
        }

        /** Without the token. */
        @Override
        public String toString() {
            return "Route[" + project + ", " + call + "]";
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        serve(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        serve(request, response);
    }

    private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            answer(request, response);
        } catch (InvalidInput e) {
            Problem.of(400, e.getMessage()).sendTo(response);
        } catch (NotFound e) {
            Problem.of(404, e.getMessage()).sendTo(response);
        } catch (Conflict e) {
            Problem.of(503, e.getMessage()).sendTo(response);
        } catch (EJBException e) {
            LOG.log(Level.WARNING, "a call of Label Studio's failed", e);
            response.setHeader("Retry-After", "5");
            Problem.of(503, "The server cannot answer at the moment; its log tells more.").sendTo(response);
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<Route> route = Route.of(request.getPathInfo());
        Optional<Account> account = route.flatMap(path -> token(request, path)).flatMap(accounts::byToken);
        if (account.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Basic realm=\"gleaner\", charset=\"UTF-8\"");
            Problem.of(401, "Expected a token as the password of basic authentication, or in the path: /ml/PROJECT/TOKEN.").sendTo(response);
            return;
        }
        if (account.get().role().equals(Roles.VIEWER)) {
            Problem.of(403, "The role of this account does not allow that.").sendTo(response);
            return;
        }
        Project project = models.project(route.get().project());
        String call = route.get().call();
        boolean reads = request.getMethod().equals("GET");
        if (reads && (call.equals("health") || call.isEmpty())) {
            send(response, 200, BackEndJson.up());
        } else if (reads && call.equals("versions")) {
            send(response, 200, BackEndJson.versions(models.versions(project.id())));
        } else if (!reads && call.equals("setup")) {
            boolean mayConnect = CONNECTING.contains(account.get().role());
            send(response, 200, BackEndJson.setUp(platform.setUp(project.id(), BackEndJson.setup(body(request)), mayConnect)));
        } else if (!reads && call.equals("predict")) {
            send(response, 200, BackEndJson.results(predictor.predict(project, BackEndJson.predict(body(request)))));
        } else if (!reads && call.equals("webhook")) {
            platform.receive(project.id(), body(request));
            send(response, 200, BackEndJson.taken());
        } else {
            Problem.of(404, "There is nothing at this address; expected health, setup, predict, versions or webhook.").sendTo(response);
        }
    }

    private static Optional<String> token(HttpServletRequest request, Route route) {
        return Optional.ofNullable(route.token()).or(() -> Optional.ofNullable(request.getHeader("Authorization")).flatMap(LabelStudioBackend::password))
                .or(() -> TokenAuthentication.bearerToken(request));
    }

    /** The password of basic authentication (RFC 7617). */
    static Optional<String> password(String header) {
        if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        try {
            String pair = new String(Base64.getDecoder().decode(header.substring(BASIC.length()).strip()), StandardCharsets.UTF_8);
            return pair.indexOf(':') < 0 ? Optional.empty() : Optional.of(pair.substring(pair.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] body(HttpServletRequest request) throws IOException {
        try (InputStream in = request.getInputStream()) {
            byte[] body = in.readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                in.transferTo(OutputStream.nullOutputStream());
                throw new InvalidInput("body", "more than " + MOST_BYTES + " bytes", "at most that");
            }
            return body;
        }
    }

    private static void send(HttpServletResponse response, int status, byte[] json) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}

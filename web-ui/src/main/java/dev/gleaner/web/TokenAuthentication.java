package dev.gleaner.web;

import dev.gleaner.account.Account;
import dev.gleaner.account.AccountService;
import dev.gleaner.account.SignInRefused;
import dev.gleaner.account.SignInService;
import dev.gleaner.web.rest.Problem;
import jakarta.ejb.EJBException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * Lets a request in that carries a token ({@code Authorization: Bearer}, RFC 6750) or the console's session cookie. A name and a
 * password ({@code Authorization: Basic}, RFC 7617, in UTF-8) are good for one thing only, to open a session. Which paths ask for
 * any of them, {@code web.xml} says; what whoever is let in may do, the services say.
 *
 * <p>A browser sends its cookie along with whatever another site makes it send. The cookie is {@code SameSite=Strict}; and a
 * request that writes must carry the header {@value #CONSOLE_HEADER} beside it, which a foreign page cannot add without a
 * preflight that this server never grants.
 */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {

    public static final String SESSION_COOKIE = "gleaner-session";
    public static final String CONSOLE_HEADER = "Gleaner-Console";

    private static final System.Logger LOG = System.getLogger(TokenAuthentication.class.getName());
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";
    private static final String SIGN_IN = "/api/session";
    private static final String OPENED_SESSION = TokenAuthentication.class.getName() + ".session";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    @Inject
    private AccountService accounts;
    @Inject
    private SignInService signIn;

    @Override
    public AuthenticationStatus validateRequest(HttpServletRequest request, HttpServletResponse response,
            HttpMessageContext context) {
        if (!context.isProtected()) {
            return context.doNothing();
        }
        try {
            return identify(request, response, context);
        } catch (SignInRefused e) {
            return refuse(response, e);
        } catch (EJBException e) {
            LOG.log(Level.WARNING, "cannot look accounts up", e);
            response.setHeader("Retry-After", "5");
            send(response, Problem.of(503, "The database does not answer. Try again in a moment; the server's log tells more."));
            return AuthenticationStatus.SEND_FAILURE;
        }
    }

    private AuthenticationStatus identify(HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
        Optional<String> token = bearerToken(request);
        if (token.isPresent()) {
            return token.flatMap(accounts::byToken).map(account -> letIn(account, request, context))
                    .orElseGet(() -> refuse(response, "The token in the Authorization header opens no account."));
        }
        Optional<NameAndPassword> password = nameAndPassword(request);
        if (password.isPresent()) {
            String session = signIn.byPassword(password.get().name(), password.get().password(), request.getRemoteAddr());
            request.setAttribute(OPENED_SESSION, session);
            return letIn(accounts.bySession(session).orElseThrow(), request, context);
        }
        Optional<Account> account = sessionCookie(request).flatMap(accounts::bySession);
        if (account.isEmpty()) {
            return refuse(response, "Expected the header \"Authorization: Bearer TOKEN\" or the console's session.");
        }
        if (!READS.contains(request.getMethod()) && request.getHeader(CONSOLE_HEADER) == null) {
            send(response, Problem.of(403, "A console session may write only with the header \"" + CONSOLE_HEADER + "\"."));
            return AuthenticationStatus.SEND_FAILURE;
        }
        return letIn(account.get(), request, context);
    }

    /** The token a request carries in its header. */
    public static Optional<String> bearerToken(HttpServletRequest request) {
        return credentials(request, BEARER);
    }

    /** Who was let in with this request. */
    public static Account account(HttpServletRequest request) {
        return (Account) request.getAttribute(Account.class.getName());
    }

    /** The session that this request's name and password have opened; empty when it carried none. */
    public static Optional<String> openedSession(HttpServletRequest request) {
        return Optional.ofNullable((String) request.getAttribute(OPENED_SESSION));
    }

    /** The scheme's name is case-insensitive. */
    private static Optional<String> credentials(HttpServletRequest request, String scheme) {
        return Optional.ofNullable(request.getHeader("Authorization"))
                .filter(header -> header.regionMatches(true, 0, scheme, 0, scheme.length()))
                .map(header -> header.substring(scheme.length()).strip());
    }

    private record NameAndPassword(String name, String password) {

        static Optional<NameAndPassword> of(String base64) {
            try {
                String both = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
                int end = both.indexOf(':');
                return end < 0 ? Optional.empty() : Optional.of(new NameAndPassword(both.substring(0, end), both.substring(end + 1)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    private static Optional<NameAndPassword> nameAndPassword(HttpServletRequest request) {
        boolean signsIn = request.getMethod().equals("POST") && request.getRequestURI().equals(SIGN_IN);
        return signsIn ? credentials(request, BASIC).flatMap(NameAndPassword::of) : Optional.empty();
    }

    private static Optional<String> sessionCookie(HttpServletRequest request) {
        return Optional.ofNullable(request.getCookies()).stream().flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(SESSION_COOKIE)).map(Cookie::getValue).findFirst();
    }

    private static AuthenticationStatus letIn(Account account, HttpServletRequest request, HttpMessageContext context) {
        request.setAttribute(Account.class.getName(), account);
        return context.notifyContainerAboutLogin(account.name(), Set.of(account.role()));
    }

    private static AuthenticationStatus refuse(HttpServletResponse response, SignInRefused refused) {
        if (refused.retryAfterSeconds().isEmpty()) {
            return refuse(response, refused.getMessage());
        }
        response.setHeader("Retry-After", refused.retryAfterSeconds().get().toString());
        send(response, Problem.of(429, refused.getMessage()));
        return AuthenticationStatus.SEND_FAILURE;
    }

    private static AuthenticationStatus refuse(HttpServletResponse response, String detail) {
        response.setHeader("WWW-Authenticate", "Bearer realm=\"gleaner\"");
        send(response, Problem.of(401, detail));
        return AuthenticationStatus.SEND_FAILURE;
    }

    private static void send(HttpServletResponse response, Problem problem) {
        try {
            problem.sendTo(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

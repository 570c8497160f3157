package dev.gleaner.web;

import dev.gleaner.account.Account;
import dev.gleaner.account.AccountService;
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
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Lets a request in that carries a token ({@code Authorization: Bearer}, RFC 6750) or the console's session cookie. Which
 * paths ask for either, {@code web.xml} says.
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
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    @Inject
    private AccountService accounts;

    @Override
    public AuthenticationStatus validateRequest(HttpServletRequest request, HttpServletResponse response,
            HttpMessageContext context) {
        if (!context.isProtected()) {
            return context.doNothing();
        }
        try {
            return identify(request, response, context);
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
            return token.flatMap(accounts::byToken).map(account -> letIn(account, context))
                    .orElseGet(() -> refuse(response, "The token in the Authorization header opens no account."));
        }
        Optional<Account> account = sessionCookie(request).flatMap(accounts::bySession);
        if (account.isEmpty()) {
            return refuse(response, "Expected the header \"Authorization: Bearer TOKEN\" or the console's session.");
        }
        if (!READS.contains(request.getMethod()) && request.getHeader(CONSOLE_HEADER) == null) {
            send(response, Problem.of(403, "A console session may write only with the header \"" + CONSOLE_HEADER + "\"."));
            return AuthenticationStatus.SEND_FAILURE;
        }
        return letIn(account.get(), context);
    }

    /** The token a request carries in its header; the scheme's name is case-insensitive. */
    public static Optional<String> bearerToken(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader("Authorization"))
                .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(header -> header.substring(BEARER.length()).strip());
    }

    private static Optional<String> sessionCookie(HttpServletRequest request) {
        return Optional.ofNullable(request.getCookies()).stream().flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(SESSION_COOKIE)).map(Cookie::getValue).findFirst();
    }

    private static AuthenticationStatus letIn(Account account, HttpMessageContext context) {
        return context.notifyContainerAboutLogin(account.name(), Set.of(account.role()));
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

package dev.gleaner.web.rest;

import dev.gleaner.account.Account;
import dev.gleaner.account.AccountService;
import dev.gleaner.web.SessionCookie;
import dev.gleaner.web.TokenAuthentication;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Signing in and out of the console. */
@Path("session")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

    /**
     * Who is signed in.
     *
     * @param user the user's id; null where a token is nobody's
     */
    public record Session(String name, String role, Long user) {
    }

    @Inject
    private AccountService accounts;
    @Context
    private HttpServletRequest request;

    @GET
    public Session get() {
        Account account = TokenAuthentication.account(request);
        return new Session(account.name(), account.role(), account.user().orElse(null));
    }

    @POST
    public Response signIn() {
        String session = TokenAuthentication.openedSession(request)
                .or(() -> TokenAuthentication.bearerToken(request).flatMap(token -> accounts.openSession(token, request.getRemoteAddr())))
                .orElseThrow(() -> new NotAuthorizedException("Expected a token, or a name and a password, in the header Authorization.", "Bearer"));
        return Response.noContent().header(HttpHeaders.SET_COOKIE, SessionCookie.opening(session, request)).build();
    }

    @DELETE
    public Response signOut(@CookieParam(TokenAuthentication.SESSION_COOKIE) String session) {
        if (session != null) {
            accounts.closeSession(session);
        }
        return Response.noContent().header(HttpHeaders.SET_COOKIE, SessionCookie.closing(request)).build();
    }
}

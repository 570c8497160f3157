package dev.gleaner.web.rest;

import dev.gleaner.account.AccountService;
import dev.gleaner.account.ConsoleSession;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;

/** Signing in and out of the console. */
@Path("session")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

    /** Who is signed in. */
    public record Session(String name) {
    }

    @Inject
    private AccountService accounts;
    @Context
    private HttpServletRequest request;

    @GET
    public Session get() {
        return new Session(request.getUserPrincipal().getName());
    }

    @POST
    public Response signIn() {
        String session = TokenAuthentication.bearerToken(request).flatMap(accounts::openSession)
                .orElseThrow(() -> new NotAuthorizedException("Expected the token in the header Authorization.", "Bearer"));
        return Response.noContent().cookie(cookie(session, (int) ConsoleSession.LIFETIME.toSeconds())).build();
    }

    @DELETE
    public Response signOut(@CookieParam(TokenAuthentication.SESSION_COOKIE) String session) {
        if (session != null) {
            accounts.closeSession(session);
        }
        return Response.noContent().cookie(cookie("", 0)).build();
    }

    private NewCookie cookie(String value, int seconds) {
        return new NewCookie.Builder(TokenAuthentication.SESSION_COOKIE).value(value).path("/").maxAge(seconds)
                .httpOnly(true).sameSite(NewCookie.SameSite.STRICT).secure(request.isSecure()).build();
    }
}

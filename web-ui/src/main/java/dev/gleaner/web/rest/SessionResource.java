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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Signing in and out of the console. */
@Path("session")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Session")
public class SessionResource {

    /** Who is signed in. */
    public record SessionView(String name) {
    }

    @Inject
    private AccountService accounts;
    @Context
    private HttpServletRequest request;

    @GET
    @Operation(summary = "Tell who is calling")
    public SessionView get() {
        return new SessionView(request.getUserPrincipal().getName());
    }

    @POST
    @Operation(summary = "Sign a browser in", description = """
            Exchanges the token of the header `Authorization` for a cookie that scripts cannot read. Requests that carry the \
            cookie and write must carry the header `Gleaner-Console` too.""")
    @APIResponse(responseCode = "204", description = "Signed in; the cookie is set.")
    public Response signIn() {
        String session = TokenAuthentication.bearerToken(request).flatMap(accounts::openSession)
                .orElseThrow(() -> new NotAuthorizedException("Expected the token in the header Authorization.", "Bearer"));
        return Response.noContent().cookie(cookie(session, (int) ConsoleSession.LIFETIME.toSeconds())).build();
    }

    @DELETE
    @Operation(summary = "Sign a browser out")
    @APIResponse(responseCode = "204", description = "Signed out; the session is gone.")
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

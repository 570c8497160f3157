package dev.gleaner.web.rest;

import dev.gleaner.account.ApiToken;
import dev.gleaner.account.OwnAccountService;
import dev.gleaner.web.SessionCookie;
import dev.gleaner.web.TokenAuthentication;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;

/** What users do with their own accounts. */
@Path("account")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class AccountResource {

    /**
     * @param current the password until now
     * @param next    the password from now on
     */
    public record PasswordChange(String current, String next) {
    }

    public record NewApiToken(String name) {
    }

    /** @param text shown this once, when it is made; null afterwards */
    public record ApiTokenView(long id, String name, Instant createdAt, Instant lastUsedAt, String text) {

        static ApiTokenView of(ApiToken token, String text) {
            return new ApiTokenView(token.id(), token.shortName(), token.createdAt(), token.lastUsedAt().orElse(null), text);
        }
    }

    public record ApiTokenList(List<ApiTokenView> items) {
    }

    @Inject
    private OwnAccountService accounts;
    @Context
    private HttpServletRequest request;

    private String caller() {
        return TokenAuthentication.account(request).name();
    }

    /** The session that asked has ended with all the others. */
    @PUT
    @Path("password")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response changePassword(PasswordChange change) {
        accounts.changePassword(caller(), change.current(), change.next());
        return Response.noContent().header(HttpHeaders.SET_COOKIE, SessionCookie.closing(request)).build();
    }

    @GET
    @Path("tokens")
    public ApiTokenList tokens() {
        return new ApiTokenList(accounts.tokens(caller()).stream().map(token -> ApiTokenView.of(token, null)).toList());
    }

    @POST
    @Path("tokens")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response createToken(NewApiToken wanted) {
        OwnAccountService.NewToken made = accounts.createToken(caller(), wanted.name());
        return Answers.created("account/tokens", made.token().id(), ApiTokenView.of(made.token(), made.text()));
    }

    @DELETE
    @Path("tokens/{id}")
    public void revokeToken(@PathParam("id") long id) {
        accounts.revokeToken(caller(), id);
    }
}

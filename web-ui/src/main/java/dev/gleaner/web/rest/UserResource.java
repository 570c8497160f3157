package dev.gleaner.web.rest;

import dev.gleaner.account.User;
import dev.gleaner.account.UserService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Instant;
import java.util.List;

/** Who may sign in, and as what. */
@Path("users")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class UserResource {

    /** @param password null has one made up */
    public record NewUser(String name, String role, String password) {
    }

    /** What is null stays as it is. */
    public record UserChange(String role, Boolean disabled) {
    }

    /** @param password null has one made up */
    public record PasswordReset(String password) {
    }

    /**
     * @param issuer   the identity provider that signs the user in; null for one with a password
     * @param sessions how many are open
     */
    public record UserView(long id, String name, String role, String issuer, boolean disabled, long sessions, long tokens, Instant createdAt,
            Instant lastSignedInAt) {

        static UserView of(UserService.Summary summary) {
            User user = summary.user();
            return new UserView(user.id(), user.name(), user.role(), user.issuer().orElse(null), user.isDisabled(), summary.sessions(), summary.tokens(),
                    user.createdAt(), user.lastSignedInAt().orElse(null));
        }
    }

    /** @param password the one that was made up, shown this once; null where it was given */
    public record AdmittedUser(long id, UserView user, String password) {
    }

    public record UserList(List<UserView> items) {
    }

    @Inject
    private UserService users;
    @Context
    private SecurityContext caller;

    private String by() {
        return caller.getUserPrincipal().getName();
    }

    @GET
    public UserList list() {
        return new UserList(users.all().stream().map(UserView::of).toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(NewUser wanted) {
        UserService.Admitted admitted = users.create(wanted.name(), wanted.role(), wanted.password(), by());
        return Answers.created("users", admitted.user().id(), view(admitted));
    }

    private AdmittedUser view(UserService.Admitted admitted) {
        long id = admitted.user().id();
        return new AdmittedUser(id, UserView.of(users.summary(id)), admitted.password().orElse(null));
    }

    @PATCH
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public UserView change(@PathParam("id") long id, UserChange change) {
        return UserView.of(users.change(id, change.role(), change.disabled(), by()));
    }

    @POST
    @Path("{id}/password")
    @Consumes(MediaType.APPLICATION_JSON)
    public AdmittedUser resetPassword(@PathParam("id") long id, PasswordReset reset) {
        return view(users.resetPassword(id, reset.password(), by()));
    }

    @DELETE
    @Path("{id}/sessions")
    public UserView revokeSessions(@PathParam("id") long id) {
        return UserView.of(users.revokeSessions(id, by()));
    }

    @DELETE
    @Path("{id}/tokens")
    public UserView revokeTokens(@PathParam("id") long id) {
        return UserView.of(users.revokeTokens(id, by()));
    }
}

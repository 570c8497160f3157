package dev.gleaner.web.rest;

import dev.gleaner.account.AccountEvent;
import dev.gleaner.account.UserService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;

/** The audit log of accounts. */
@Path("account-events")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class AccountEventResource {

    public record AccountEventView(long id, Instant at, String actor, AccountEvent.Action action, String account, String address, String before,
            String after) {

        static AccountEventView of(AccountEvent event) {
            return new AccountEventView(event.id(), event.at(), event.actor(), event.action(), event.account(), event.address().orElse(null),
                    event.before().orElse(null), event.after().orElse(null));
        }
    }

    public record AccountEventList(List<AccountEventView> items, Long next) {
    }

    @Inject
    private UserService users;

    @GET
    public AccountEventList list(@QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(users.events(paging.before(), paging.limitAndOne()), AccountEvent::id, AccountEventView::of, AccountEventList::new);
    }
}

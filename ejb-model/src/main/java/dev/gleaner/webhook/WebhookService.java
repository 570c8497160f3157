package dev.gleaner.webhook;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.event.EventType;
import dev.gleaner.platform.TokenVault;
import dev.gleaner.project.ProjectService;
import dev.gleaner.remote.RefusedAddress;
import dev.gleaner.webhook.WebhookDelivery.Status;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** What people do with webhooks: add, change, pause and delete them, try them, and look at what was sent. */
@Stateless
@RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
public class WebhookService {

    private static final System.Logger LOG = System.getLogger(WebhookService.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;
    private static final int SHORTEST_SECRET = 16;
    private static final int LONGEST = 2000;
    private static final int MOST_PER_PROJECT = 20;

    @Inject
    private WebhookRepository webhooks;
    @Inject
    private ProjectService projects;
    @Inject
    private TokenVault vault;
    @Inject
    private WebhookSettings settings;

    protected WebhookService() {
    }

    public WebhookService(WebhookRepository webhooks, ProjectService projects, TokenVault vault, WebhookSettings settings) {
        this.webhooks = webhooks;
        this.projects = projects;
        this.vault = vault;
        this.settings = settings;
    }

    /** A webhook that was just added, and its secret, which is not told again. */
    public record Added(Webhook webhook, String secret) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "Added[" + webhook.id() + "]";
        }
    }

    /** By id. */
    public List<Webhook> all() {
        return webhooks.all();
    }

    /** @throws NotFound if there is none of this id */
    public Webhook get(long id) {
        return webhooks.find(id).orElseThrow(() -> new NotFound(Webhook.KIND, id));
    }

    /**
     * Adds a webhook.
     *
     * @param project name of the project; null for the default one
     * @param secret  16 to 2000 characters that deliveries are signed with; null to have one made
     * @param types   of the events that it is told of; null for all of them
     * @param by      who adds it
     * @throws InvalidInput if a field cannot be taken
     * @throws Conflict     if the project has as many as it may have
     */
    public Added add(String project, String url, String secret, List<String> types, String by) {
        long owner = projects.named(project).id();
        String address = checked(url);
        List<String> told = types == null ? EventType.labels() : checked(types);
        if (secret != null && (secret.length() < SHORTEST_SECRET || secret.length() > LONGEST)) {
            // Without the value: it may be nearly right.
            throw new InvalidInput("secret", null, SHORTEST_SECRET + " to " + LONGEST + " characters, or nothing to have one made");
        }
        if (webhooks.count(owner) >= MOST_PER_PROJECT) {
            throw new Conflict("the project has " + MOST_PER_PROJECT + " webhooks already; delete one first");
        }
        String chosen = secret == null ? madeUp() : secret;
        Webhook webhook = new Webhook(owner, address, vault.encrypt(chosen), told, by, now());
        webhooks.add(webhook);
        return new Added(webhook, chosen);
    }

    /**
     * Changes a webhook; what is null stays. What waits is sent to the new address, and what happens from now on is told by the new types.
     *
     * @throws NotFound     if there is none of this id
     * @throws InvalidInput if a field cannot be taken
     */
    public Webhook change(long id, String url, List<String> types, Boolean paused) {
        Webhook webhook = locked(id);
        if (url != null) {
            webhook.leadTo(checked(url));
        }
        if (types != null) {
            webhook.tellOf(checked(types));
        }
        if (paused != null) {
            webhook.pause(paused);
        }
        webhook.goOn(now());
        return webhook;
    }

    /**
     * Deletes a webhook with its log.
     *
     * @throws NotFound if there is none of this id
     */
    public void delete(long id) {
        webhooks.remove(locked(id));
    }

    /**
     * Has a test event sent, whatever types the webhook is told of.
     *
     * @throws NotFound if there is none of this id
     * @throws Conflict if it is paused
     */
    public void test(long id) {
        Webhook webhook = locked(id);
        if (webhook.isPaused()) {
            throw new Conflict("webhook " + id + " is paused; let it go on first");
        }
        UUID event = UUID.randomUUID();
        Instant now = now();
        webhooks.addFor(id, event, WebhookBody.TEST, WebhookBody.ofTest(event, webhook.projectId(), now), now);
    }

    /** How many deliveries of a webhook there are of each status. */
    public Map<Status, Long> counts(long id) {
        return webhooks.counts(id);
    }

    /**
     * Deliveries with ids below {@code before}, the newest first.
     *
     * @throws NotFound if there is no such webhook
     */
    public List<WebhookDelivery> deliveries(long id, long before, int limit) {
        return webhooks.deliveries(get(id).id(), before, limit);
    }

    /**
     * Sends again what was given up, the oldest first.
     *
     * @return how many deliveries
     * @throws NotFound if there is no such webhook
     */
    public int replay(long id) {
        Webhook webhook = locked(id);
        List<WebhookDelivery> dead = webhooks.dead(id);
        dead.forEach(WebhookDelivery::replay);
        webhook.goOn(now());
        return dead.size();
    }

    /**
     * Sends one delivery again, whether it arrived or was given up.
     *
     * @throws NotFound if there is none of this id
     * @throws Conflict if it waits to be sent anyway
     */
    public WebhookDelivery replayDelivery(long id) {
        WebhookDelivery delivery = webhooks.delivery(id).orElseThrow(() -> new NotFound(WebhookDelivery.KIND, id));
        Webhook webhook = locked(delivery.webhookId());
        if (delivery.status() == Status.PENDING) {
            throw new Conflict(WebhookDelivery.KIND + " " + id + " waits to be sent already");
        }
        delivery.replay();
        webhook.goOn(now());
        return delivery;
    }

    private Webhook locked(long id) {
        return webhooks.lock(id).orElseThrow(() -> new NotFound(Webhook.KIND, id));
    }

    private String checked(String url) {
        String expected = "an http or https address without a user's name, a password or a fragment, at most " + LONGEST + " characters";
        if (url == null || url.isBlank() || url.length() > LONGEST) {
            throw new InvalidInput("url", url, expected);
        }
        URI address;
        try {
            address = URI.create(url.strip());
        } catch (IllegalArgumentException e) {
            throw new InvalidInput("url", url, expected);
        }
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        if (!List.of("http", "https").contains(scheme) || address.getHost() == null || address.getUserInfo() != null || address.getFragment() != null) {
            throw new InvalidInput("url", address.getUserInfo() == null ? url : null, expected);
        }
        try {
            settings.hosts().check(address);
        } catch (RefusedAddress e) {
            throw new InvalidInput("url", address.getScheme() + "://" + address.getAuthority(), "an address on a host that the administrator allows; " + e.getMessage());
        } catch (UnknownHostException e) {
            // It may get an address later; whoever sends looks again.
            LOG.log(Level.INFO, () -> "a webhook leads to " + address.getHost() + ", which has no address now");
        }
        return address.toString();
    }

    private static List<String> checked(List<String> types) {
        if (types.isEmpty()) {
            throw new InvalidInput("types", null, "at least one of " + String.join(", ", EventType.labels()));
        }
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) == null || EventType.of(types.get(i)).isEmpty()) {
                throw new InvalidInput("types[" + i + "]", types.get(i), "one of " + String.join(", ", EventType.labels()));
            }
        }
        if (new HashSet<>(types).size() < types.size()) {
            throw new InvalidInput("types", String.join(", ", types), "each type once");
        }
        return types;
    }

    private static String madeUp() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** As the database keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}

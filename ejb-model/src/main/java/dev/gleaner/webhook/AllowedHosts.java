package dev.gleaner.webhook;

import dev.gleaner.InvalidInput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.Locale;

/** Lets only those hosts be called that an administrator named in {@code GLEANER_WEBHOOK_HOSTS}; none if that is not set. */
@ApplicationScoped
public class AllowedHosts implements OutgoingAddresses {

    private WebhookSettings settings;

    protected AllowedHosts() {
    }

    @Inject
    public AllowedHosts(WebhookSettings settings) {
        this.settings = settings;
    }

    @Override
    public void check(URI address) {
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        if (!settings.hosts().contains(host) && !settings.hosts().contains(host + ":" + address.getPort())) {
            throw new InvalidInput("url", address.getScheme() + "://" + address.getAuthority(),
                    "an address on a host that the administrator allows (GLEANER_WEBHOOK_HOSTS)");
        }
    }
}

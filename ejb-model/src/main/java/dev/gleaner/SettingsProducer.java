package dev.gleaner;

import dev.gleaner.format.ArchiveLimits;
import dev.gleaner.remote.RemoteSettings;
import dev.gleaner.webhook.WebhookSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** Reads the server process's environment, once. */
@ApplicationScoped
public class SettingsProducer {

    @Produces
    @Singleton
    Settings settings() {
        return Settings.of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    @Produces
    @Singleton
    ArchiveLimits archiveLimits() {
        return ArchiveLimits.of(System.getenv());
    }

    @Produces
    @Singleton
    RemoteSettings remoteSettings() {
        return RemoteSettings.of(System.getenv());
    }

    @Produces
    @Singleton
    WebhookSettings webhookSettings() {
        return WebhookSettings.of(System.getenv());
    }
}

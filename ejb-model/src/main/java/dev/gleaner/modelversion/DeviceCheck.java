package dev.gleaner.modelversion;

import dev.gleaner.Settings;
import dev.gleaner.glip.Glip;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;

/** At start, refuses a device that is not there, so that no run has to fail first. */
@Singleton
@Startup
public class DeviceCheck {

    @Inject
    private Settings settings;

    /** @throws IllegalArgumentException which ends the deployment */
    @PostConstruct
    void check() {
        Glip.checkDevice(settings.device());
    }
}

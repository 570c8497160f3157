package dev.gleaner.platform;

import java.io.IOException;
import java.time.Duration;

/** A platform asks not to be asked for a while: what was to be done is done later, however often it happens. */
public final class PlatformBusy extends IOException {

    private static final long serialVersionUID = 1;

    private final Duration pause;

    /** @param pause until it may be asked again */
    public PlatformBusy(String message, Duration pause) {
        super(message);
        this.pause = pause;
    }

    public Duration pause() {
        return pause;
    }
}

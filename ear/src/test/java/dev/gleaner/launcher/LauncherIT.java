package dev.gleaner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GleanerServerExtension.class)
class LauncherIT {

    @Test
    void pagesOpenOnceTheReadyLineIsPrinted(GleanerServer server) {
        assertThat(server.send(server.anonymousRequest("/")).status()).isEqualTo(200);
        assertThat(server.output()).containsOnlyOnce("ready " + server.baseUrl());
    }

    @Test
    void showsWhatItWaitsFor(GleanerServer server) {
        assertThat(server.output()).contains("starting PostgreSQL ...", "unpacking the server ...", "starting the server and deploying ...");
    }
}

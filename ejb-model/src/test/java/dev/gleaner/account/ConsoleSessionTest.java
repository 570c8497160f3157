package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ConsoleSessionTest {

    @Test
    void endsFourteenDaysAfterSigningIn() {
        Instant signedIn = Instant.parse("2026-01-01T12:00:00Z");
        ConsoleSession session = ConsoleSession.of(ApiToken.ofAdministrator(Secret.random()), Secret.random(), signedIn);
        assertThat(session.isOpenAt(Instant.parse("2026-01-15T11:59:59Z"))).isTrue();
        assertThat(session.isOpenAt(Instant.parse("2026-01-15T12:00:00Z"))).isFalse();
    }
}

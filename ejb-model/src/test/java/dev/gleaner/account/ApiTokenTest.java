package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ApiTokenTest {

    private final ApiToken token = ApiToken.ofAdministrator(new Secret("first"));

    @Test
    void knowsItsSecretOnly() {
        assertThat(token.isKnownBy(new Secret("first"))).isTrue();
        assertThat(token.isKnownBy(new Secret("First"))).isFalse();
    }

    @Test
    void aReplacedSecretNoLongerOpensIt() {
        token.usedAt(Instant.EPOCH);
        token.replaceSecret(new Secret("second"));
        assertThat(token.isKnownBy(new Secret("first"))).isFalse();
        assertThat(token.isKnownBy(new Secret("second"))).isTrue();
        assertThat(token.lastUsedAt()).as("the new secret was never used").isEmpty();
    }

    @Test
    void notesItsUseToTheMinute() {
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");
        token.usedAt(noon);
        token.usedAt(noon.plusSeconds(59));
        assertThat(token.lastUsedAt()).contains(noon);
        token.usedAt(noon.plusSeconds(61));
        assertThat(token.lastUsedAt()).contains(noon.plusSeconds(61));
    }
}

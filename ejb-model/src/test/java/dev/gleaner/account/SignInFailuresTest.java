package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.account.SignInFailures.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignInFailuresTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final SignInFailures pair = new SignInFailures(Scope.PAIR, "10.0.0.1 ann", NOON);

    private void fail(int times, Instant when) {
        IntStream.range(0, times).forEach(i -> pair.tried(when));
    }

    @Test
    void aFewAreFreeAndEachFurtherOneDoublesThePause() {
        fail(4, NOON);
        assertThat(pair.pauseAt(NOON)).isZero();
        fail(1, NOON);
        assertThat(pair.pauseAt(NOON)).isEqualTo(Duration.ofSeconds(1));
        fail(1, NOON);
        assertThat(pair.pauseAt(NOON)).isEqualTo(Duration.ofSeconds(2));
        fail(3, NOON);
        assertThat(pair.pauseAt(NOON)).isEqualTo(Duration.ofSeconds(16));
        assertThat(pair.pauseAt(NOON.plusSeconds(10))).isEqualTo(Duration.ofSeconds(6));
        assertThat(pair.pauseAt(NOON.plusSeconds(16))).isZero();
    }

    @Test
    void thePauseHasAnEndWhoeverGuesses() {
        assertThat(Scope.PAIR.pauseAfter(1000)).isEqualTo(Duration.ofMinutes(15));
        assertThat(Scope.NAME.pauseAfter(19)).isZero();
        assertThat(Scope.NAME.pauseAfter(1000)).isEqualTo(Duration.ofSeconds(30));
        assertThat(Scope.ADDRESS.pauseAfter(1000)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void anHourWithoutAFailureForgetsThemAll() {
        fail(9, NOON);
        Instant later = NOON.plus(Duration.ofMinutes(61));
        pair.tried(later);
        assertThat(pair.failures()).isEqualTo(1);
        assertThat(pair.pauseAt(later)).isZero();
    }

    @Test
    void aKeyIsNotLongerThanItsColumnIsMeantToBe() {
        assertThat(SignInFailures.key(Scope.NAME, "n".repeat(5000))).hasSize(200);
    }
}

package dev.gleaner.account;

import jakarta.ejb.ApplicationException;
import java.time.Duration;
import java.util.Optional;

/** Nobody was signed in. What it says is the same whether nobody has the name, the password is wrong or the user is disabled. */
@ApplicationException
public class SignInRefused extends RuntimeException {

    private final transient Optional<Duration> pause;

    private SignInRefused(String message, Optional<Duration> pause) {
        super(message);
        this.pause = pause;
    }

    static SignInRefused wrong() {
        return new SignInRefused("The name or the password is wrong.", Optional.empty());
    }

    static SignInRefused tooSoon(Duration pause) {
        return new SignInRefused("Too many sign-ins failed. Try again in %d s.".formatted(seconds(pause)), Optional.of(pause));
    }

    /** Of whom an identity provider has sent. */
    static SignInRefused of(String why) {
        return new SignInRefused(why, Optional.empty());
    }

    /** After how many seconds the next try is looked at, rounded up; empty when this one was. */
    public Optional<Long> retryAfterSeconds() {
        return pause.map(SignInRefused::seconds);
    }

    private static long seconds(Duration pause) {
        return Math.max(1, pause.plusMillis(999).toSeconds());
    }
}

package dev.gleaner.account;

import jakarta.ejb.ApplicationException;
import java.time.Duration;
import java.util.Optional;

/** Nobody was signed in. What it says is the same whether nobody has the name, the password is wrong or the user is disabled. */
@ApplicationException
public class SignInRefused extends RuntimeException {

    private final transient Optional<Duration> pause;
    private final boolean forAnAdministrator;

    private SignInRefused(String message, Optional<Duration> pause, boolean forAnAdministrator) {
        super(message);
        this.pause = pause;
        this.forAnAdministrator = forAnAdministrator;
    }

    static SignInRefused wrong() {
        return new SignInRefused("The name or the password is wrong.", Optional.empty(), false);
    }

    static SignInRefused tooSoon(Duration pause) {
        return new SignInRefused("Too many sign-ins failed. Try again in %d s.".formatted(seconds(pause)), Optional.of(pause), false);
    }

    /** The identity provider vouches for nobody, or not in a way that can be trusted. */
    public static SignInRefused notVouchedFor(String why) {
        return new SignInRefused(why, Optional.empty(), false);
    }

    /** The identity provider vouches for somebody who may not sign in here. */
    static SignInRefused notHere(String why) {
        return new SignInRefused(why, Optional.empty(), true);
    }

    /** Whether an administrator can do something about it, here or at the identity provider. */
    public boolean isForAnAdministrator() {
        return forAnAdministrator;
    }

    /** After how many seconds the next try is looked at, rounded up; empty when this one was. */
    public Optional<Long> retryAfterSeconds() {
        return pause.map(SignInRefused::seconds);
    }

    private static long seconds(Duration pause) {
        return Math.max(1, pause.plusMillis(999).toSeconds());
    }
}

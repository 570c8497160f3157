package dev.gleaner.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;

/**
 * The sign-ins that failed in a row, of one scope. A few are free; after those, each failure doubles the time for which no further
 * password is even looked at, up to the most the scope has. An hour without a failure and all is forgotten.
 */
@Entity
@Table(name = "sign_in_failures")
class SignInFailures {

    /** Whose failures are counted together. */
    enum Scope {
        /** A name from an address: who guesses there soon waits long, and the name's owner elsewhere does not. */
        PAIR(5, Duration.ofMinutes(15)),
        /** A name from anywhere, against guessers with many addresses. They could keep its owner waiting: so never for long. */
        NAME(20, Duration.ofSeconds(30)),
        /** An address with any names, against one password tried on everybody. It may be a whole company's: so never for long. */
        ADDRESS(50, Duration.ofSeconds(5));

        private final int free;
        private final Duration most;

        Scope(int free, Duration most) {
            this.free = free;
            this.most = most;
        }

        /** How long nothing is looked at after so many failures. */
        Duration pauseAfter(int failures) {
            if (failures < free) {
                return Duration.ZERO;
            }
            Duration doubled = Duration.ofSeconds(1L << Math.min(failures - free, 20));
            return doubled.compareTo(most) < 0 ? doubled : most;
        }
    }

    static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    /** However long a name somebody sends. */
    private static final int LONGEST_KEY = 200;

    @Id
    @Column(name = "key")
    private String key;
    @Enumerated(EnumType.STRING)
    private Scope scope;
    private int failures;
    private Instant lastAt;
    private Instant blockedUntil;

    protected SignInFailures() {
    }

    SignInFailures(Scope scope, String whose, Instant now) {
        this.key = key(scope, whose);
        this.scope = scope;
        this.lastAt = now;
        this.blockedUntil = now;
    }

    /** What a scope's failures are known by. */
    static String key(Scope scope, String whose) {
        String key = scope + " " + whose;
        return key.substring(0, Math.min(LONGEST_KEY, key.length()));
    }

    /** How long to wait until another password is looked at; zero when it is now. */
    Duration pauseAt(Instant now) {
        return now.isBefore(blockedUntil) ? Duration.between(now, blockedUntil) : Duration.ZERO;
    }

    /** Counts a sign-in that is about to be tried as failed, until it turns out otherwise. */
    void tried(Instant now) {
        if (lastAt.plus(FORGOTTEN_AFTER).isBefore(now)) {
            failures = 0;
        }
        failures++;
        lastAt = now;
        blockedUntil = now.plus(scope.pauseAfter(failures));
    }

    /** The last one did not fail. */
    void didNotFail() {
        failures = Math.max(0, failures - 1);
        blockedUntil = lastAt;
    }

    int failures() {
        return failures;
    }
}

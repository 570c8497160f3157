package dev.gleaner.round;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;

/** Which round is at work on this server: one at a time. One that has given no sign for a while does not hold up others. */
@ApplicationScoped
public class RoundTurn {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private long holder;
    private Instant sign = Instant.MIN;

    /** @return whether the round has the turn now */
    synchronized boolean take(long round) {
        if (holder != round && sign.isAfter(Instant.now().minus(PATIENCE))) {
            return false;
        }
        holder = round;
        sign = Instant.now();
        return true;
    }

    /** The round is still at work here. */
    synchronized void sign(long round) {
        take(round);
    }

    synchronized void giveBack(long round) {
        if (holder == round) {
            sign = Instant.MIN;
        }
    }
}

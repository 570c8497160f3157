package dev.gleaner.round;

import jakarta.enterprise.context.ApplicationScoped;

/**
 * Which round is at work on this server: one at a time, however long one of its phases gives no sign. It ends with the work, see
 * {@link TrainingRoundJob#released}, and with the process.
 */
@ApplicationScoped
public class RoundTurn {

    private static final long NOBODY = 0;

    private long holder = NOBODY;

    /** @return whether the round has the turn now; not if it has it already, by an earlier attempt that has not come to rest here */
    synchronized boolean take(long round) {
        if (holder != NOBODY) {
            return false;
        }
        holder = round;
        return true;
    }

    synchronized void giveBack(long round) {
        if (holder == round) {
            holder = NOBODY;
        }
    }
}

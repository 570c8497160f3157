package dev.gleaner.finetune;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Who trains on this server: one at a time, since DJL records gradients on one thread of a process only. */
@ApplicationScoped
public class TrainingTurn {

    private static final long LOOK_MILLIS = 200;

    private final Semaphore turn = new Semaphore(1, true);

    boolean isFree() {
        return turn.availablePermits() > 0;
    }

    /** Takes the turn if it is free; it must be given back. */
    boolean take() {
        return turn.tryAcquire();
    }

    /**
     * Waits for the turn; it must be given back.
     *
     * @return whether it was taken: not if the caller was asked to stop meanwhile
     */
    boolean await(BooleanSupplier stopRequested) {
        try {
            while (!stopRequested.getAsBoolean()) {
                if (turn.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    void giveBack() {
        turn.release();
    }
}

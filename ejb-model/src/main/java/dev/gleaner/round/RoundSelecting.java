package dev.gleaner.round;

import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.round.SelectionWork.Pass;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Decides which of the teacher's boxes the student learns from, some hundred images at a time, so that neither memory nor a transaction grows with
 * the round. Interrupted, it goes on with the images that it has not come to.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RoundSelecting {

    @Inject
    private SelectionWork work;

    /**
     * Goes on where it was.
     *
     * @param stopRequested asked after each transaction
     * @return whether all is decided
     * @throws SupersededAttempt if another server has taken the round up since this attempt began
     */
    public boolean run(long id, int attempt, BooleanSupplier stopRequested) {
        if (work.isDone(id)) {
            return true;
        }
        for (Optional<Pass> pass = work.pass(id); pass.isPresent(); pass = work.pass(id)) {
            while (work.goOn(id, attempt, pass.get())) {
                if (stopRequested.getAsBoolean()) {
                    return false;
                }
            }
        }
        work.finish(id, attempt);
        return true;
    }
}

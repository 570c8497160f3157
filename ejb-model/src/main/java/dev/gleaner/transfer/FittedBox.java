package dev.gleaner.transfer;

import dev.gleaner.format.Finding;
import dev.gleaner.glip.Box;
import java.util.Optional;

/**
 * What became of a {@link PendingBox}.
 *
 * @param given  the box as the source has it
 * @param fitted in pixels of the upright image; empty when it cannot be used
 */
record FittedBox(long id, Box given, Optional<Box> fitted, Optional<Finding> finding) {

    boolean isMoved() {
        return fitted.isPresent() && !fitted.get().equals(given);
    }
}

package dev.gleaner.review;

import dev.gleaner.Conflict;
import jakarta.ejb.ApplicationException;

/** Somebody else was there first: the item, or a box on its image, is not what the reviewer saw. Nothing was changed. */
@ApplicationException(rollback = true)
public class StaleItem extends Conflict {

    private final long item;

    StaleItem(long item, String message) {
        super(message);
        this.item = item;
    }

    /** The item, to be looked at as it is now. */
    public long item() {
        return item;
    }
}

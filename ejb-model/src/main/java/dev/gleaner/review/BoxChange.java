package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.BoxState;
import java.time.Instant;

/**
 * What becomes of a box.
 *
 * @param annotation its id; null of one that was drawn on a copy
 * @param before     null of one that is drawn
 * @param live       the box itself, which has its new version once it is written; null for a copy and for one that is gone
 * @param copy       what a copy becomes; null for one that is gone
 */
record BoxChange(DecidedBox.Action action, Long annotation, BoxState before, Annotation live, BoxState copy, Long modelVersion, Double score) {

    /** Does to a box what a reviewer wants. */
    static BoxChange decided(WantedBox wanted, Annotation box, String reviewer, Instant now) {
        BoxState before = box.state();
        switch (wanted.action()) {
            case ACCEPT -> box.accept(reviewer, now);
            case REJECT -> box.reject(reviewer, now);
            case RELABEL, MOVE -> box.correct(wanted.category() == null ? box.categoryId() : wanted.category(),
                    wanted.box() == null ? box.box() : wanted.box(), reviewer, now);
            default -> {
                // Kept as it is.
            }
        }
        return new BoxChange(wanted.action(), box.id(), before, box, null, box.modelVersionId().orElse(null), box.score().orElse(null));
    }

    static BoxChange drawn(Annotation box) {
        return new BoxChange(DecidedBox.Action.DRAW, null, null, box, null, null, null);
    }

    /** Puts a box back to what it was before a decision. One that was drawn is the caller's to remove. */
    static BoxChange restored(DecidedBox decided, Annotation box) {
        BoxState now = box.state();
        decided.before().ifPresent(box::restore);
        return restored(decided, now, decided.before().isPresent() ? box : null, null);
    }

    /** Puts a copy back. */
    static BoxChange restored(DecidedBox decided) {
        return restored(decided, decided.after().orElse(null), null, decided.before().orElse(null));
    }

    private static BoxChange restored(DecidedBox decided, BoxState before, Annotation live, BoxState copy) {
        return new BoxChange(DecidedBox.Action.RESTORE, decided.annotationId().orElse(null), before, live, copy, decided.modelVersionId().orElse(null),
                decided.score().orElse(null));
    }

    BoxState after() {
        return live == null ? copy : live.state();
    }

    DecidedBox logged(ReviewDecision decision, int ordinal) {
        return new DecidedBox(decision.id(), ordinal, live == null ? annotation : live.id(), action, before, after(), modelVersion, score);
    }
}

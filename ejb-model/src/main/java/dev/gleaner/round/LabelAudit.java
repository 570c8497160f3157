package dev.gleaner.round;

import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.finetune.GroundedCaption.PhraseBox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whether what the student was shown is what the teacher says: on some images that it learnt from, drawn by lot, the teacher looks again, and
 * each of its boxes that was shown, of a category or of a caption's phrase, has to be among what it finds. A fifth of all labels with
 * wrong categories, or in wrong places, costs a student of a few hundred steps little AP, less than what it gains from gold at the same
 * time; but they are of no teacher, and a round whose labels got mixed up on their way must not be promoted, however well its student
 * does. It tells nothing of a teacher that is wrong itself: that is what the figures are for.
 *
 * @param images    that were looked at again
 * @param unread    that could not be: changed or gone since
 * @param shown     boxes of the teacher's that the student was shown there
 * @param confirmed those of them that the teacher finds again, category and place
 */
public record LabelAudit(int images, int unread, int shown, int confirmed) {

    /** So many images are looked at again. */
    static final int MOST_IMAGES = 50;
    /** The same model on the same pixels; only a GPU's sums differ by their order, so that a box at a threshold may be gone. */
    private static final double LEAST = 0.95;
    private static final double SAME = 0.9;

    /** Nothing was looked at yet. */
    static final LabelAudit NONE = new LabelAudit(0, 0, 0, 0);

    /**
     * This one and one image more.
     *
     * @param learnt boxes that the student was shown there
     * @param again  all that the teacher finds there
     */
    LabelAudit and(Collection<PseudoBox> learnt, Collection<PseudoBox> again) {
        int found = (int) learnt.stream().filter(box -> again.stream()
                .anyMatch(other -> other.categoryId() == box.categoryId() && other.box().iou(box.box()) >= SAME)).count();
        return new LabelAudit(images + 1, unread, shown + learnt.size(), confirmed + found);
    }

    /**
     * This one and boxes of a caption's phrases, in an image that counts already.
     *
     * @param learnt what the student was shown
     * @param again  what the teacher finds of the caption there, if anything
     */
    LabelAudit and(GroundedCaption learnt, Optional<GroundedCaption> again) {
        int found = again.map(other -> (int) learnt.learnt().stream().filter(box -> isFound(learnt, box, other)).count()).orElse(0);
        return new LabelAudit(images, unread, shown + learnt.learnt().size(), confirmed + found);
    }

    private static boolean isFound(GroundedCaption learnt, PhraseBox box, GroundedCaption again) {
        return again.boxes().stream().anyMatch(other -> again.text(other.phrase()).equals(learnt.text(box.phrase())) && other.box().iou(box.box()) >= SAME);
    }

    /** This one and one more image that cannot be read any more. */
    LabelAudit unreadable() {
        return new LabelAudit(images, unread + 1, shown, confirmed);
    }

    boolean passed() {
        return confirmed >= LEAST * shown && isOfMost();
    }

    /** Nobody can vouch for labels of which most could not be looked at. */
    private boolean isOfMost() {
        return images >= unread;
    }

    /** What was decided by the figures, and what the labels say to it. */
    Gate.Decision applied(Gate.Decision decision) {
        if (passed()) {
            return decision;
        }
        List<String> reasons = new ArrayList<>(decision.promoted() ? List.of() : decision.reasons());
        if (!isOfMost()) {
            reasons.add("only %d of %d images that the student learnt from can still be read, so that the teacher cannot look at its labels again".formatted(images,
                    images + unread));
        }
        if (confirmed < LEAST * shown) {
            reasons.add("of %d boxes that the student learnt from in %d images, the teacher finds %.1f %% again, expected at least %.0f %%: the others are not its own"
                    .formatted(shown, images, 100.0 * confirmed / shown, 100 * LEAST));
        }
        return new Gate.Decision(false, reasons);
    }
}

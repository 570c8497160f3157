package dev.gleaner.round;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.train.TargetBox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a student is shown of an image: what humans decided, and what the teacher proposes beside it. Humans always win:
 * <ul>
 * <li>A box that a human saw there counts in full (weight 1). A crowd is an ignore region (weight 0): its members have no boxes.
 * <li>A box that a human rejected is an ignore region, or a hard negative: shown as background, since nothing covers it.
 * <li>Of the teacher's boxes none counts whose category humans have completely decided about on the image; of another category none that
 *     overlaps (IoU {@value #SAME} or more) a box of the same category that a human decided about, in whatever way. Who relabels a box
 *     hands in both: the old category as rejected, the new one as present.
 * <li>Of those left, selected ones count by {@link #pseudoWeight}. Dropped ones of some score are ignore regions, so that a thing the
 *     teacher was not sure of is not learnt as background (Chen et al. 2022, "Dense Learning based Semi-Supervised Object Detection",
 *     section 3.2); those below are background.
 * </ul>
 *
 * @param pseudoWeight how much a selected box counts, above 0 to 1
 * @param rejected     what becomes of rejected boxes
 * @param hopeless     dropped boxes below this score are background
 */
public record RoundExamples(double pseudoWeight, Rejected rejected, double hopeless) {

    /** Selected boxes count half; rejected ones are ignored: many were right things in a wrong place. */
    public static final RoundExamples DEFAULT = new RoundExamples(0.5, Rejected.IGNORE, 0.1);

    private static final double SAME = 0.5;

    /** What becomes of boxes that a human rejected. */
    public enum Rejected {
        /** Nothing is learnt there. */
        IGNORE,
        /** The student learns that nothing is there. */
        NEGATIVE
    }

    /** What a human decided about a box. */
    public enum Verdict {
        /** There is a thing in just this box: accepted, corrected, drawn or imported. */
        PRESENT,
        /** There is a group of such things. */
        CROWD,
        /** There is no such thing, or not in this place. */
        REJECTED
    }

    /**
     * A box that a human decided about.
     *
     * @param box in pixels of the upright image
     */
    public record HumanBox(long categoryId, Box box, Verdict verdict) {
    }

    /**
     * All that humans decided about an image.
     *
     * @param complete ids of the categories of which every thing in the image has a box; all categories if the image was
     *                 reviewed from corner to corner
     */
    public record Human(List<HumanBox> boxes, Set<Long> complete) {

        /** Nobody has looked yet. */
        public static final Human NOTHING = new Human(List.of(), Set.of());

        public Human {
            boxes = List.copyOf(boxes);
            complete = Set.copyOf(complete);
        }
    }

    public RoundExamples {
        if (!(pseudoWeight > 0 && pseudoWeight <= 1)) {
            throw new IllegalArgumentException("pseudoWeight: " + pseudoWeight + ", expected a number above 0 and up to 1");
        }
        if (!(hopeless >= 0 && hopeless <= 1)) {
            throw new IllegalArgumentException("hopeless: " + hopeless + ", expected a number from 0 to 1");
        }
    }

    /**
     * The boxes that a student is shown, labelled by the places of their categories in the list; boxes of others are left out.
     *
     * @param categories ids, in the order of the example's category names
     * @param selected   the teacher's boxes in this image that selection kept
     * @param dropped    those that it did not keep
     * @return nothing where the student would learn of nothing but background that no human vouches for
     */
    public Optional<List<TargetBox>> targets(List<Long> categories, Human human, Collection<PseudoBox> selected,
            Collection<PseudoBox> dropped) {
        List<TargetBox> targets = new ArrayList<>();
        for (HumanBox box : human.boxes()) {
            boolean hardNegative = box.verdict() == Verdict.REJECTED && rejected == Rejected.NEGATIVE;
            if (!hardNegative) {
                add(targets, categories, box.categoryId(), box.box(), box.verdict() == Verdict.PRESENT ? 1 : 0);
            }
        }
        selected.stream().filter(box -> isOpen(box, human))
                .forEach(box -> add(targets, categories, box.categoryId(), box.box(), pseudoWeight));
        dropped.stream().filter(box -> box.score() >= hopeless && isOpen(box, human))
                .forEach(box -> add(targets, categories, box.categoryId(), box.box(), 0));
        boolean teaches = targets.stream().anyMatch(target -> target.weight() > 0) || human.complete().containsAll(new HashSet<>(categories));
        return teaches ? Optional.of(targets) : Optional.empty();
    }

    private static void add(List<TargetBox> targets, List<Long> categories, long category, Box box, double weight) {
        int label = categories.indexOf(category);
        if (label >= 0) {
            targets.add(new TargetBox(box, label, weight));
        }
    }

    /** Whether no human has decided about a box of the teacher's. */
    static boolean isOpen(PseudoBox box, Human human) {
        return !human.complete().contains(box.categoryId()) && human.boxes().stream()
                .noneMatch(decided -> decided.categoryId() == box.categoryId() && decided.box().iou(box.box()) >= SAME);
    }
}

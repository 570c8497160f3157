package dev.gleaner.transfer;

import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One difference between the boxes of an image and those that a source has for it.
 *
 * @param standing        the box of the dataset; null for one that it lacks
 * @param given           the box of the source; null for one that the source lacks
 * @param againstDecision whether following the source would undo what a human decided
 */
record BoxDifference(Kind kind, Standing standing, Given given, boolean againstDecision) {

    /** What the source has it otherwise. */
    enum Kind { ADDED, MOVED, RELABELLED, REMOVED }

    /** A box of the dataset. @param decided whether a human decided about it */
    record Standing(long id, int version, String category, Box box, Status status, boolean decided) {
    }

    /** A box of the source, in pixels of the upright image. */
    record Given(String category, Box box) {
    }

    /** How much two boxes of one thing overlap at least, as where reviewers' answers are compared. */
    private static final double SAME_THING = 0.5;
    /** Pixels. Files round. */
    private static final double ROUNDING = 0.01;
    private static final Set<Status> VOUCHED = EnumSet.copyOf(Status.GOLD);

    /**
     * The differences on one image. Boxes of the same place and category are the same. Of the others those that overlap most are taken
     * for one thing, first within a category, then across. Open proposals are nobody's word: one that the source confirms stays open,
     * and one that it lacks is no difference. What a reviewer rejected and the source has is against that decision.
     */
    static List<BoxDifference> of(List<Standing> standing, List<Given> given) {
        List<Standing> left = new ArrayList<>(standing.stream().filter(box -> VOUCHED.contains(box.status)).toList());
        List<Standing> open = new ArrayList<>(standing.stream().filter(box -> box.status == Status.PROPOSED).toList());
        List<Standing> rejected = new ArrayList<>(standing.stream().filter(box -> box.status == Status.REJECTED && box.decided).toList());
        List<Given> wanted = new ArrayList<>();
        for (Given box : given) {
            if (!takeEqual(left, box) && !takeEqual(open, box)) {
                wanted.add(box);
            }
        }
        List<BoxDifference> differences = new ArrayList<>();
        pair(Kind.MOVED, left, wanted, differences);
        pair(Kind.RELABELLED, left, wanted, differences);
        for (Given box : wanted) {
            Standing refused = rejected.stream().filter(other -> other.category.equals(box.category) && other.box.iou(box.box) >= SAME_THING).findFirst().orElse(null);
            if (refused != null) {
                rejected.remove(refused);
            }
            differences.add(new BoxDifference(Kind.ADDED, refused, box, refused != null));
        }
        left.forEach(box -> differences.add(new BoxDifference(Kind.REMOVED, box, null, box.decided)));
        return differences;
    }

    private static boolean takeEqual(List<Standing> boxes, Given given) {
        for (int i = 0; i < boxes.size(); i++) {
            Standing box = boxes.get(i);
            if (box.category.equals(given.category) && Math.abs(box.box.x() - given.box.x()) <= ROUNDING && Math.abs(box.box.y() - given.box.y()) <= ROUNDING
                    && Math.abs(box.box.width() - given.box.width()) <= ROUNDING && Math.abs(box.box.height() - given.box.height()) <= ROUNDING) {
                boxes.remove(i);
                return true;
            }
        }
        return false;
    }

    private record Pair(Standing standing, Given given, double iou) {
    }

    private static void pair(Kind kind, List<Standing> standing, List<Given> given, List<BoxDifference> differences) {
        List<Pair> pairs = new ArrayList<>();
        for (Standing box : standing) {
            for (Given other : given) {
                double iou = box.box.iou(other.box);
                if (iou >= SAME_THING && box.category.equals(other.category) == (kind == Kind.MOVED)) {
                    pairs.add(new Pair(box, other, iou));
                }
            }
        }
        pairs.sort(Comparator.comparingDouble(Pair::iou).reversed());
        for (Pair pair : pairs) {
            // By identity: two boxes may be equal in all that they have.
            if (standing.stream().anyMatch(box -> box == pair.standing) && given.stream().anyMatch(box -> box == pair.given)) {
                standing.removeIf(box -> box == pair.standing);
                given.removeIf(box -> box == pair.given);
                differences.add(new BoxDifference(kind, pair.standing, pair.given, pair.standing.decided));
            }
        }
    }
}

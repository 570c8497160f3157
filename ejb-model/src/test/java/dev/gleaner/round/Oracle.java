package dev.gleaner.round;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.round.RoundExamples.Human;
import dev.gleaner.round.RoundExamples.HumanBox;
import dev.gleaner.round.RoundExamples.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A reviewer who is always right. A review is of an image: of the boxes that the queue shows, best first, each that meets a thing of its
 * category that is still free (IoU {@value #SAME} or more) is accepted, and moved to where the thing is; all others are rejected; what
 * is missing is drawn.
 */
final class Oracle {

    static final double SAME = 0.5;

    private Oracle() {
    }

    /**
     * What became of one image.
     *
     * @param accepted boxes of the teacher that were right, however much they had to be moved
     * @param rejected that were not
     * @param drawn    things the teacher had missed
     */
    record Review(Human human, int accepted, int rejected, int drawn) {
    }

    /** @param shown the teacher's boxes, best first */
    static Review review(Pool.Picture picture, List<PseudoBox> shown, List<Long> categories) {
        Set<TargetBox> free = new HashSet<>(picture.boxes());
        List<HumanBox> decided = new ArrayList<>();
        int accepted = 0;
        for (PseudoBox proposal : shown) {
            TargetBox met = null;
            for (TargetBox thing : picture.boxes()) {
                double overlap = thing.box().iou(proposal.box());
                if (free.contains(thing) && categories.get(thing.label()) == proposal.categoryId() && overlap >= SAME
                        && (met == null || overlap > met.box().iou(proposal.box()))) {
                    met = thing;
                }
            }
            if (met == null) {
                decided.add(new HumanBox(proposal.categoryId(), proposal.box(), Verdict.REJECTED));
            } else {
                free.remove(met);
                accepted++;
                decided.add(present(met.box(), categories.get(met.label())));
            }
        }
        int rejected = decided.size() - accepted;
        picture.boxes().stream().filter(free::contains).forEach(thing -> decided.add(present(thing.box(), categories.get(thing.label()))));
        return new Review(new Human(decided, new HashSet<>(categories)), accepted, rejected, free.size());
    }

    /** Somebody has labelled all of the image before. */
    static Human gold(Pool.Picture picture, List<Long> categories) {
        return review(picture, List.of(), categories).human();
    }

    private static HumanBox present(Box box, long category) {
        return new HumanBox(category, box, Verdict.PRESENT);
    }
}

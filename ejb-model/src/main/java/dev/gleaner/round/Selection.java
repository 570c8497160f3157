package dev.gleaner.round;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which of the teacher's boxes become training data. Selections follow one another: each takes what the one before left, so that
 * {@code agreement} behind {@code class-adaptive} asks for both. All are functions of their input alone.
 */
public sealed interface Selection {

    /** Its name in orders and reports. */
    String name();

    /** The boxes that are kept, in the order given. */
    List<PseudoBox> select(List<PseudoBox> boxes);

    /**
     * Boxes from a score on: the plain rule of self-training (STAC, Sohn et al. 2020, section 3.2).
     *
     * @param least lowest score that is kept
     */
    record FixedThreshold(double least) implements Selection {

        public FixedThreshold {
            requireShare("least", least);
        }

        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public List<PseudoBox> select(List<PseudoBox> boxes) {
            return boxes.stream().filter(box -> box.score() >= least).toList();
        }
    }

    /**
     * Every box above a low score in images that hold one above a higher score: such an image was understood, and its weaker
     * boxes are worth more than those of other images. A rule of thumb of our own.
     *
     * @param least boxes above it are kept
     * @param sure  where the image has one above it
     */
    record LooseImage(double least, double sure) implements Selection {

        /** 0.1 and 0.3. */
        public static final LooseImage DEFAULT = new LooseImage(0.1, 0.3);

        public LooseImage {
            requireShare("least", least);
            requireShare("sure", sure);
            if (sure < least) {
                throw new IllegalArgumentException("sure: " + sure + ", expected not less than least, " + least);
            }
        }

        @Override
        public String name() {
            return "loose-image";
        }

        @Override
        public List<PseudoBox> select(List<PseudoBox> boxes) {
            Set<Long> understood = boxes.stream().filter(box -> box.score() > sure).map(PseudoBox::imageId).collect(Collectors.toSet());
            return boxes.stream().filter(box -> box.score() > least && understood.contains(box.imageId())).toList();
        }
    }

    /**
     * A threshold for each category, where the distribution of its own scores parts: two normal distributions are fitted to them,
     * and what more likely belongs to the upper one is kept (Consistent-Teacher, Wang et al. 2023, section 3.4).
     *
     * @param fewest   categories with fewer boxes than this take {@code fallback}
     * @param fallback threshold where nothing can be fitted
     */
    record ClassAdaptive(int fewest, double fallback) implements Selection {

        /** From 10 boxes on; 0.5 else. */
        public static final ClassAdaptive DEFAULT = new ClassAdaptive(10, 0.5);

        public ClassAdaptive {
            requireShare("fallback", fallback);
            if (fewest < 2) {
                throw new IllegalArgumentException("fewest: " + fewest + ", expected at least 2");
            }
        }

        @Override
        public String name() {
            return "class-adaptive";
        }

        @Override
        public List<PseudoBox> select(List<PseudoBox> boxes) {
            Map<Long, Double> thresholds = thresholds(boxes);
            return boxes.stream().filter(box -> box.score() >= thresholds.get(box.categoryId())).toList();
        }

        /** The threshold of each category among the boxes. */
        public Map<Long, Double> thresholds(Collection<PseudoBox> boxes) {
            Map<Long, Double> thresholds = new HashMap<>();
            boxes.stream().collect(Collectors.groupingBy(PseudoBox::categoryId)).forEach((category, own) -> thresholds.put(category,
                    own.size() < fewest ? fallback
                            : ScoreMixture.fit(own.stream().mapToDouble(PseudoBox::score).toArray()).map(ScoreMixture::boundary).orElse(fallback)));
            return thresholds;
        }
    }

    /**
     * A threshold for each category, learnt from what reviewers accepted and rejected of earlier proposals, see
     * {@link ReviewedThresholds}.
     *
     * @param thresholds by category
     * @param fallback   for categories without enough decisions
     */
    record Reviewed(Map<Long, Double> thresholds, double fallback) implements Selection {

        public Reviewed {
            thresholds = Map.copyOf(thresholds);
            requireShare("fallback", fallback);
        }

        @Override
        public String name() {
            return "reviewed";
        }

        @Override
        public List<PseudoBox> select(List<PseudoBox> boxes) {
            return boxes.stream().filter(box -> box.score() >= thresholds.getOrDefault(box.categoryId(), fallback)).toList();
        }
    }

    /**
     * Boxes that other views of the image confirm: a box that moves when the image is mirrored or scaled is badly placed, however
     * sure the teacher is of its category (Soft Teacher, Xu et al. 2021, section 3.3, which jitters boxes for the same end).
     *
     * @param least lowest agreement that is kept
     */
    record Agreement(double least) implements Selection {

        public Agreement {
            requireShare("least", least);
        }

        @Override
        public String name() {
            return "agreement";
        }

        @Override
        public List<PseudoBox> select(List<PseudoBox> boxes) {
            return boxes.stream().filter(box -> box.agreement() >= least).toList();
        }
    }

    /**
     * The best boxes of each category, at most a multiple of what the rarest wanted share allows: against the drift to frequent
     * categories that self-training has by itself (CReST, Wei et al. 2021, section 3.2).
     *
     * @param shares how large a part of all boxes each category should be, from gold; categories not in it are not limited
     * @param slack  how many times its share a category may have, at least 1
     */
    record Quota(Map<Long, Double> shares, double slack) implements Selection {

        public Quota {
            shares = Map.copyOf(shares);
            if (!(slack >= 1)) {
                throw new IllegalArgumentException("slack: " + slack + ", expected at least 1");
            }
        }

        @Override
        public String name() {
            return "quota";
        }

        @Override
        public List<PseudoBox> select(List<PseudoBox> boxes) {
            Set<PseudoBox> kept = new HashSet<>();
            boxes.stream().collect(Collectors.groupingBy(PseudoBox::categoryId)).forEach((category, own) -> {
                double share = shares.getOrDefault(category, 1.0);
                long most = Math.max(1, (long) Math.ceil(share * slack * boxes.size()));
                List<PseudoBox> best = new ArrayList<>(own);
                best.sort(Comparator.comparingDouble(PseudoBox::score).reversed());
                best.stream().limit(most).forEach(kept::add);
            });
            return boxes.stream().filter(kept::contains).toList();
        }
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + ": " + value + ", expected a number from 0 to 1");
        }
    }
}

package dev.gleaner.round;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which of the teacher's boxes become training data. Selections follow one another: each takes what the one before left, so that
 * {@code agreement} behind {@code class-adaptive} asks for both. All are functions of their input alone.
 */
public sealed interface Selection {

    /** Its name in orders and reports. */
    String name();

    /**
     * Chooses.
     *
     * @param left the numbers of the boxes that earlier selections left
     * @return those of them that are kept
     */
    BitSet select(FoundBoxes boxes, BitSet left);

    /** Chooses from a list: the boxes that are kept, in the order given. */
    default List<PseudoBox> select(List<PseudoBox> boxes) {
        FoundBoxes found = FoundBoxes.of(boxes);
        return select(found, found.all()).stream().mapToObj(boxes::get).toList();
    }

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
        public BitSet select(FoundBoxes boxes, BitSet left) {
            return those(left, box -> boxes.score(box) >= least);
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
        public BitSet select(FoundBoxes boxes, BitSet left) {
            Set<Long> understood = left.stream().filter(box -> boxes.score(box) > sure).mapToObj(boxes::image).collect(Collectors.toSet());
            return those(left, box -> boxes.score(box) > least && understood.contains(boxes.image(box)));
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
        public BitSet select(FoundBoxes boxes, BitSet left) {
            double[] thresholds = thresholds(boxes.scores(left));
            return those(left, box -> boxes.score(box) >= thresholds[boxes.category(box)]);
        }

        /** The threshold of each category among the boxes. */
        public Map<Long, Double> thresholds(Collection<PseudoBox> boxes) {
            FoundBoxes found = FoundBoxes.of(boxes);
            double[] thresholds = thresholds(found.scores(found.all()));
            List<Long> categories = found.categories();
            return IntStream.range(0, thresholds.length).boxed().collect(Collectors.toMap(categories::get, place -> thresholds[place]));
        }

        private double[] thresholds(double[][] scores) {
            return Arrays.stream(scores).mapToDouble(own -> own.length < fewest ? fallback
                    : ScoreMixture.fit(own).map(ScoreMixture::boundary).orElse(fallback)).toArray();
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
        public BitSet select(FoundBoxes boxes, BitSet left) {
            double[] least = boxes.categories().stream().mapToDouble(category -> thresholds.getOrDefault(category, fallback)).toArray();
            return those(left, box -> boxes.score(box) >= least[boxes.category(box)]);
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
        public BitSet select(FoundBoxes boxes, BitSet left) {
            return those(left, box -> boxes.agreement(box) >= least);
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
        public BitSet select(FoundBoxes boxes, BitSet left) {
            double[][] scores = boxes.scores(left);
            double[] last = new double[scores.length];
            int[] atLast = new int[scores.length];
            for (int place = 0; place < scores.length; place++) {
                double share = shares.getOrDefault(boxes.categories().get(place), 1.0);
                long most = Math.max(1, (long) Math.ceil(share * slack * left.cardinality()));
                double[] own = scores[place];
                Arrays.sort(own);
                int above = own.length - (int) Math.min(own.length, most);
                double weakest = above < own.length ? own[above] : 0;
                last[place] = weakest;
                atLast[place] = (int) Arrays.stream(own, above, own.length).takeWhile(score -> score == weakest).count();
            }
            // Of those that are alike at the last place, the first.
            return those(left, box -> {
                int place = boxes.category(box);
                return boxes.score(box) > last[place] || boxes.score(box) == last[place] && atLast[place]-- > 0;
            });
        }
    }

    private static BitSet those(BitSet left, IntPredicate kept) {
        BitSet those = new BitSet(left.length());
        left.stream().filter(kept).forEach(those::set);
        return those;
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + ": " + value + ", expected a number from 0 to 1");
        }
    }
}

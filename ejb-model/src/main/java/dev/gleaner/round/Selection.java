package dev.gleaner.round;

import dev.gleaner.round.LeftBoxes.Place;
import dev.gleaner.round.Threshold.Source;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * Which of the teacher's boxes become training data. Selections follow one another: each takes what the one before left, so that
 * {@code agreement} behind {@code class-adaptive} asks for both. All are functions of their input alone. One that depends on how the boxes of all
 * images compare is {@linkplain #fixedBy fixed} before boxes are chosen from some images at a time.
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

    /** The same with all decided that depends on how boxes compare: it chooses from those of some images as from all. */
    default Selection fixedBy(LeftBoxes all) {
        return this;
    }

    /** The thresholds by which it chooses, of those of the categories that it has one for; once it is fixed. */
    default Map<Long, Threshold> thresholds(Set<Long> categories) {
        return Map.of();
    }

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

    /** Boxes from a score on that each category has its own of: what a selection is once it is fixed. */
    record ByCategory(String name, Function<Long, Threshold> of) implements Selection {

        @Override
        public BitSet select(FoundBoxes boxes, BitSet left) {
            double[] least = boxes.categories().stream().mapToDouble(category -> of.apply(category).least()).toArray();
            return those(left, box -> boxes.score(box) >= least[boxes.category(box)]);
        }

        @Override
        public Map<Long, Threshold> thresholds(Set<Long> categories) {
            return categories.stream().collect(Collectors.toMap(category -> category, of));
        }
    }

    /**
     * A threshold for each category, where the distribution of its own scores parts: two normal distributions are fitted to them,
     * and what more likely belongs to the upper one is kept (Consistent-Teacher, Wang et al. 2023, section 3.4). A model that is sure of too
     * much has its scores part too low: no threshold is below {@code least}.
     *
     * @param fewest   categories with fewer boxes than this take {@code fallback}
     * @param fallback threshold where nothing can be fitted
     * @param least    lowest threshold
     */
    record ClassAdaptive(int fewest, double fallback, double least) implements Selection {

        /** From 10 boxes on; 0.5 else; any threshold. */
        public static final ClassAdaptive DEFAULT = new ClassAdaptive(10, 0.5, 0);

        public ClassAdaptive {
            requireShare("fallback", fallback);
            requireShare("least", least);
            if (fewest < 2) {
                throw new IllegalArgumentException("fewest: " + fewest + ", expected at least 2");
            }
        }

        @Override
        public String name() {
            return "class-adaptive";
        }

        @Override
        public Selection fixedBy(LeftBoxes all) {
            Map<Long, Threshold> thresholds = all.scores().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, own -> of(own.getValue())));
            return new ByCategory(name(), category -> thresholds.getOrDefault(category, otherwise()));
        }

        private Threshold of(long[] scores) {
            return LeftBoxes.total(scores) < fewest ? otherwise() : ScoreMixture.fit(scores)
                    .map(fitted -> new Threshold(Math.max(least, fitted.boundary()), Source.FITTED)).orElseGet(this::otherwise);
        }

        private Threshold otherwise() {
            return new Threshold(Math.max(least, fallback), Source.FALLBACK);
        }

        @Override
        public BitSet select(FoundBoxes boxes, BitSet left) {
            return fixedBy(LeftBoxes.of(boxes, left)).select(boxes, left);
        }

        /** The threshold of each category among the boxes. */
        public Map<Long, Double> thresholds(Collection<PseudoBox> boxes) {
            FoundBoxes found = FoundBoxes.of(boxes);
            Map<Long, Double> thresholds = new HashMap<>();
            fixedBy(LeftBoxes.of(found, found.all())).thresholds(Set.copyOf(found.categories()))
                    .forEach((category, threshold) -> thresholds.put(category, threshold.least()));
            return thresholds;
        }
    }

    /**
     * A threshold for each category, learnt from what is right on gold that the teacher labels as well: see {@link GoldThresholds}. It does better
     * on gold that it was trained on than elsewhere, so thresholds from such gold are not below those that {@link ClassAdaptive} fits; where
     * there is too little gold to learn from, they are those alone.
     *
     * @param judged what the teacher found on gold, as far as earlier selections keep it
     * @param fitted for categories and rounds without gold
     */
    record Gold(GoldThresholds rule, JudgedBoxes judged, ClassAdaptive fitted) implements Selection {

        @Override
        public String name() {
            return "gold";
        }

        @Override
        public Selection fixedBy(LeftBoxes all) {
            Optional<GoldThresholds.Learnt> learnt = rule.of(judged);
            if (learnt.isPresent() && !judged.seen()) {
                return new ByCategory(name(), learnt.get()::of);
            }
            ByCategory spread = (ByCategory) fitted.fixedBy(all);
            return new ByCategory(name(), category -> learnt.map(gold -> gold.of(category).or(spread.of.apply(category))).orElseGet(() -> spread.of.apply(category)));
        }

        @Override
        public BitSet select(FoundBoxes boxes, BitSet left) {
            return fixedBy(LeftBoxes.of(boxes, left)).select(boxes, left);
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
            return new ByCategory(name(), this::of).select(boxes, left);
        }

        @Override
        public Map<Long, Threshold> thresholds(Set<Long> categories) {
            return new ByCategory(name(), this::of).thresholds(categories);
        }

        private Threshold of(long category) {
            return thresholds.containsKey(category) ? new Threshold(thresholds.get(category), Source.REVIEWED) : new Threshold(fallback, Source.FALLBACK);
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
        public Selection fixedBy(LeftBoxes all) {
            Map<Long, long[]> scores = all.scores();
            long total = scores.values().stream().mapToLong(LeftBoxes::total).sum();
            Map<Long, Place> last = new HashMap<>();
            scores.forEach((category, own) -> {
                long most = Math.max(1, (long) Math.ceil(shares.getOrDefault(category, 1.0) * slack * total));
                if (most < LeftBoxes.total(own)) {
                    last.put(category, all.place(category, most - 1));
                }
            });
            return new UpTo(name(), last);
        }

        @Override
        public BitSet select(FoundBoxes boxes, BitSet left) {
            return fixedBy(LeftBoxes.of(boxes, left)).select(boxes, left);
        }
    }

    /**
     * Boxes up to a place in their category: what a selection is once it is fixed.
     *
     * @param last by category; of those that are not in it all are kept
     */
    record UpTo(String name, Map<Long, Place> last) implements Selection {

        @Override
        public BitSet select(FoundBoxes boxes, BitSet left) {
            return those(left, box -> {
                Place most = last.get(boxes.categoryId(box));
                return most == null || boxes.place(box).compareTo(most) <= 0;
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

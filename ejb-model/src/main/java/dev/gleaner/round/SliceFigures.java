package dev.gleaner.round;

import dev.gleaner.evaluation.AreaRange;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.PairedBootstrap;
import dev.gleaner.evaluation.Protocol;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The champion's and the candidate's AP on the held-out gold, as a whole and slice by slice: each category, COCO's three sizes, each source
 * of images, and sets from other domains. Each comes with the bootstrap interval of its difference.
 *
 * <p>A slice is guarded if it has at least {@link Resampling#fewest} gold boxes. With fewer, one box more or less found moves its AP by
 * more than any sensible allowance; such slices are reported with their numbers and with {@code guarded} false, and the gate does not see
 * them. Slices without gold are left out, and so are sources where there is only one.
 *
 * @param before AP of the champion, 0 to 1
 * @param after  AP of the candidate
 * @param change of the AP, with its interval
 */
public record SliceFigures(double before, double after, PairedBootstrap change, List<SliceChange> slices) {

    /** What makes a slice. */
    public enum Kind { CATEGORY, SIZE, SOURCE, OUT_OF_DOMAIN }

    /**
     * One slice.
     *
     * @param name    of the category, size, source or set; together with its kind it is the slice's own
     * @param gold    boxes to be found, crowds left out
     * @param guarded whether there are enough of them
     */
    public record SliceChange(Kind kind, String name, int gold, double before, double after, PairedBootstrap change, boolean guarded) {

        /** What the gate and its allowances call it: "category dog", "size small", "source night", "domain street". */
        public String label() {
            return (kind == Kind.OUT_OF_DOMAIN ? "domain" : kind.name().toLowerCase(Locale.ROOT)) + " " + name;
        }
    }

    /**
     * What two models found of the same truth.
     *
     * @param rules what counts as found: COCO's where each image tells all there is, LVIS's where some were looked at for some categories alone
     */
    public record Comparison(Protocol rules, GroundTruth truth, List<DetectedBox> champion, List<DetectedBox> candidate) {

        /** By COCO's rules. */
        public Comparison(GroundTruth truth, List<DetectedBox> champion, List<DetectedBox> candidate) {
            this(Protocol.COCO, truth, champion, candidate);
        }

        public Comparison {
            champion = List.copyOf(champion);
            candidate = List.copyOf(candidate);
        }

        private Comparison of(TruthCategory category) {
            return new Comparison(rules, new GroundTruth(truth.images(), List.of(category), truth.boxes()), champion, candidate);
        }

        private Comparison of(Set<Long> images) {
            return new Comparison(rules, new GroundTruth(truth.images().stream().filter(image -> images.contains(image.id())).toList(), truth.categories(),
                    truth.boxes()), in(champion, images), in(candidate, images));
        }

        private static List<DetectedBox> in(List<DetectedBox> boxes, Set<Long> images) {
            return boxes.stream().filter(box -> images.contains(box.imageId())).toList();
        }
    }

    /**
     * How intervals are found, and from where on a slice is guarded.
     *
     * @param fewest     gold boxes of a guarded slice
     * @param samples    of the bootstrap, at least 100
     * @param confidence of the intervals, as 0.95
     * @param seed       the same seed gives the same intervals
     */
    public record Resampling(int fewest, int samples, double confidence, long seed) {

        /** From 10 boxes on; 1,000 samples, 95 %. */
        public static final Resampling DEFAULT = new Resampling(10, 1000, 0.95, 1);
    }

    public SliceFigures {
        slices = List.copyOf(slices);
    }

    /**
     * Compares two models.
     *
     * @param heldOut the gold that decides
     * @param sources where each of its images comes from, by image id; images that are not in it belong to no slice
     * @param others  sets from other domains, by name
     * @throws IllegalArgumentException if there is nothing to be found in the held-out gold
     */
    public static SliceFigures of(Comparison heldOut, Map<Long, String> sources, Map<String, Comparison> others, Resampling resampling) {
        List<SliceChange> slices = new ArrayList<>();
        for (TruthCategory category : heldOut.truth.categories()) {
            add(slices, Kind.CATEGORY, category.name(), heldOut.of(category), AreaRange.ALL, DetectionFigures::ap, resampling);
        }
        add(slices, Kind.SIZE, "small", heldOut, AreaRange.SMALL, DetectionFigures::apSmall, resampling);
        add(slices, Kind.SIZE, "medium", heldOut, AreaRange.MEDIUM, DetectionFigures::apMedium, resampling);
        add(slices, Kind.SIZE, "large", heldOut, AreaRange.LARGE, DetectionFigures::apLarge, resampling);
        Set<Long> images = heldOut.truth.images().stream().map(TruthImage::id).collect(Collectors.toSet());
        Map<String, Set<Long>> bySource = sources.entrySet().stream().filter(source -> images.contains(source.getKey()))
                .collect(Collectors.groupingBy(Map.Entry::getValue, Collectors.mapping(Map.Entry::getKey, Collectors.toSet())));
        if (bySource.size() > 1) {
            new TreeSet<>(bySource.keySet()).forEach(source -> add(slices, Kind.SOURCE, source, heldOut.of(bySource.get(source)), AreaRange.ALL,
                    DetectionFigures::ap, resampling));
        }
        new TreeSet<>(others.keySet()).forEach(name -> add(slices, Kind.OUT_OF_DOMAIN, name, others.get(name), AreaRange.ALL,
                DetectionFigures::ap, resampling));
        return new SliceFigures(ap(heldOut, heldOut.champion, DetectionFigures::ap), ap(heldOut, heldOut.candidate, DetectionFigures::ap),
                bootstrap(heldOut, AreaRange.ALL, resampling), slices);
    }

    private static void add(List<SliceChange> slices, Kind kind, String name, Comparison compared, AreaRange sizes,
            ToDoubleFunction<DetectionFigures> figure, Resampling resampling) {
        int gold = gold(compared.truth, sizes);
        if (gold > 0) {
            slices.add(new SliceChange(kind, name, gold, ap(compared, compared.champion, figure), ap(compared, compared.candidate, figure),
                    bootstrap(compared, sizes, resampling), gold >= resampling.fewest));
        }
    }

    private static PairedBootstrap bootstrap(Comparison compared, AreaRange sizes, Resampling resampling) {
        return PairedBootstrap.of(compared.rules, compared.truth, compared.champion, compared.candidate, sizes, resampling.samples, resampling.confidence,
                resampling.seed);
    }

    private static double ap(Comparison compared, Collection<DetectedBox> found, ToDoubleFunction<DetectionFigures> figure) {
        return figure.applyAsDouble(DetectionEvaluation.of(compared.rules, compared.truth, found).figures());
    }

    private static int gold(GroundTruth truth, AreaRange sizes) {
        Set<Long> images = truth.images().stream().map(TruthImage::id).collect(Collectors.toSet());
        Set<Long> categories = truth.categories().stream().map(TruthCategory::id).collect(Collectors.toSet());
        return (int) truth.boxes().stream().filter(box -> !box.crowd() && images.contains(box.imageId())
                && categories.contains(box.categoryId()) && sizes.contains(box.area())).count();
    }

    /**
     * A decision, and after its reasons which of the slices that somebody asked for by name were not guarded: nobody else would notice.
     *
     * @param asked their labels
     */
    Gate.Decision telling(Collection<String> asked, Gate.Decision decision) {
        List<String> reasons = new ArrayList<>(decision.reasons());
        for (String label : asked) {
            Optional<SliceChange> slice = slices.stream().filter(known -> known.label().equals(label)).findFirst();
            if (slice.isEmpty()) {
                reasons.add(label + " was not guarded: there is nothing of it among what is measured on, or nothing else");
            } else if (!slice.get().guarded) {
                reasons.add(label + " was not guarded: of " + slice.get().gold + " boxes one more or less would move its AP too far");
            }
        }
        return new Gate.Decision(decision.promoted(), reasons);
    }

    /** Lets the gate decide. */
    public Gate.Decision decide(Gate gate) {
        return gate.decide(change, guarded());
    }

    /** What became of each guarded slice, by its label. */
    public Map<String, Gate.Fate> fates(Gate gate) {
        List<Gate.Slice> guarded = guarded();
        return guarded.stream().collect(Collectors.toMap(Gate.Slice::name, slice -> gate.fate(slice, change.confidence(), guarded.size())));
    }

    private List<Gate.Slice> guarded() {
        return slices.stream().filter(SliceChange::guarded).map(slice -> new Gate.Slice(slice.label(), slice.before, slice.after, slice.change.noWorse()))
                .toList();
    }
}

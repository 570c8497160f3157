package dev.gleaner.evaluation;

import dev.gleaner.evaluation.Mistake.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Collectors;

/**
 * What goes wrong, and how often: each detection that met no truth by what it hit, and each truth that was missed.
 *
 * @param counts   how many mistakes of each kind, by category; kinds without a mistake are left out
 * @param examples of each category and kind the worst few: the surest detections, the largest truths missed. Detections come
 *                 first, surest first, then truths, largest first; of equals in the order of image ids
 */
public record Confusion(Map<Long, Map<Kind, Integer>> counts, List<Mistake> examples) {

    /** The least overlap that means something, as TIDE has it. */
    private static final double TOUCHED = 0.1;

    private static final Comparator<Mistake> WORST_FIRST = Comparator
            .<Mistake, Boolean>comparing(mistake -> mistake.detection().isEmpty())
            .thenComparing(mistake -> mistake.detection().map(DetectedBox::score).orElseGet(() -> mistake.truth().orElseThrow().area()),
                    Comparator.reverseOrder())
            .thenComparingLong(Mistake::imageId);

    /**
     * @param iou  the least overlap of a detection with its truth, in (0, 1]
     * @param each how many examples to keep of each category and kind, at most
     * @throws IllegalArgumentException if a detection is of an image that is not listed, or {@code iou} is out of its range
     */
    public static Confusion of(Protocol protocol, GroundTruth truth, Collection<DetectedBox> detections, double iou, int each) {
        Map<Long, List<TruthBox>> truths = truth.boxes().stream().filter(box -> !protocol.isIgnored(box))
                .collect(Collectors.groupingBy(TruthBox::imageId));
        Map<Long, List<DetectedBox>> found = detections.stream().collect(Collectors.groupingBy(DetectedBox::imageId));
        Collected collected = new Collected(each);
        for (ImageFindings image : ImageFindings.of(protocol, truth, detections, iou, Double.NEGATIVE_INFINITY)) {
            List<TruthBox> there = truths.getOrDefault(image.imageId(), List.of());
            image.falsePositives().forEach(box -> collected.add(madeUp(box, there, iou)));
            image.missed().forEach(box -> collected.add(missed(box, found.getOrDefault(image.imageId(), List.of()))));
        }
        return new Confusion(collected.counts, collected.worst());
    }

    private static Mistake madeUp(DetectedBox box, List<TruthBox> truths, double iou) {
        Overlap own = Overlap.most(box, truths.stream().filter(truth -> truth.categoryId() == box.categoryId()).toList());
        Overlap other = Overlap.most(box, truths.stream().filter(truth -> truth.categoryId() != box.categoryId()).toList());
        if (own.iou >= iou) {
            return own.mistake(Kind.DUPLICATE, box);
        } else if (other.iou >= iou) {
            return other.mistake(Kind.OTHER_CATEGORY, box);
        } else if (own.iou >= TOUCHED) {
            return own.mistake(Kind.POOR_LOCALISATION, box);
        } else if (other.iou >= TOUCHED) {
            return other.mistake(Kind.OTHER_CATEGORY, box);
        }
        return new Mistake(Kind.BACKGROUND, Optional.of(box), Optional.empty(), 0);
    }

    private static Mistake missed(TruthBox truth, List<DetectedBox> detections) {
        double closest = detections.stream().filter(box -> box.categoryId() == truth.categoryId())
                .mapToDouble(box -> box.box().iou(truth.box())).max().orElse(0);
        return new Mistake(Kind.MISSED, Optional.empty(), Optional.of(truth), closest);
    }

    private record Overlap(TruthBox truth, double iou) {

        static Overlap most(DetectedBox box, List<TruthBox> truths) {
            Overlap most = new Overlap(null, 0);
            for (TruthBox truth : truths) {
                double iou = box.box().iou(truth.box());
                if (iou > most.iou) {
                    most = new Overlap(truth, iou);
                }
            }
            return most;
        }

        Mistake mistake(Kind kind, DetectedBox box) {
            return new Mistake(kind, Optional.of(box), Optional.of(truth), iou);
        }
    }

    private static final class Collected {

        private record Place(long category, Kind kind) {
        }

        private final int each;
        private final Map<Long, Map<Kind, Integer>> counts = new HashMap<>();
        private final Map<Place, PriorityQueue<Mistake>> kept = new HashMap<>();

        Collected(int each) {
            this.each = each;
        }

        void add(Mistake mistake) {
            counts.computeIfAbsent(mistake.categoryId(), any -> new EnumMap<>(Kind.class)).merge(mistake.kind(), 1, Integer::sum);
            PriorityQueue<Mistake> worst = kept.computeIfAbsent(new Place(mistake.categoryId(), mistake.kind()),
                    any -> new PriorityQueue<>(WORST_FIRST.reversed()));
            worst.add(mistake);
            if (worst.size() > each) {
                worst.remove();
            }
        }

        List<Mistake> worst() {
            List<Mistake> all = new ArrayList<>();
            kept.values().forEach(all::addAll);
            all.sort(WORST_FIRST);
            return all;
        }
    }
}

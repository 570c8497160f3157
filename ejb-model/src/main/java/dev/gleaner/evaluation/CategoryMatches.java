package dev.gleaner.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToIntFunction;

/** What became of the detections of one category, over all images, for every overlap and every range of sizes. */
final class CategoryMatches {

    /**
     * A detection's fate, a bit for each range of sizes and overlap. A detection that is neither right nor wrong does not count.
     *
     * @param image its image's id
     * @param rank  among the detections of its image, from 0
     */
    private record Judgement(long image, double score, int rank, long right, long wrong) {
    }

    private final List<Judgement> judgements = new ArrayList<>();
    private final int[] truths = new int[AreaRange.values().length];
    /** By range and image. */
    private final List<Map<Long, Integer>> truthsOf = Arrays.stream(AreaRange.values()).<Map<Long, Integer>>map(range -> new HashMap<>()).toList();

    CategoryMatches(CategoryBoxes category, Protocol protocol) {
        for (ImageBoxes boxes : category.byImage(protocol)) {
            judge(boxes, protocol, protocol.forgivesUnmatched(boxes.image(), category.category().id()));
        }
        // Stable: equal scores stay in the order of images.
        judgements.sort(Comparator.comparingDouble(Judgement::score).reversed());
    }

    private void judge(ImageBoxes boxes, Protocol protocol, boolean forgiving) {
        Matching matching = new Matching(boxes, protocol);
        long[] right = new long[boxes.detections().size()];
        long[] wrong = new long[right.length];
        for (AreaRange range : AreaRange.values()) {
            boolean[] ignored = matching.ignored(range);
            for (boolean isIgnored : ignored) {
                truths[range.ordinal()] += isIgnored ? 0 : 1;
                if (!isIgnored) {
                    truthsOf.get(range.ordinal()).merge(boxes.image().id(), 1, Integer::sum);
                }
            }
            for (int overlap = 0; overlap < PrecisionRecall.OVERLAPS; overlap++) {
                int[] met = matching.at(PrecisionRecall.overlap(overlap), ignored);
                long bit = bit(range, overlap);
                for (int d = 0; d < met.length; d++) {
                    if (met[d] != Matching.NONE) {
                        right[d] |= ignored[met[d]] ? 0 : bit;
                    } else if (!forgiving && range.contains(boxes.detections().get(d).box().area())) {
                        wrong[d] |= bit;
                    }
                }
            }
        }
        for (int d = 0; d < right.length; d++) {
            judgements.add(new Judgement(boxes.image().id(), boxes.detections().get(d).score(), d, right[d], wrong[d]));
        }
    }

    private static long bit(AreaRange range, int overlap) {
        return 1L << (range.ordinal() * PrecisionRecall.OVERLAPS + overlap);
    }

    /** Of all sizes, ignored ones left out. */
    int truths() {
        return truths[AreaRange.ALL.ordinal()];
    }

    int detections() {
        return judgements.size();
    }

    /** @param perImage how many detections of each image count, the best ones */
    PrecisionRecall curve(AreaRange range, int perImage) {
        int there = truths[range.ordinal()];
        if (there == 0) {
            return PrecisionRecall.undefined();
        }
        double[][] precisions = new double[PrecisionRecall.OVERLAPS][];
        for (int overlap = 0; overlap < precisions.length; overlap++) {
            precisions[overlap] = precisions(bit(range, overlap), perImage, there);
        }
        return PrecisionRecall.of(precisions, there);
    }

    private double[] precisions(long bit, int perImage, int there) {
        // A crowd is ignored, so at most as many are right as there are truths.
        double[] precisions = new double[there];
        int right = 0;
        int wrong = 0;
        for (Judgement judgement : judgements) {
            if (judgement.rank >= perImage) {
                continue;
            }
            if ((judgement.right & bit) != 0) {
                right++;
                // The standard tools guard against 0 / 0 by adding the distance from 1 to the next double.
                precisions[right - 1] = right / (wrong + right + Math.ulp(1.0));
            } else if ((judgement.wrong & bit) != 0) {
                wrong++;
            }
        }
        return Arrays.copyOf(precisions, right);
    }

    /**
     * The average precision if each image were there so many times: what a bootstrap over images needs.
     *
     * @return {@link DetectionFigures#UNDEFINED} if nothing is left to find
     */
    double averagePrecision(AreaRange range, LongToIntFunction copies) {
        int there = 0;
        for (Map.Entry<Long, Integer> image : truthsOf.get(range.ordinal()).entrySet()) {
            there += image.getValue() * copies.applyAsInt(image.getKey());
        }
        if (there == 0) {
            return DetectionFigures.UNDEFINED;
        }
        double[][] precisions = new double[PrecisionRecall.OVERLAPS][];
        for (int overlap = 0; overlap < precisions.length; overlap++) {
            precisions[overlap] = precisions(bit(range, overlap), copies, there);
        }
        return PrecisionRecall.of(precisions, there).averagePrecision();
    }

    private double[] precisions(long bit, LongToIntFunction copies, int there) {
        double[] precisions = new double[there];
        int right = 0;
        int wrong = 0;
        for (Judgement judgement : judgements) {
            int count = copies.applyAsInt(judgement.image);
            if ((judgement.right & bit) != 0) {
                for (int i = 0; i < count; i++) {
                    right++;
                    precisions[right - 1] = right / (wrong + right + Math.ulp(1.0));
                }
            } else if ((judgement.wrong & bit) != 0) {
                wrong += count;
            }
        }
        return Arrays.copyOf(precisions, right);
    }
}

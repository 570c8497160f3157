package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.evaluation.AreaRange;
import dev.gleaner.review.NewReviewQueue;
import dev.gleaner.review.ReviewFilter;
import dev.gleaner.review.ReviewQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A review queue as it is ordered, by the words of the API. */
public record ReviewQueueOrder(String name, Long dataset, String order, ReviewFilterJson filter, Double checks, Integer consensus, Double consensusShare,
        Integer limit, Long seed, String among, Long project) {

    /** Which proposals a queue asks about; what is left out lets all through. */
    public record ReviewFilterJson(List<String> categories, List<Double> scores, List<String> sizes, Long modelVersion, Long run, Long round) {

        static ReviewFilterJson of(ReviewFilter filter, Map<Long, String> categories) {
            return new ReviewFilterJson(filter.categories().isEmpty() ? null : filter.categories().stream().map(categories::get).toList(),
                    filter.least() == null ? null : List.of(filter.least(), filter.most()),
                    filter.sizes().isEmpty() ? null : filter.sizes().stream().map(ReviewQueueOrder::label).toList(), filter.modelVersion(), filter.run(),
                    filter.round());
        }

        private NewReviewQueue.Filter read() {
            List<AreaRange> ranges = new ArrayList<>();
            for (int i = 0; sizes != null && i < sizes.size(); i++) {
                ranges.add(ReviewQueueOrder.read("filter.sizes[" + i + "]", sizes.get(i), List.of(AreaRange.SMALL, AreaRange.MEDIUM, AreaRange.LARGE)));
            }
            return new NewReviewQueue.Filter(categories, scores, ranges, modelVersion, run, round);
        }
    }

    NewReviewQueue read() {
        return new NewReviewQueue(name, dataset, order == null ? null : read("order", order, Arrays.asList(ReviewQueue.Ordering.values())),
                filter == null ? null : filter.read(), checks, consensus, consensusShare, limit, seed,
                among == null ? null : read("among", among, Arrays.asList(ReviewQueue.Among.values())), project);
    }

    static String label(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> E read(String field, String label, List<E> choices) {
        return choices.stream().filter(choice -> label(choice).equals(label)).findFirst()
                .orElseThrow(() -> new InvalidInput(field, label, "one of " + String.join(", ", choices.stream().map(ReviewQueueOrder::label).toList())));
    }
}

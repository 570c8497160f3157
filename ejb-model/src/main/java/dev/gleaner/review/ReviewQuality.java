package dev.gleaner.review;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How well reviewing goes. What was undone does not count.
 *
 * @param newest     how many decisions, the newest, the figures are of; null if they are of all
 * @param reviewers  by name
 * @param categories by name
 * @param models     what became of proposals, by model version and category
 * @param differing  images about which reviewers differ and nobody has had the last word, those who agree least first, at most {@value #MOST_DIFFERING}
 */
public record ReviewQuality(Integer newest, List<OfReviewer> reviewers, List<OfCategory> categories, List<OfModel> models, List<Differing> differing) {

    private static final int MOST_DIFFERING = 100;

    /**
     * Checks and agreement are about boxes: {@code both} are in both lists, {@code first} only the reviewer has, {@code second} only the truth,
     * or the other reviewer, has.
     *
     * @param items         decided, checks and second opinions among them
     * @param medianSeconds that an item took; null if nobody counted
     */
    public record OfReviewer(String reviewer, int items, int skipped, Double medianSeconds, int accepted, int corrected, int rejected, int drawn,
            int checkedItems, BoxAgreement checks, BoxAgreement agreement) {
    }

    /** As {@link OfReviewer}, of all reviewers. */
    public record OfCategory(String category, BoxAgreement checks, BoxAgreement agreement) {
    }

    /** What became of a model version's proposals of a category. */
    public record OfModel(long modelVersion, String category, int accepted, int corrected, int rejected) {

        /** The share that was right as it stood; null if nothing was decided. */
        public Double acceptance() {
            int all = accepted + corrected + rejected;
            return all == 0 ? null : accepted / (double) all;
        }
    }

    /** An image of a queue about which its reviewers differ; {@code agreement} is of all pairs of them. */
    public record Differing(long queue, long image, List<String> reviewers, BoxAgreement agreement) {
    }

    /** An image as a queue has it. */
    record QueuedImage(long queue, long image) {
    }

    /** How many items a reviewer decided and skipped. */
    record Pace(String reviewer, int items, int skipped, Double medianSeconds) {
    }

    /** How often a reviewer did something to boxes of a category that a model proposed; {@code model} is null of other boxes. */
    record Deed(String reviewer, Long model, long category, DecidedBox.Action action, int boxes) {
    }

    /** Sums, by whatever they are about. */
    private static final class Sums<K> {

        private final Map<K, BoxAgreement> sums = new HashMap<>();

        void add(K key, BoxAgreement more) {
            sums.merge(key, more, BoxAgreement::plus);
        }

        BoxAgreement of(K key) {
            return sums.getOrDefault(key, BoxAgreement.NONE);
        }
    }

    /**
     * Puts the figures together.
     *
     * @param newest   how many decisions they are of; null if all
     * @param answered items with answers: checks, and those that several reviewers saw
     * @param settled  whether nothing is left to decide about an image, however its reviewers differ
     * @param names    of categories by id
     */
    static ReviewQuality of(Integer newest, List<Pace> paces, List<Deed> deeds, List<ReviewItem> answered, Predicate<QueuedImage> settled,
            Map<Long, String> names) {
        Sums<String> checksOf = new Sums<>();
        Sums<Long> checks = new Sums<>();
        Map<String, Integer> checkedItems = new HashMap<>();
        answered.stream().filter(item -> item.kind() == ReviewItem.Kind.CHECK).forEach(item -> {
            String reviewer = item.reviewer().orElseThrow();
            checkedItems.merge(reviewer, 1, Integer::sum);
            BoxAgreement.of(item.answer().orElseThrow(), item.truth()).forEach((category, agreement) -> {
                checksOf.add(reviewer, agreement);
                checks.add(category, agreement);
            });
        });
        Sums<String> agreementOf = new Sums<>();
        Sums<Long> agreement = new Sums<>();
        List<Differing> differing = new ArrayList<>();
        answered.stream().filter(ReviewItem::consensus).collect(Collectors.groupingBy(item -> new QueuedImage(item.queueId(), item.imageId())))
                .forEach((key, seen) -> {
                    Sums<Long> ofImage = new Sums<>();
                    pairs(seen).forEach(pair -> BoxAgreement.of(pair.get(0).answer().orElseThrow(), pair.get(1).answer().orElseThrow())
                            .forEach((category, one) -> {
                                agreementOf.add(pair.get(0).reviewer().orElseThrow(), one);
                                agreementOf.add(pair.get(1).reviewer().orElseThrow(), one.turned());
                                agreement.add(category, one);
                                ofImage.add(key.image, one);
                            }));
                    BoxAgreement all = ofImage.of(key.image);
                    if (all.first() + all.second() > 0 && !settled.test(key)) {
                        differing.add(new Differing(key.queue, key.image,
                                seen.stream().map(item -> item.reviewer().orElseThrow()).sorted().toList(), all));
                    }
                });
        differing.sort(Comparator.comparing((Differing one) -> one.agreement.f1()).thenComparing(Differing::queue).thenComparing(Differing::image));
        return new ReviewQuality(newest, paces.stream().sorted(Comparator.comparing(Pace::reviewer)).map(pace -> {
            Map<DecidedBox.Action, Integer> done = deeds.stream().filter(deed -> deed.reviewer.equals(pace.reviewer))
                    .collect(Collectors.groupingBy(Deed::action, Collectors.summingInt(Deed::boxes)));
            return new OfReviewer(pace.reviewer, pace.items, pace.skipped, pace.medianSeconds, done.getOrDefault(DecidedBox.Action.ACCEPT, 0),
                    corrected(done), done.getOrDefault(DecidedBox.Action.REJECT, 0), done.getOrDefault(DecidedBox.Action.DRAW, 0),
                    checkedItems.getOrDefault(pace.reviewer, 0), checksOf.of(pace.reviewer), agreementOf.of(pace.reviewer));
        }).toList(), names.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(entry -> new OfCategory(entry.getValue(), checks.of(entry.getKey()),
                agreement.of(entry.getKey()))).filter(row -> !row.checks.equals(BoxAgreement.NONE) || !row.agreement.equals(BoxAgreement.NONE)).toList(),
                models(deeds, names), List.copyOf(differing.subList(0, Math.min(MOST_DIFFERING, differing.size()))));
    }

    private static List<List<ReviewItem>> pairs(List<ReviewItem> seen) {
        List<List<ReviewItem>> pairs = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            for (int j = i + 1; j < seen.size(); j++) {
                pairs.add(List.of(seen.get(i), seen.get(j)));
            }
        }
        return pairs;
    }

    private static int corrected(Map<DecidedBox.Action, Integer> done) {
        return done.getOrDefault(DecidedBox.Action.RELABEL, 0) + done.getOrDefault(DecidedBox.Action.MOVE, 0);
    }

    private static List<OfModel> models(List<Deed> deeds, Map<Long, String> names) {
        List<OfModel> models = new ArrayList<>();
        deeds.stream().filter(deed -> deed.model != null).collect(Collectors.groupingBy(Deed::model, TreeMap::new, Collectors.groupingBy(
                deed -> names.get(deed.category), TreeMap::new, Collectors.groupingBy(Deed::action, Collectors.summingInt(Deed::boxes)))))
                .forEach((model, byCategory) -> byCategory.forEach((category, done) -> models.add(new OfModel(model, category,
                        done.getOrDefault(DecidedBox.Action.ACCEPT, 0), corrected(done), done.getOrDefault(DecidedBox.Action.REJECT, 0)))));
        return models;
    }
}

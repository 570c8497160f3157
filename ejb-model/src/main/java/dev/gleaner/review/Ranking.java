package dev.gleaner.review;

import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Puts a review queue in the order of what a correction is worth. An item is what a reviewer gets to see at once: one box, or an image with
 * all its boxes.
 *
 * <p>A box is worth the weighted mean of five numbers from 0 to 1, none of which is the model's confidence:
 * <ul>
 * <li>entropy: whether other categories fire in the same place (entropy sampling; Settles 2009, section 3.1), among those that fire,
 *     so that a weak score alone does not count;
 * <li>disagreement: whether another model version puts it elsewhere, or finds nothing (localisation stability; Kao et al. 2018, section 3.2);
 * <li>closeness: whether its score is near its category's threshold, where a decision moves it in or out (Lewis and Gale 1994);
 * <li>rarity: whether its category has been reviewed less often than others (class weighting; Brust et al. 2019, section 3.3);
 * <li>novelty: how far it is from what has been reviewed of its category.
 * </ul>
 * A box far below its threshold hardly becomes a label: it counts by the share of the threshold that its score reaches. An item is worth the
 * sum of its boxes (Brust et al. 2019, section 3.2, which finds the sum better than the mean or the largest).
 *
 * <p>The order is greedy (maximal marginal relevance; Carbonell and Goldstein 1998): each place goes to the item that is worth most, each of
 * its boxes less by how much it is like one that has its place already. Boxes are alike that are of one image, or of one category with near
 * features. So near-duplicates do not follow one another, though each of them may be worth much.
 */
public final class Ranking {

    /** Scores further from the threshold than this are not close to it. */
    private static final double REACH = 0.2;
    /** How alike boxes of one image are. */
    private static final double SAME_IMAGE = 0.5;
    /** How alike boxes of one category are that have nothing else in common. */
    private static final double SAME_CATEGORY = 0.1;
    /** How many things are told about an item. */
    private static final int REASONS = 2;

    private Ranking() {
    }

    /** How much each number counts; 0 leaves it out. */
    public record Weights(double entropy, double disagreement, double closeness, double rarity, double novelty) {

        /** All alike. */
        public static final Weights DEFAULT = new Weights(1, 1, 1, 1, 1);

        public Weights {
            double[] all = {entropy, disagreement, closeness, rarity, novelty};
            if (Arrays.stream(all).anyMatch(weight -> !(weight >= 0) || Double.isInfinite(weight)) || Arrays.stream(all).sum() == 0) {
                throw new IllegalArgumentException("weights: " + Arrays.toString(all) + ", expected numbers of 0 or more, at least one above 0");
            }
        }
    }

    /**
     * A box that waits for a decision.
     *
     * @param threshold of its category, above 0
     * @param agreement with another model version, 0 to 1; 1 where no other looked for it
     * @param lost      whether it is not proposed any more: another model version found it, and the newer one does not. It waits for no decision itself
     * @param rivals    scores of boxes of other categories, or phrases, in the same place
     * @param features  of what is in the box, whose Euclidean distance is about 1 for things that differ clearly: {@link #features}, or
     *                  those of a network; always as many
     */
    public record Proposal(String category, double score, double threshold, double agreement, List<Double> rivals, List<Double> features,
            boolean lost) {

        public Proposal(String category, double score, double threshold, double agreement, List<Double> rivals, List<Double> features) {
            this(category, score, threshold, agreement, rivals, features, false);
        }

        public Proposal {
            rivals = List.copyOf(rivals);
            features = List.copyOf(features);
            if (!(threshold > 0 && threshold <= 1)) {
                throw new IllegalArgumentException("threshold: " + threshold + ", expected a number above 0 and up to 1");
            }
        }
    }

    /**
     * What a reviewer sees at once.
     *
     * @param proposals at least one
     */
    public record Item(long id, long imageId, List<Proposal> proposals) {

        public Item {
            proposals = List.copyOf(proposals);
            if (proposals.isEmpty()) {
                throw new IllegalArgumentException("proposals of item " + id + ": none, expected at least one");
            }
        }
    }

    /** A box that a human decided about. */
    public record Known(String category, List<Double> features) {

        public Known {
            features = List.copyOf(features);
        }
    }

    /**
     * An item in its place.
     *
     * @param worth  of the item by itself, before those above it are looked at
     * @param reason of its place, in words
     */
    public record Ranked(Item item, double worth, String reason) {
    }

    /**
     * What can be told of a box without looking into it: its size, its shape and its place. Twice as large or as wide, or half the image
     * away, is a distance of 1.
     */
    public static List<Double> features(Box box, int imageWidth, int imageHeight) {
        double side = Math.sqrt(Math.max(1, box.area()) / ((double) imageWidth * imageHeight));
        double shape = Math.max(1, box.width()) / Math.max(1, box.height());
        return List.of(Math.log(side) / Math.log(2), Math.log(shape) / Math.log(2), 2 * (box.x() + box.width() / 2) / imageWidth,
                2 * (box.y() + box.height() / 2) / imageHeight);
    }

    /** One of the five numbers of a box, with the words for it. */
    private record Part(double weight, double value, String words) {

        double counts() {
            return weight * value;
        }
    }

    /** A box with its worth. */
    private static final class Candidate {

        private final Proposal proposal;
        private final List<Part> parts;
        private final double worth;
        /** How much it is like one that has its place. */
        private double alike;

        Candidate(Proposal proposal, List<Part> parts) {
            this.proposal = proposal;
            this.parts = parts;
            worth = Math.min(1, proposal.score / proposal.threshold) * parts.stream().mapToDouble(Part::counts).sum()
                    / parts.stream().mapToDouble(Part::weight).sum();
        }
    }

    /** An item that waits for its place. */
    private record Waiting(Item item, List<Candidate> boxes) {

        double worth() {
            return boxes.stream().mapToDouble(box -> box.worth).sum();
        }

        double worthBehindOthers() {
            return boxes.stream().mapToDouble(box -> box.worth * (1 - box.alike)).sum();
        }
    }

    /**
     * Ranks items. Takes time by the number of places times that of boxes, and of boxes times what has been reviewed of their category.
     *
     * @param items    in any order; of items that are worth the same the one with the lower id comes first
     * @param reviewed what humans decided about so far, or a sample of it
     * @param places   how many are wanted at most
     * @return best first
     */
    public static List<Ranked> rank(Collection<Item> items, Collection<Known> reviewed, Weights weights, int places) {
        Map<String, List<Known>> known = reviewed.stream().collect(Collectors.groupingBy(Known::category));
        Map<String, Double> rarity = rarity(items, known);
        List<Waiting> waiting = items.stream().sorted(Comparator.comparingLong(Item::id)).map(item -> new Waiting(item, item.proposals.stream()
                .map(box -> new Candidate(box, parts(box, weights, rarity.get(box.category), known.getOrDefault(box.category, List.of())))).toList()))
                .collect(Collectors.toCollection(ArrayList::new));
        List<Ranked> ranked = new ArrayList<>();
        while (ranked.size() < places && !waiting.isEmpty()) {
            int best = IntStream.range(0, waiting.size()).boxed().max(Comparator.<Integer>comparingDouble(i -> waiting.get(i).worthBehindOthers())
                    .thenComparing(Comparator.reverseOrder())).orElseThrow();
            Waiting next = waiting.remove(best);
            ranked.add(new Ranked(next.item, next.worth(), reason(next)));
            waiting.forEach(other -> compare(next, other));
        }
        return ranked;
    }

    /** By category: 1 for what has been reviewed least often, less for others by the root of how much more often they have been. */
    private static Map<String, Double> rarity(Collection<Item> items, Map<String, List<Known>> known) {
        Map<String, Integer> counts = new HashMap<>();
        items.forEach(item -> item.proposals.forEach(box -> counts.put(box.category, known.getOrDefault(box.category, List.of()).size())));
        double fewest = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        Map<String, Double> rarity = new HashMap<>();
        counts.forEach((category, count) -> rarity.put(category, Math.sqrt((fewest + 1) / (count + 1))));
        return rarity;
    }

    private static List<Part> parts(Proposal box, Weights weights, double rarity, List<Known> known) {
        double nearest = known.stream().mapToDouble(other -> distance(other.features, box.features)).min().orElse(Double.POSITIVE_INFINITY);
        return List.of(
                new Part(weights.entropy, entropy(box), "%d other categories fire in the same place".formatted(box.rivals.size())),
                new Part(weights.disagreement, 1 - box.agreement, box.lost ? "only another model version found it"
                        : "model versions agree by %s only".formatted(number(box.agreement))),
                new Part(weights.closeness, Math.max(0, 1 - Math.abs(box.score - box.threshold) / REACH),
                        "its score is near the threshold, %s".formatted(number(box.threshold))),
                new Part(weights.rarity, rarity, known.isEmpty() ? "no box of this category was reviewed"
                        : "only %d boxes of this category were reviewed".formatted(known.size())),
                new Part(weights.novelty, 1 - Math.exp(-nearest), "unlike what was reviewed"));
    }

    /** Of the scores in one place, as shares of their sum; 1 where all categories that fire there fire alike. */
    static double entropy(Proposal box) {
        if (box.rivals.isEmpty()) {
            return 0;
        }
        double sum = box.score + box.rivals.stream().mapToDouble(Double::doubleValue).sum();
        double entropy = surprise(box.score / sum) + box.rivals.stream().mapToDouble(rival -> surprise(rival / sum)).sum();
        return entropy / Math.log(box.rivals.size() + 1);
    }

    private static double surprise(double share) {
        return share > 0 ? -share * Math.log(share) : 0;
    }

    private static double distance(List<Double> a, List<Double> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            double difference = a.get(i) - b.get(i);
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private static void compare(Waiting placed, Waiting other) {
        boolean sameImage = placed.item.imageId == other.item.imageId;
        for (Candidate box : other.boxes) {
            double alike = sameImage ? SAME_IMAGE : 0;
            for (Candidate before : placed.boxes) {
                if (before.proposal.category.equals(box.proposal.category)) {
                    double near = Math.exp(-2 * distance(before.proposal.features, box.proposal.features));
                    alike = Math.max(alike, SAME_CATEGORY + (1 - SAME_CATEGORY) * near);
                }
            }
            box.alike = Math.max(box.alike, alike);
        }
    }

    /** What speaks most for the box that is worth most. */
    private static String reason(Waiting item) {
        Candidate best = item.boxes.stream().max(Comparator.comparingDouble(box -> box.worth)).orElseThrow();
        String words = best.parts.stream().filter(part -> part.counts() > 0).sorted(Comparator.comparingDouble(Part::counts).reversed()).limit(REASONS)
                .map(Part::words).collect(Collectors.joining("; "));
        String box = "%s, %s: %s".formatted(best.proposal.category, number(best.proposal.score), words.isEmpty() ? "nothing speaks for it" : words);
        long open = item.boxes.stream().filter(other -> !other.proposal.lost).count();
        if (best.proposal.lost) {
            return (open == 1 ? "1 box" : open + " boxes") + ", but none for " + box;
        }
        return open == 1 ? box : open + " boxes, first of all " + box;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}

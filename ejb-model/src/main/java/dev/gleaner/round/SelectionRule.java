package dev.gleaner.round;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A {@link Selection} as it is ordered and stored: its name and its numbers, null where it has none of that name.
 *
 * @param strategy  see {@link Strategy}
 * @param least     lowest score or agreement; of {@code class-adaptive}, and of {@code gold} where gold does not suffice: lowest threshold
 * @param sure      of {@code loose-image}
 * @param fewest    of {@code class-adaptive} and {@code gold}: boxes; of {@code reviewed}: decisions
 * @param fallback  threshold where none can be fitted or learnt
 * @param precision of {@code gold} and {@code reviewed}: the wanted share of right boxes
 * @param slack     of {@code quota}
 */
public record SelectionRule(String strategy, Double least, Double sure, Integer fewest, Double fallback, Double precision, Double slack) {

    /** The strategies, and the numbers that each has. */
    public enum Strategy {
        FIXED("least"), LOOSE_IMAGE("least", "sure"), CLASS_ADAPTIVE("fewest", "fallback", "least"), REVIEWED("precision", "fewest", "fallback"),
        AGREEMENT("least"), GOLD("precision", "fewest", "least"), QUOTA("slack");

        private final List<String> numbers;

        Strategy(String... numbers) {
            this.numbers = List.of(numbers);
        }

        List<String> numbers() {
            return numbers;
        }

        static Optional<Strategy> named(String name) {
            return Arrays.stream(values()).filter(strategy -> RoundSettings.label(strategy).equals(name)).findFirst();
        }

        static String names() {
            return Arrays.stream(values()).map(RoundSettings::label).collect(Collectors.joining(" or "));
        }
    }

    /** By its name alone, with the defaults of its strategy. */
    public static SelectionRule of(String strategy) {
        return new SelectionRule(strategy, null, null, null, null, null, null);
    }

    /** Its numbers by name, null where they are not given. */
    Map<String, Number> numbers() {
        Map<String, Number> numbers = new LinkedHashMap<>();
        numbers.put("least", least);
        numbers.put("sure", sure);
        numbers.put("fewest", fewest);
        numbers.put("fallback", fallback);
        numbers.put("precision", precision);
        numbers.put("slack", slack);
        return numbers;
    }

    /** The same with the defaults filled in; its strategy must be one of {@link Strategy}. */
    SelectionRule complete() {
        return switch (Strategy.named(strategy).orElseThrow()) {
            case FIXED -> new SelectionRule(strategy, or(least, 0.5), null, null, null, null, null);
            case LOOSE_IMAGE -> new SelectionRule(strategy, or(least, Selection.LooseImage.DEFAULT.least()),
                    or(sure, Selection.LooseImage.DEFAULT.sure()), null, null, null, null);
            case CLASS_ADAPTIVE -> new SelectionRule(strategy, or(least, Selection.ClassAdaptive.DEFAULT.least()), null,
                    or(fewest, Selection.ClassAdaptive.DEFAULT.fewest()), or(fallback, Selection.ClassAdaptive.DEFAULT.fallback()), null, null);
            case REVIEWED -> new SelectionRule(strategy, null, null, or(fewest, ReviewedThresholds.DEFAULT.fewest()), or(fallback, 0.5),
                    or(precision, ReviewedThresholds.DEFAULT.precision()), null);
            case AGREEMENT -> new SelectionRule(strategy, or(least, 0.5), null, null, null, null, null);
            case GOLD -> new SelectionRule(strategy, or(least, 0.5), null, or(fewest, GoldThresholds.DEFAULT.fewest()), null,
                    or(precision, GoldThresholds.DEFAULT.precision()), null);
            case QUOTA -> new SelectionRule(strategy, null, null, null, null, null, or(slack, 2.0));
        };
    }

    /** What selections learn from, each read only for those that do. */
    interface Experience {

        /** Of reviewers, for {@code reviewed}. */
        List<ReviewedThresholds.Decision> decisions();

        /** Of the categories in gold, for {@code quota}. */
        Map<Long, Double> shares();

        /** What the teacher found on gold, for {@code gold}. */
        JudgedBoxes judged();
    }

    /** Whether it learns from gold that the teacher labels as well. */
    boolean judges() {
        return strategy.equals(RoundSettings.label(Strategy.GOLD));
    }

    /** Whether it compares the boxes of all images: it has to be {@linkplain Selection#fixedBy fixed} before it chooses from some of them. */
    boolean compares() {
        return Set.of(Strategy.CLASS_ADAPTIVE, Strategy.GOLD, Strategy.QUOTA).contains(Strategy.named(strategy).orElseThrow());
    }

    /** The selection itself; the rule must be {@linkplain #complete complete}. */
    Selection selection(Experience experience) {
        return switch (Strategy.named(strategy).orElseThrow()) {
            case FIXED -> new Selection.FixedThreshold(least);
            case LOOSE_IMAGE -> new Selection.LooseImage(least, sure);
            // Rounds that were ordered when there was no such number have none.
            case CLASS_ADAPTIVE -> new Selection.ClassAdaptive(fewest, fallback, or(least, Selection.ClassAdaptive.DEFAULT.least()));
            case REVIEWED -> new Selection.Reviewed(new ReviewedThresholds(precision, fewest).of(experience.decisions()), fallback);
            case AGREEMENT -> new Selection.Agreement(least);
            case GOLD -> new Selection.Gold(new GoldThresholds(precision, fewest), experience.judged(), new Selection.ClassAdaptive(fewest, least, least));
            case QUOTA -> new Selection.Quota(experience.shares(), slack);
        };
    }

    private static <T> T or(T wanted, T otherwise) {
        return wanted == null ? otherwise : wanted;
    }
}

package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import dev.gleaner.review.Ranking.Item;
import dev.gleaner.review.Ranking.Known;
import dev.gleaner.review.Ranking.Proposal;
import dev.gleaner.review.Ranking.Ranked;
import dev.gleaner.review.Ranking.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RankingTest {

    private static final List<Double> PLACE = List.of(0.0, 0.0);

    /** Of a threshold of 0.5 and sure in every way. */
    private static Proposal sure(String category, Double... features) {
        return new Proposal(category, 0.9, 0.5, 1, List.of(), Arrays.asList(features));
    }

    private static Item box(long id, long image, Proposal proposal) {
        return new Item(id, image, List.of(proposal));
    }

    private static List<Long> order(Weights weights, List<Known> known, Item... items) {
        return Ranking.rank(List.of(items), known, weights, 100).stream().map(ranked -> ranked.item().id()).toList();
    }

    /** The box 0.6 off its threshold counts nothing for closeness, one 0.05 off three quarters; the surest of all comes last. */
    @Test
    void closenessIsToTheThresholdAndNotToCertainty() {
        Item far = box(1, 1, new Proposal("dog", 0.9, 0.3, 1, List.of(), PLACE));
        Item near = box(2, 2, new Proposal("cat", 0.35, 0.3, 1, List.of(), PLACE));
        List<Ranked> ranked = Ranking.rank(List.of(far, near), List.of(), new Weights(0, 0, 1, 0, 0), 10);
        assertThat(ranked).extracting(Ranked::item).containsExactly(near, far);
        assertThat(ranked.get(0).worth()).isCloseTo(0.75, within(1e-12));
        assertThat(ranked.get(0).reason()).isEqualTo("cat, 0.35: its score is near the threshold, 0.30");
        assertThat(ranked.get(1).worth()).isZero();
        assertThat(ranked.get(1).reason()).isEqualTo("dog, 0.90: nothing speaks for it");
    }

    /** Shares of a half each are one bit of one; 0.9 against 0.1 is 0.469 bits. */
    @Test
    void entropyIsAmongTheCategoriesThatFire() {
        assertThat(Ranking.entropy(new Proposal("dog", 0.2, 0.3, 1, List.of(0.2), PLACE))).isCloseTo(1, within(1e-12));
        assertThat(Ranking.entropy(new Proposal("dog", 0.9, 0.3, 1, List.of(0.1), PLACE))).isCloseTo(0.4690, within(1e-4));
        assertThat(Ranking.entropy(new Proposal("dog", 0.2, 0.3, 1, List.of(), PLACE))).as("a weak score alone is no entropy").isZero();
    }

    /** A quarter of the threshold and no agreement at all: a quarter of 1. */
    @Test
    void aBoxFarBelowItsThresholdCountsLess() {
        assertThat(Ranking.rank(List.of(box(1, 1, new Proposal("dog", 0.1, 0.4, 0, List.of(), PLACE))), List.of(), new Weights(0, 1, 0, 0, 0), 1))
                .singleElement().satisfies(ranked -> {
                    assertThat(ranked.worth()).isCloseTo(0.25, within(1e-12));
                    assertThat(ranked.reason()).isEqualTo("dog, 0.10: model versions agree by 0.00 only");
                });
    }

    /** Three dogs and no cat reviewed: the dog's rarity is the root of a quarter. */
    @Test
    void rareCategoriesComeFirst() {
        List<Known> known = List.of(new Known("dog", PLACE), new Known("dog", PLACE), new Known("dog", PLACE));
        List<Ranked> ranked = Ranking.rank(List.of(box(1, 1, sure("dog", 0.0, 0.0)), box(2, 2, sure("cat", 0.0, 0.0))), known,
                new Weights(0, 0, 0, 1, 0), 10);
        assertThat(ranked).extracting(Ranked::worth).containsExactly(1.0, 0.5);
        assertThat(ranked).extracting(Ranked::reason).containsExactly("cat, 0.90: no box of this category was reviewed",
                "dog, 0.90: only 3 boxes of this category were reviewed");
    }

    @Test
    void whatIsUnlikeAllThatWasReviewedComesFirst() {
        List<Known> known = List.of(new Known("dog", List.of(0.0, 0.0)), new Known("dog", List.of(3.0, 0.0)), new Known("cat", List.of(1.0, 1.0)));
        Weights novelty = new Weights(0, 0, 0, 0, 1);
        assertThat(order(novelty, known, box(1, 1, sure("dog", 0.1, 0.0)), box(2, 2, sure("dog", 3.0, 0.5)), box(3, 3, sure("dog", 1.0, 1.0))))
                .containsExactly(3L, 2L, 1L);
        assertThat(Ranking.rank(List.of(box(1, 1, sure("dog", 0.0, 1.0))), known, novelty, 1).get(0).worth()).isCloseTo(1 - Math.exp(-1), within(1e-12));
    }

    /** Twenty doubtful dogs in the same place and three less doubtful cats apart: those come next, the one that is further away before the other. */
    @Test
    void nearDuplicatesDoNotFollowOneAnother() {
        Item[] items = LongStream.range(0, 23).mapToObj(id -> box(id, id, new Proposal(id < 20 ? "dog" : "cat", 0.5, 0.5, id < 20 ? 0 : 0.4, List.of(),
                List.of(id < 20 ? 0.0 : 2.0 * id, 0.0)))).toArray(Item[]::new);
        assertThat(order(new Weights(0, 1, 0, 0, 0), List.of(), items)).startsWith(0L, 20L, 22L, 21L, 1L);
    }

    /** 0.9 and 0.8 lie in one image, 0.5 in another: half of 0.8 is less. */
    @Test
    void boxesOfOneImageAreSpread() {
        Item first = box(1, 1, new Proposal("dog", 0.5, 0.5, 0.1, List.of(), PLACE));
        Item second = box(2, 1, new Proposal("cat", 0.5, 0.5, 0.2, List.of(), PLACE));
        Item elsewhere = box(3, 2, new Proposal("bird", 0.5, 0.5, 0.5, List.of(), PLACE));
        assertThat(order(new Weights(0, 1, 0, 0, 0), List.of(), first, second, elsewhere)).containsExactly(1L, 3L, 2L);
    }

    @Test
    void anImageIsWorthTheSumOfItsBoxesAndTellsOfTheBestOne() {
        Item image = new Item(1, 1, List.of(new Proposal("dog", 0.5, 0.5, 0.6, List.of(), PLACE), new Proposal("cat", 0.5, 0.5, 0.5, List.of(), PLACE)));
        Item single = box(2, 2, new Proposal("dog", 0.5, 0.5, 0.2, List.of(), PLACE));
        List<Ranked> ranked = Ranking.rank(List.of(single, image), List.of(), new Weights(0, 1, 0, 0, 0), 1);
        assertThat(ranked).singleElement().satisfies(first -> {
            assertThat(first.item()).isEqualTo(image);
            assertThat(first.worth()).isCloseTo(0.9, within(1e-12));
            assertThat(first.reason()).isEqualTo("2 boxes, first of all cat, 0.50: model versions agree by 0.50 only");
        });
    }

    /** A thirty-second of the image, four times as wide as high, in its middle. */
    @Test
    void boxesHaveASizeAShapeAndAPlace() {
        List<Double> features = Ranking.features(Box.xywh(75, 43.75, 50, 12.5), 200, 100);
        assertThat(features.get(0)).isCloseTo(Math.log(Math.sqrt(625 / 20000.0)) / Math.log(2), within(1e-12));
        assertThat(features.get(1)).isCloseTo(2, within(1e-12));
        assertThat(features.subList(2, 4)).containsExactly(1.0, 1.0);
    }

    @Test
    void impossibleInputIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Weights(0, 0, 0, 0, 0)).withMessageStartingWith("weights: [0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new Proposal("dog", 0.5, 0, 1, List.of(), PLACE)).withMessageStartingWith("threshold: 0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new Item(3, 1, List.of())).withMessageStartingWith("proposals of item 3");
    }
}

package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.TextPlanner;
import dev.gleaner.glip.train.CaptionSampler.Sample;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CaptionSamplerTest {

    private static final int CLS = 2, SEP = 3, DOT = 4, RED = 5, CAR = 6, DOG = 7, CAT = 8, BUS = 9;
    private static final List<String> NAMES = List.of("red_car", "dog", "cat (animal)", "bus");

    private final SplittableRandom random = new SplittableRandom(4);

    static BertTokenizer tokenizer(List<String> words) {
        String vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n.\n" + String.join("\n", words);
        try {
            return BertTokenizer.read(new BufferedReader(new StringReader(vocabulary)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static TextPlanner reading(int tokens) {
        return new TextPlanner(tokenizer(List.of("red", "car", "dog", "cat", "bus")), ". ", tokens);
    }

    private static DetectionExample holding(List<String> names, int... categories) {
        return new DetectionExample(Scene.of(9, 9), IntStream.of(categories).mapToObj(c -> new TargetBox(Box.xywh(0, 0, 5, 5), c)).toList(),
                names);
    }

    @Test
    void everyCategoryIsTheTextOfDetection() {
        Sample sample = CaptionSampler.everyCategory().sample(holding(NAMES, 3), reading(16), random);

        assertThat(sample.text().caption()).isEqualTo("red car. dog. cat . bus");
        assertThat(sample.text().tokenIds()).containsExactly(CLS, RED, CAR, DOT, DOG, DOT, CAT, DOT, BUS, SEP, 0, 0, 0, 0, 0, 0);
        assertThat(sample.text().tokenPositions()).containsExactly(new int[] {1, 2}, new int[] {4}, new int[] {6}, new int[] {8});
        assertThat(sample.categories()).containsExactly(0, 1, 2, 3);
        assertThat(sample.text().caption()).isEqualTo(reading(16)
                .plan(NAMES.stream().map(Prompt::of).toList(), Glip.Chunking.PACKED).get(0).caption());
    }

    @Test
    void anyNumberOfNegativesIsDrawnBesideAllPositives() {
        CaptionSampler sampler = new CaptionSampler(3, 0, true);
        Set<Set<Integer>> sets = new HashSet<>();
        Set<List<Integer>> orders = new HashSet<>();
        for (int i = 0; i < 4000; i++) {
            Sample sample = sampler.sample(holding(NAMES, 1, 1), reading(16), random);
            List<Integer> categories = Arrays.stream(sample.categories()).boxed().toList();
            assertThat(categories).contains(1).doesNotHaveDuplicates();
            sets.add(new HashSet<>(categories));
            orders.add(categories);
            for (int k = 0; k < categories.size(); k++) {
                assertThat(sample.text().tokenPositions().get(k)).hasSize(categories.get(k) == 0 ? 2 : 1);
            }
        }
        // Every subset of the other three categories, and every order of the largest.
        assertThat(sets).hasSize(8);
        assertThat(orders.stream().filter(order -> order.size() == 4)).hasSize(24);
    }

    /** Three of four are drawn; a drawn positive is no negative. */
    @Test
    void drawsFromAllCategoriesAsTheOfficialCodeDoes() {
        CaptionSampler sampler = new CaptionSampler(3, 1, true);
        int two = 0;
        for (int i = 0; i < 1000; i++) {
            int negatives = sampler.sample(holding(NAMES, 1), reading(16), random).categories().length - 1;
            assertThat(negatives).isBetween(2, 3);
            two += negatives == 2 ? 1 : 0;
        }
        assertThat(two).isBetween(700, 800);
    }

    @Test
    void theFullListComesAsOftenAsItIsTold() {
        CaptionSampler sampler = new CaptionSampler(85, 0.5, true);
        int full = 0;
        for (int i = 0; i < 1000; i++) {
            full += sampler.sample(holding(NAMES), reading(16), random).categories().length == 4 ? 1 : 0;
        }
        // Half the time, and a quarter of the other half.
        assertThat(full).isBetween(575, 675);
    }

    @Test
    void anEmptyImageHasNegativesOnly() {
        for (int i = 0; i < 50; i++) {
            assertThat(CaptionSampler.official().sample(holding(NAMES), reading(16), random).categories()).isNotEmpty();
        }
    }

    /** Seven tokens are [CLS], two names with a dot between them, [SEP], and two more. */
    @Test
    void positivesComeFirstToTheRoom() {
        Set<Integer> negatives = new HashSet<>();
        for (CaptionSampler sampler : List.of(CaptionSampler.official(), CaptionSampler.everyCategory())) {
            for (int i = 0; i < 100; i++) {
                Sample sample = sampler.sample(holding(NAMES, 3, 2), reading(7), random);
                assertThat(sample.categories()).contains(2, 3).hasSizeLessThanOrEqualTo(3);
                IntStream.of(sample.categories()).filter(category -> category < 2).forEach(negatives::add);
                assertThat(sample.text().tokenIds()).hasSize(7);
            }
        }
        assertThat(negatives).containsExactly(1); // "red car" does not fit
    }

    @Test
    void positivesThatDoNotFitAreLeftOutAtRandom() {
        Set<Set<Integer>> kept = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Sample sample = CaptionSampler.everyCategory().sample(holding(NAMES, 1, 2, 3), reading(5), random);
            assertThat(sample.categories()).isSorted();
            kept.add(IntStream.of(sample.categories()).boxed().collect(Collectors.toSet()));
        }
        assertThat(kept).containsExactlyInAnyOrder(Set.of(1, 2), Set.of(1, 3), Set.of(2, 3));
    }

    @Test
    void theSameRandomStateGivesTheSameCaption() {
        List<String> captions = IntStream.range(0, 20).mapToObj(i -> CaptionSampler.official()
                .sample(holding(NAMES, 1), reading(16), new SplittableRandom(9)).text().caption()).distinct().toList();
        assertThat(captions).hasSize(1);
    }

    @Test
    void refusesNamesThatCannotBeRead() {
        assertThatThrownBy(() -> CaptionSampler.everyCategory().sample(holding(List.of("dog", "(cat)")), reading(16), random))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"(cat)\" leaves nothing to read");
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThatThrownBy(() -> new CaptionSampler(0, 0.5, true)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("draws: 0, expected at least 1");
        assertThatThrownBy(() -> new CaptionSampler(1, -0.5, true)).hasMessage("fullProbability: -0.5, expected a number from 0 to 1");
    }
}

package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.train.FewShotSampler.Subset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FewShotSamplerTest {

    /** 200 images of 0 to 3 out of six categories; category 5 is in two images, category 6 in none. */
    private static List<Set<Integer>> images() {
        Random random = new Random(1);
        List<Set<Integer>> images = new ArrayList<>();
        for (int image = 0; image < 200; image++) {
            Set<Integer> held = new HashSet<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                held.add(random.nextInt(5));
            }
            if (image == 17 || image == 170) {
                held.add(5);
            }
            images.add(held);
        }
        return images;
    }

    private static long holding(List<Set<Integer>> images, Subset subset, int category) {
        return subset.images().stream().filter(image -> images.get(image).contains(category)).count();
    }

    @Test
    void everyCategoryIsInAtLeastKImages() {
        List<Set<Integer>> images = images();
        for (int shots : FewShotSampler.SHOTS) {
            for (int seed : FewShotSampler.SEEDS) {
                Subset subset = FewShotSampler.sample(images, 7, shots, seed);
                for (int category = 0; category < 5; category++) {
                    assertThat(holding(images, subset, category)).isGreaterThanOrEqualTo(shots);
                }
                assertThat(holding(images, subset, 5)).isBetween((long) Math.min(2, shots), 2L);
                assertThat(subset.images()).isSorted().doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(6 * shots)
                        .allSatisfy(image -> assertThat(images.get(image)).isNotEmpty());
                assertThat(subset.missing()).containsExactly(6);
                assertThat(subset.scarce()).isEqualTo(shots > 2 ? Map.of(5, 2) : Map.of());
            }
        }
    }

    @Test
    void seedsGiveDifferentSubsetsAndTheSameSeedTheSame() {
        List<Set<Integer>> images = images();
        Set<List<Integer>> subsets = new HashSet<>();
        for (int seed : FewShotSampler.SEEDS) {
            subsets.add(FewShotSampler.sample(images, 7, 3, seed).images());
            subsets.add(FewShotSampler.sample(images(), 7, 3, seed).images());
        }
        assertThat(subsets).hasSize(3);
    }

    @Test
    void oneImageOfEveryCategoryIsOneShot() {
        assertThat(FewShotSampler.sample(List.of(Set.of(0, 1), Set.of(), Set.of(0, 1)), 2, 1, 3).images()).hasSize(1);
    }

    @Test
    void allMeansAll() {
        Subset subset = FewShotSampler.sample(List.of(Set.of(0), Set.of(), Set.of(0)), 2, FewShotSampler.ALL, 3);

        assertThat(subset.images()).containsExactly(0, 1, 2);
        assertThat(subset.missing()).containsExactly(1);
        assertThat(subset.scarce()).isEmpty();
    }

    @Test
    void refusesUnknownCategoriesAndNegativeShots() {
        assertThatThrownBy(() -> FewShotSampler.sample(List.of(Set.of(), Set.of(2)), 2, 1, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("categoriesOf[1]: 2, expected a number from 0 to 1");
        assertThatThrownBy(() -> FewShotSampler.sample(List.of(), 2, -1, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shots: -1, expected 1 or more, or 0 for all images");
    }
}

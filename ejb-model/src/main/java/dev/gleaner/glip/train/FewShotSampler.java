package dev.gleaner.glip.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Draws a few-shot subset: so many images that each category is in at least k of them (GLIP paper, section 5.1, "at least X examples per category"). Images are
 * looked at in random order, and one is taken if any of its categories is still short of k; all its categories then count. Our reading:
 * the official subsets are files made by another random generator, so the same seed gives other images there. Official numbers are
 * means over {@link #SEEDS}.
 */
public final class FewShotSampler {

    /** The official seeds. */
    public static final List<Integer> SEEDS = List.of(3, 30, 300);
    /** The official numbers of images a category; {@link #ALL} beside them. */
    public static final List<Integer> SHOTS = List.of(1, 3, 5, 10);
    /** Instead of a number of images: every image, also those that hold nothing. */
    public static final int ALL = 0;

    /**
     * A subset of a dataset.
     *
     * @param images  indexes, ascending
     * @param missing categories that are in no image at all, ascending
     * @param scarce  categories that are in some images, but fewer than k: how many; all of those are in the subset
     */
    public record Subset(List<Integer> images, List<Integer> missing, SortedMap<Integer, Integer> scarce) {
    }

    private FewShotSampler() {
    }

    /**
     * Draws a subset; the same arguments always give the same.
     *
     * @param categoriesOf for each image the categories it holds, possibly none
     * @param categories   the number of categories
     * @param shots        images a category, or {@link #ALL}
     * @throws IllegalArgumentException if an image holds a category that does not exist, or {@code shots} is negative
     */
    public static Subset sample(List<Set<Integer>> categoriesOf, int categories, int shots, long seed) {
        if (shots < 0) {
            throw new IllegalArgumentException("shots: " + shots + ", expected 1 or more, or 0 for all images");
        }
        int[] available = available(categoriesOf, categories);
        List<Integer> images = shots == ALL ? IntStream.range(0, categoriesOf.size()).boxed().toList()
                : draw(categoriesOf, categories, shots, seed);
        List<Integer> missing = IntStream.range(0, categories).filter(category -> available[category] == 0).boxed().toList();
        SortedMap<Integer, Integer> scarce = new TreeMap<>();
        for (int category = 0; category < categories; category++) {
            if (available[category] > 0 && available[category] < shots) {
                scarce.put(category, available[category]);
            }
        }
        return new Subset(images, missing, scarce);
    }

    private static int[] available(List<Set<Integer>> categoriesOf, int categories) {
        int[] available = new int[categories];
        for (int image = 0; image < categoriesOf.size(); image++) {
            for (int category : categoriesOf.get(image)) {
                if (category < 0 || category >= categories) {
                    throw new IllegalArgumentException("categoriesOf[" + image + "]: " + category + ", expected a number from 0 to "
                            + (categories - 1));
                }
                available[category]++;
            }
        }
        return available;
    }

    private static List<Integer> draw(List<Set<Integer>> categoriesOf, int categories, int shots, long seed) {
        int[] seen = new int[categories];
        List<Integer> taken = new ArrayList<>();
        for (int image : SampleOrder.shuffled(IntStream.range(0, categoriesOf.size()).toArray(), seed)) {
            Set<Integer> held = categoriesOf.get(image);
            if (held.stream().anyMatch(category -> seen[category] < shots)) {
                taken.add(image);
                held.forEach(category -> seen[category]++);
            }
        }
        return taken.stream().sorted().toList();
    }
}

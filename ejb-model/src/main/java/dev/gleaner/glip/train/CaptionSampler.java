package dev.gleaner.glip.train;

import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.text.TextPlanner;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Makes a caption of the categories of a detection example: those in the image (positives) and some that are not (negatives). Our
 * reading of the paper (section 3.1: detection as grounding, categories that do not fit the text are sampled) with the numbers of the
 * official configurations.
 *
 * <p>Names are cleaned, joined and cut to tokens as detection does it ({@link TextPlanner}). Positives come first to the room there
 * is: only when they alone are too long for the text some are left out, at random, and their boxes with them. Negatives take what
 * room is left. As in the official code some are drawn from all categories, and those drawn that are in the image do not count; so
 * fewer negatives come than were drawn, in a short list many fewer. The official code can also ask for a single negative or no
 * negative at all; its configurations never do, and neither does this.
 *
 * @param draws           categories drawn for negatives, at most ({@code DATASETS.RANDOM_SAMPLE_NEG})
 * @param fullProbability probability that all of them are drawn, otherwise any number from 1 on is ({@code DATASETS.CONTROL_PROB})
 * @param shuffled        names in random order; otherwise in that of the categories
 */
public record CaptionSampler(int draws, double fullProbability, boolean shuffled) {

    public CaptionSampler {
        if (draws < 1) {
            throw new IllegalArgumentException("draws: " + draws + ", expected at least 1");
        }
        Augmentation.requireShare("fullProbability", fullProbability);
    }

    /** Pre-training: 85 draws, all of them half the time, in random order. */
    public static CaptionSampler official() {
        return new CaptionSampler(85, 0.5, true);
    }

    /**
     * Fine-tuning ({@code DATASETS.DISABLE_SHUFFLE}): every category in its own order, the very text that detection reads; where they do not
     * all fit, the positives and as many others, drawn at random, as do.
     */
    public static CaptionSampler everyCategory() {
        return new CaptionSampler(Integer.MAX_VALUE, 1, false);
    }

    /**
     * A caption as the network reads it.
     *
     * @param text       one text
     * @param categories for each phrase of {@code text} its index among the example's categories
     */
    public record Sample(TextChunk text, int[] categories) {
    }

    /**
     * Draws a caption. An example without boxes gets negatives only; never is a caption empty.
     *
     * @throws IllegalArgumentException if a name leaves no token, or more than the text has room for
     */
    public Sample sample(DetectionExample example, TextPlanner planner, RandomGenerator random) {
        List<String> names = example.categories();
        boolean[] present = new boolean[names.size()];
        example.boxes().stream().filter(box -> box.weight() > 0).forEach(box -> present[box.label()] = true);

        int[] positives = IntStream.range(0, present.length).filter(category -> present[category]).toArray();
        shuffle(positives, positives.length, random);
        int[] all = IntStream.range(0, present.length).toArray();
        int most = Math.min(draws, all.length);
        int drawn = random.nextDouble() < fullProbability ? most : 1 + random.nextInt(most);
        shuffle(all, drawn, random);
        IntStream negatives = Arrays.stream(all, 0, drawn).filter(category -> !present[category]);

        int[] wanted = IntStream.concat(Arrays.stream(positives), negatives).toArray();
        int[] kept = Arrays.copyOf(wanted, plan(wanted, names, planner).size());
        if (shuffled) {
            shuffle(kept, kept.length, random);
        } else {
            Arrays.sort(kept);
        }
        return new Sample(plan(kept, names, planner), kept);
    }

    /** The first text of a list of categories: as many of them as there is room for, in their order. */
    private static TextChunk plan(int[] categories, List<String> names, TextPlanner planner) {
        List<Prompt> prompts = Arrays.stream(categories).mapToObj(category -> Prompt.of(names.get(category))).toList();
        return planner.plan(prompts, Glip.Chunking.PACKED).get(0);
    }

    /** Puts a random choice of {@code count} values, in random order, to the front (Fisher and Yates). */
    private static void shuffle(int[] values, int count, RandomGenerator random) {
        for (int i = 0; i < count; i++) {
            int j = i + random.nextInt(values.length - i);
            int value = values[j];
            values[j] = values[i];
            values[i] = value;
        }
    }
}

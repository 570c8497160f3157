package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.Caption;
import dev.gleaner.glip.text.ClassNames;
import dev.gleaner.glip.text.Phrase;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.text.TextPlanner;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.Preprocessor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * From an example to what a training step reads: augments it, makes a caption of its categories, finds the tokens of each box, resizes
 * and normalises the image. Runs on the calling thread; may be called from any thread, each with a random generator of its own.
 */
public final class ItemMaker {

    private static final int[] NO_TOKENS = {};
    private static final TextChunk NO_TEXT = new TextChunk("", NO_TOKENS, NO_TOKENS, List.of(), NO_TOKENS);

    private final Preprocessor preprocessor;
    private final TextPlanner planner;
    private final Augmentation augmentation;
    private final CaptionSampler captions;
    private final boolean fixed;
    /** Null for a model that reads text; without one there are no planner and no captions. */
    private final ClassNames classes;
    private volatile List<String> checked = List.of();

    /**
     * @param config       of the model to train
     * @param tokenizer    of its language model
     * @param augmentation what happens to images
     * @param captions     how categories become a caption
     */
    public ItemMaker(GlipConfig config, BertTokenizer tokenizer, Augmentation augmentation, CaptionSampler captions) {
        this(config, planner(config, tokenizer), augmentation, captions, false, null);
    }

    private ItemMaker(GlipConfig config, TextPlanner planner, Augmentation augmentation, CaptionSampler captions, boolean fixed,
            ClassNames classes) {
        this.preprocessor = new Preprocessor(config.input());
        this.planner = planner;
        this.classes = classes;
        this.augmentation = augmentation;
        this.captions = captions;
        this.fixed = fixed;
    }

    /**
     * Makes items for {@link TuningMode#PROMPT}: all of the same text, which holds every category in its own order. Mirror images
     * leave the names as they are ({@link Augmentation#applyToFixed}). Categories that do not all fit one text are refused: each
     * of their texts is tuned by itself, with examples of its own categories.
     */
    public static ItemMaker ofFixedText(GlipConfig config, BertTokenizer tokenizer, Augmentation augmentation) {
        return new ItemMaker(config, planner(config, tokenizer), augmentation, CaptionSampler.everyCategory(), true, null);
    }

    /**
     * Makes items for a model of fixed classes. Each category of an example has to name a class; a class that is no category of
     * the example counts as absent. Mirror images leave the names as they are ({@link Augmentation#applyToFixed}).
     *
     * @param classes the model's classes ({@link dev.gleaner.glip.checkpoint.Bundle#categories})
     */
    public static ItemMaker ofClasses(GlipConfig config, List<String> classes, Augmentation augmentation) {
        return new ItemMaker(config, null, augmentation, null, true, new ClassNames(classes));
    }

    private static TextPlanner planner(GlipConfig config, BertTokenizer tokenizer) {
        return new TextPlanner(tokenizer, config.text().separator(), config.text().length());
    }

    /**
     * Makes an item. All randomness comes from {@code random}: the same example and the same state give the same item.
     *
     * @throws IllegalArgumentException if a category leaves no token, or more than the text has room for, whether it is drawn or not;
     *     if all of them have to fit one text and do not; if classes are fixed and one is no class, or the example has a caption
     */
    public TrainingItem make(TrainingExample example, RandomGenerator random) {
        if (example instanceof DetectionExample detection) {
            check(detection.categories());
        } else if (classes != null) {
            throw new IllegalArgumentException("caption: \"" + ((GroundingExample) example).caption()
                    + "\", expected detection data: a model of fixed classes reads no text");
        }
        TrainingExample augmented = fixed && example instanceof DetectionExample detection
                ? augmentation.applyToFixed(detection, random) : augmentation.apply(example, random);
        if (classes != null) {
            return classified(example, augmented);
        }
        if (augmented instanceof GroundingExample grounding) {
            TextChunk text = planner.ground(caption(grounding));
            return item(example, augmented, text, tokens(text, text.promptIndex(), grounding.phrases().size()), augmented.boxes());
        }
        DetectionExample detection = (DetectionExample) augmented;
        CaptionSampler.Sample sample = captions.sample(detection, planner, random);
        int[][] tokens = tokens(sample.text(), sample.categories(), detection.categories().size());
        return item(example, augmented, sample.text(), tokens,
                augmented.boxes().stream().filter(box -> tokens[box.label()].length > 0 || box.weight() == 0).toList());
    }

    private TrainingItem classified(TrainingExample example, TrainingExample augmented) {
        int[][] ofCategory = ((DetectionExample) augmented).categories().stream().map(name -> new int[] {classes.indexOf(name)})
                .toArray(int[][]::new);
        return item(example, augmented, NO_TEXT, ofCategory, augmented.boxes());
    }

    /** A name that cannot be read is found at the first example, not when it happens to be drawn. */
    private void check(List<String> categories) {
        if (categories.equals(checked)) {
            return;
        }
        List<Prompt> prompts = categories.stream().map(Prompt::of).toList();
        if (classes != null) {
            requireClasses(categories);
        } else if (fixed) {
            planner.planOne(prompts);
        } else {
            planner.plan(prompts, Glip.Chunking.PACKED);
        }
        checked = categories;
    }

    private void requireClasses(List<String> categories) {
        for (int i = 0; i < categories.size(); i++) {
            if (classes.indexOf(categories.get(i)) < 0) {
                throw new IllegalArgumentException("categories[" + i + "]: \"" + categories.get(i)
                        + "\", expected one of the model's classes: " + classes);
            }
        }
    }

    private static Caption caption(GroundingExample example) {
        String text = example.caption();
        return new Caption(text, example.phrases().stream().map(spans ->
                new Phrase(text.substring(spans.get(0).start(), spans.get(0).end()), spans)).toList());
    }

    /** Token positions by label; none for what is not in the text. */
    private static int[][] tokens(TextChunk text, int[] labels, int count) {
        int[][] tokens = new int[count][];
        Arrays.fill(tokens, NO_TOKENS);
        for (int i = 0; i < labels.length; i++) {
            tokens[labels[i]] = text.tokenPositions().get(i);
        }
        return tokens;
    }

    private TrainingItem item(TrainingExample example, TrainingExample augmented, TextChunk text, int[][] tokens, List<TargetBox> boxes) {
        ImageTensor image = preprocessor.tensor(augmented.image(), example.image().width(), example.image().height());
        float[] corners = new float[4 * boxes.size()];
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i).box();
            corners[4 * i] = (float) box.x();
            corners[4 * i + 1] = (float) box.y();
            corners[4 * i + 2] = (float) box.x2Inclusive();
            corners[4 * i + 3] = (float) box.y2Inclusive();
        }
        int[] labels = boxes.stream().mapToInt(TargetBox::label).toArray();
        float[] weights = new float[labels.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) boxes.get(i).weight();
        }
        return new TrainingItem(image, text.caption(), text.tokenIds(), text.attentionMask(), corners, labels,
                IntStream.of(labels).mapToObj(label -> tokens[label]).toList(), weights, example.boxes().size() - boxes.size());
    }
}

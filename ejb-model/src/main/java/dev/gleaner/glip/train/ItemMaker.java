package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.Caption;
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

    private final Preprocessor preprocessor;
    private final TextPlanner planner;
    private final Augmentation augmentation;
    private final CaptionSampler captions;
    private final boolean fixed;
    private volatile List<String> checked = List.of();

    /**
     * @param config       of the model to train
     * @param tokenizer    of its language model
     * @param augmentation what happens to images
     * @param captions     how categories become a caption
     */
    public ItemMaker(GlipConfig config, BertTokenizer tokenizer, Augmentation augmentation, CaptionSampler captions) {
        this(config, tokenizer, augmentation, captions, false);
    }

    private ItemMaker(GlipConfig config, BertTokenizer tokenizer, Augmentation augmentation, CaptionSampler captions, boolean fixed) {
        this.preprocessor = new Preprocessor(config.input());
        this.planner = new TextPlanner(tokenizer, config.text().separator(), config.text().length());
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
        return new ItemMaker(config, tokenizer, augmentation, CaptionSampler.everyCategory(), true);
    }

    /**
     * Makes an item. All randomness comes from {@code random}: the same example and the same state give the same item.
     *
     * @throws IllegalArgumentException if a category leaves no token, or more than the text has room for, whether it is drawn or not;
     *     or if all of them have to fit one text and do not
     */
    public TrainingItem make(TrainingExample example, RandomGenerator random) {
        if (example instanceof DetectionExample detection) {
            check(detection.categories());
        }
        TrainingExample augmented = fixed && example instanceof DetectionExample detection
                ? augmentation.applyToFixed(detection, random) : augmentation.apply(example, random);
        if (augmented instanceof GroundingExample grounding) {
            TextChunk text = planner.ground(caption(grounding));
            return item(example, augmented, text, tokens(text, text.promptIndex(), grounding.phrases().size()), augmented.boxes());
        }
        DetectionExample detection = (DetectionExample) augmented;
        CaptionSampler.Sample sample = captions.sample(detection, planner, random);
        int[][] tokens = tokens(sample.text(), sample.categories(), detection.categories().size());
        return item(example, augmented, sample.text(), tokens,
                augmented.boxes().stream().filter(box -> tokens[box.label()].length > 0).toList());
    }

    /** A name that cannot be read is found at the first example, not when it happens to be drawn. */
    private void check(List<String> categories) {
        if (!categories.equals(checked)) {
            List<Prompt> prompts = categories.stream().map(Prompt::of).toList();
            if (fixed) {
                planner.planOne(prompts);
            } else {
                planner.plan(prompts, Glip.Chunking.PACKED);
            }
            checked = categories;
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
        return new TrainingItem(image, text.caption(), text.tokenIds(), text.attentionMask(), corners, labels,
                IntStream.of(labels).mapToObj(label -> tokens[label]).toList(), example.boxes().size() - boxes.size());
    }
}

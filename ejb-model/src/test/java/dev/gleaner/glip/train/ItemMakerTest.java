package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceModel;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ItemMakerTest {

    private static final GlipConfig CONFIG = new ReferenceModel(Reference.file("tiny")).config();
    private static final BertTokenizer TOKENIZER = CaptionSamplerTest.tokenizer(List.of("left", "right", "hand", "nose", "a", "the"));
    private static final int LENGTH = CONFIG.text().length();

    private final SplittableRandom random = new SplittableRandom(8);

    private static ItemMaker maker(double flip, RandomCrop crop, CaptionSampler captions) {
        return new ItemMaker(CONFIG, TOKENIZER, new Augmentation(List.of(40), 100, flip, crop, ColorJitter.NONE), captions);
    }

    private static DetectionExample hands(Box... boxes) {
        List<TargetBox> targets = List.of(boxes).stream().map(box -> new TargetBox(box, 0)).toList();
        return new DetectionExample(Scene.of(60, 40, boxes), targets, List.of("left_hand", "nose"));
    }

    @Test
    void makesADetectionItem() {
        TrainingItem item = maker(0, RandomCrop.NONE, CaptionSampler.everyCategory())
                .make(hands(Box.xywh(6, 4, 12, 10), Box.xywh(59, 4, 12, 10)), random);

        assertThat(item.caption()).isEqualTo("left hand. nose");
        assertThat(item.tokenIds()).startsWith(2, 5, 7, 4, 8, 3, 0).hasSize(LENGTH);
        assertThat(item.attentionMask()).startsWith(1, 1, 1, 1, 1, 1, 0).hasSize(LENGTH);
        assertThat(item.boxes()).containsExactly(6, 4, 17, 13);
        assertThat(item.labels()).containsExactly(0);
        assertThat(item.positiveTokens()).containsExactly(new int[] {1, 2});
        assertThat(item.droppedBoxes()).isEqualTo(1);
        assertThat(List.of(item.image().width(), item.image().height(), item.image().paddedWidth(), item.image().paddedHeight(),
                item.image().originalWidth(), item.image().originalHeight())).containsExactly(60, 40, 64, 64, 60, 40);
    }

    @Test
    void aMirroredItemSaysSo() {
        TrainingItem item = maker(1, RandomCrop.NONE, CaptionSampler.everyCategory()).make(hands(Box.xywh(6, 4, 12, 10)), random);

        assertThat(item.caption()).isEqualTo("right hand. nose");
        assertThat(item.boxes()).containsExactly(42, 4, 53, 13);
        assertThat(item.positiveTokens()).containsExactly(new int[] {1, 2});
    }

    @Test
    void aFixedTextStaysAsItIsInTheMirror() {
        Box box = Box.xywh(6, 4, 12, 10);
        ItemMaker maker = ItemMaker.ofFixedText(CONFIG, TOKENIZER,
                new Augmentation(List.of(40), 100, 1, RandomCrop.NONE, ColorJitter.NONE));

        TrainingItem item = maker.make(new DetectionExample(Scene.of(60, 40, box), List.of(new TargetBox(box, 0)),
                List.of("left_hand", "nose", "right_hand")), random);

        assertThat(item.caption()).isEqualTo("left hand. nose. right hand");
        assertThat(item.boxes()).containsExactly(42, 4, 53, 13);
        assertThat(item.labels()).containsExactly(2);
        assertThat(item.positiveTokens()).containsExactly(new int[] {6, 7});
    }

    @Test
    void anEmptyImageMakesAnItemOfNegatives() {
        TrainingItem item = maker(0.5, new RandomCrop(0.5, 0.5, 0.5), CaptionSampler.everyCategory()).make(hands(), random);

        assertThat(item.size()).isZero();
        assertThat(item.boxes()).isEmpty();
        assertThat(item.positiveMap()).isEmpty();
        assertThat(item.caption()).endsWith("hand. nose");
        assertThat(item.droppedBoxes()).isZero();
    }

    @Test
    void aBoxWhosePhraseIsCutOffKeepsNoToken() {
        String caption = "the nose" + " a".repeat(LENGTH) + " hand";
        GroundingExample example = new GroundingExample(Scene.of(60, 40),
                caption, List.of(new TargetBox(Box.xywh(0, 0, 9, 9), 1), new TargetBox(Box.xywh(0, 0, 9, 9), 0)),
                List.of(List.of(new Span(0, 3), new Span(4, 8)), List.of(new Span(caption.length() - 4, caption.length()))));

        TrainingItem item = maker(0, RandomCrop.NONE, CaptionSampler.official()).make(example, random);

        assertThat(item.caption()).isEqualTo(caption);
        assertThat(item.labels()).containsExactly(1, 0);
        assertThat(item.positiveTokens()).containsExactly(new int[0], new int[] {1, 2});
        assertThat(item.tokenIds()).hasSize(LENGTH).endsWith(9, 3);
        assertThat(item.droppedBoxes()).isZero();
    }

    @Test
    void boxesOfCategoriesThatFindNoRoomAreDroppedAndCounted() {
        List<String> names = IntStream.range(0, LENGTH).mapToObj(i -> "nose").toList();
        List<TargetBox> boxes = IntStream.range(0, LENGTH).mapToObj(i -> new TargetBox(Box.xywh(0, 0, 9, 9), i)).toList();

        TrainingItem item = maker(0, RandomCrop.NONE, CaptionSampler.official())
                .make(new DetectionExample(Scene.of(60, 40), boxes, names), random);

        // [CLS], [SEP] and 127 names with 126 dots between them make 255 tokens of 256.
        assertThat(item.size()).isEqualTo(127);
        assertThat(item.droppedBoxes()).isEqualTo(LENGTH - 127);
        assertThat(item.labels()).doesNotHaveDuplicates();
        assertThat(item.positiveTokens()).allSatisfy(tokens -> assertThat(tokens).hasSize(1));
    }

    @Test
    void aNameThatCannotBeReadIsRefusedAtOnce() {
        DetectionExample example = new DetectionExample(Scene.of(60, 40), List.of(), List.of("nose", "hand", "(hidden)"));
        ItemMaker maker = maker(0, RandomCrop.NONE, new CaptionSampler(1, 1, true));

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> maker.make(example, random)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("prompts[2].phrase: \"(hidden)\"");
        }
    }

    @Test
    void theSameRandomStateGivesTheSameItem() {
        ItemMaker maker = new ItemMaker(CONFIG, TOKENIZER, Augmentation.strong().scaledTo(CONFIG.input()), CaptionSampler.official());
        TrainingItem first = maker.make(hands(Box.xywh(6, 4, 12, 10)), new SplittableRandom(77));
        TrainingItem second = maker.make(hands(Box.xywh(6, 4, 12, 10)), new SplittableRandom(77));

        assertThat(second.image().values()).isEqualTo(first.image().values());
        assertThat(second.tokenIds()).isEqualTo(first.tokenIds());
        assertThat(second.boxes()).isEqualTo(first.boxes());
    }
}

package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {

    private static final List<String> HANDS = List.of("left_hand", "Right hand", "nose");

    private final SplittableRandom random = new SplittableRandom(11);

    private static DetectionExample scene(int width, int height, Box box) {
        return new DetectionExample(Scene.of(width, height, box), List.of(new TargetBox(box, 1)), HANDS);
    }

    private static Augmentation sized(int shorter, double flip, RandomCrop crop) {
        return new Augmentation(List.of(shorter), 100_000, flip, crop, ColorJitter.NONE);
    }

    private static Box only(TrainingExample example) {
        assertThat(example.boxes()).hasSize(1);
        return example.boxes().get(0).box();
    }

    @Test
    void withoutAugmentationTheImageIsResizedAsForDetection() {
        GlipConfig.Input input = new GlipConfig.Input(80, 100, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), 32);

        TrainingExample same = Augmentation.none(input).apply(scene(60, 40, Box.xywh(6, 4, 12, 10)), random);

        // 80 * 60 / 40 = 120 would be too long: 100 * 40 / 60 = 66.67 goes to 67, and 67 * 60 / 40 = 100.5 to 100.
        assertThat(same.image()).extracting(RgbImage::width, RgbImage::height).containsExactly(100, 67);
        Box box = only(same);
        assertThat(box.x()).isEqualTo(6 * (100 / 60.0));
        assertThat(box.y()).isEqualTo(4 * (67 / 40.0));
        assertThat(box.x2Inclusive()).isEqualTo(17 * (100 / 60.0), within(1e-12));
        assertThat(box.y2Inclusive()).isEqualTo(13 * (67 / 40.0), within(1e-12));
        assertThat(same).isInstanceOfSatisfying(DetectionExample.class, d -> assertThat(d.categories()).isEqualTo(HANDS));
    }

    /** Columns 6 to 17 of 60 become 42 to 53 (60 - 1 - 17 = 42). */
    @Test
    void aMirroredBoxCoversTheSamePixels() {
        TrainingExample mirrored = sized(40, 1, RandomCrop.NONE).apply(scene(60, 40, Box.xywh(6, 4, 12, 10)), random);

        assertThat(only(mirrored)).isEqualTo(Box.xywh(42, 4, 12, 10)).isEqualTo(Scene.white(mirrored.image()));
    }

    /** Official corners are inclusive and multiplied: twice as large, the last pixel's number misses its second half. */
    @Test
    void aResizedBoxFollowsTheOfficialConvention() {
        TrainingExample doubled = sized(80, 0, RandomCrop.NONE).apply(scene(60, 40, Box.xywh(6, 4, 12, 10)), random);

        assertThat(Scene.white(doubled.image())).isEqualTo(Box.xyxyInclusive(12, 8, 35, 27));
        assertThat(only(doubled)).isEqualTo(Box.xyxyInclusive(12, 8, 34, 26));
    }

    /** Parts have sides from 18 pixels on, so resizing enlarges up to 40 / 18 times, and the last pixel's number misses up to 1.22. */
    @Test
    void aBoxStaysAtItsPixelsThroughCropResizeAndMirror() {
        Box box = Box.xywh(30, 25, 40, 20);
        Augmentation augmentation = sized(40, 0.5, new RandomCrop(1, 0.3, 0.4));
        for (int i = 0; i < 300; i++) {
            TrainingExample cropped = augmentation.apply(scene(100, 60, box), random);
            Box found = only(cropped);
            Box seen = Scene.white(cropped.image());
            double off = 0.5 + 1.23;
            assertThat(found.x()).isCloseTo(seen.x(), within(off));
            assertThat(found.y()).isCloseTo(seen.y(), within(off));
            assertThat(found.x2Inclusive()).isCloseTo(seen.x2Inclusive(), within(off));
            assertThat(found.y2Inclusive()).isCloseTo(seen.y2Inclusive(), within(off));
        }
    }

    /** Of many parts and sizes those count whose shorter side happens to be the one that was asked for. */
    @Test
    void cropAndMirrorAreExactWhereNothingIsResized() {
        Box box = Box.xywh(30, 25, 40, 20);
        RandomCrop crop = new RandomCrop(1, 0.3, 0.4);
        int compared = 0;
        int cut = 0;
        for (int side = 18; side <= 60; side++) {
            for (int i = 0; i < 60; i++) {
                long seed = 100L * side + i;
                RandomCrop.Window part = crop.draw(100, 60, List.of(new TargetBox(box, 0)), new SplittableRandom(seed)).orElseThrow();
                if (Math.min(part.width(), part.height()) == side) {
                    TrainingExample cropped = sized(side, 0.5, crop).apply(scene(100, 60, box), new SplittableRandom(seed));
                    assertThat(cropped.image()).extracting(RgbImage::width, RgbImage::height).containsExactly(part.width(), part.height());
                    assertThat(only(cropped)).isEqualTo(Scene.white(cropped.image()));
                    compared++;
                    cut += only(cropped).area() < box.area() ? 1 : 0;
                }
            }
        }
        assertThat(compared).isGreaterThan(20);
        assertThat(cut).isGreaterThan(5);
    }

    @Test
    void mirroredCategoriesExchangeLeftAndRight() {
        DetectionExample mirrored = (DetectionExample) sized(40, 1, RandomCrop.NONE).apply(scene(60, 40, Box.xywh(6, 4, 12, 10)), random);

        assertThat(mirrored.categories()).containsExactly("right_hand", "Left hand", "nose");
        assertThat(mirrored.boxes().get(0).label()).isEqualTo(1);
    }

    @Test
    void aFixedListKeepsItsNamesAndMirrorsItsLabels() {
        Box box = Box.xywh(6, 4, 12, 10);
        List<String> names = List.of("left_hand", "nose", "right_hand");
        List<TargetBox> boxes = List.of(new TargetBox(box, 0), new TargetBox(box, 1), new TargetBox(box, 2));

        DetectionExample mirrored = sized(40, 1, RandomCrop.NONE).applyToFixed(new DetectionExample(Scene.of(60, 40, box), boxes, names), random);

        Box there = Box.xywh(42, 4, 12, 10);
        assertThat(mirrored.categories()).isEqualTo(names);
        assertThat(mirrored.boxes()).containsExactly(new TargetBox(there, 2), new TargetBox(there, 1), new TargetBox(there, 0));
        assertThat(Scene.white(mirrored.image())).isEqualTo(there);
    }

    @Test
    void aFixedListWithOneSideOnlyIsNotMirrored() {
        Box box = Box.xywh(6, 4, 12, 10);
        DetectionExample given = new DetectionExample(Scene.of(60, 40, box), List.of(new TargetBox(box, 0)), List.of("left_hand", "nose"));

        DetectionExample same = sized(40, 1, RandomCrop.NONE).applyToFixed(given, random);

        assertThat(same.categories()).isEqualTo(given.categories());
        assertThat(same.boxes()).isEqualTo(given.boxes());
        assertThat(Scene.white(same.image())).isEqualTo(box);
    }

    @Test
    void mirroredCaptionsExchangeLeftAndRight() {
        Box box = Box.xywh(6, 4, 12, 10);
        GroundingExample given = new GroundingExample(Scene.of(60, 40, box), "the left cat and a dog", List.of(new TargetBox(box, 1)),
                List.of(List.of(new Span(0, 12)), List.of(new Span(17, 22))));

        GroundingExample mirrored = (GroundingExample) sized(40, 1, RandomCrop.NONE).apply(given, random);

        assertThat(mirrored.caption()).isEqualTo("the right cat and a dog");
        assertThat(mirrored.phrases()).containsExactly(List.of(new Span(0, 13)), List.of(new Span(18, 23)));
        assertThat(only(mirrored)).isEqualTo(Box.xywh(42, 4, 12, 10));
        assertThat(sized(40, 0, RandomCrop.NONE).apply(given, random)).isInstanceOfSatisfying(GroundingExample.class, same -> {
            assertThat(same.caption()).isEqualTo(given.caption());
            assertThat(same.phrases()).isEqualTo(given.phrases());
        });
    }

    @Test
    void boxesAreCutAtTheEdgesAndFlatOnesDropped() {
        DetectionExample given = new DetectionExample(Scene.of(60, 40), List.of(
                new TargetBox(Box.xywh(-5, 30, 20, 20), 0), // columns 0 to 14, rows 30 to 39 are left
                new TargetBox(Box.xywh(59, 0, 20, 20), 1), // a single column
                new TargetBox(Box.xywh(70, 0, 20, 20), 2), // outside
                new TargetBox(Box.xywh(5, 5, 0, 20), 2),
                new TargetBox(Box.xywh(5, 5, 2, 2), 2)), HANDS);

        TrainingExample cut = sized(40, 0, RandomCrop.NONE).apply(given, random);

        assertThat(cut.boxes()).containsExactly(new TargetBox(Box.xywh(0, 30, 15, 10), 0), new TargetBox(Box.xywh(5, 5, 2, 2), 2));
    }

    @Test
    void phrasesThatLoseTheirBoxesStayInTheCaption() {
        Box near = Box.xywh(0, 0, 20, 20);
        Box far = Box.xywh(80, 80, 20, 20);
        GroundingExample given = new GroundingExample(Scene.of(100, 100, near, far), "a cat and a dog",
                List.of(new TargetBox(near, 0), new TargetBox(far, 1)), List.of(List.of(new Span(0, 5)), List.of(new Span(10, 15))));
        int lost = 0;
        for (int i = 0; i < 50; i++) {
            GroundingExample cropped = (GroundingExample) sized(40, 0, new RandomCrop(1, 0.4, 1)).apply(given, random);
            assertThat(cropped.caption()).isEqualTo(given.caption());
            assertThat(cropped.phrases()).isEqualTo(given.phrases());
            assertThat(cropped.boxes()).isNotEmpty();
            lost += cropped.boxes().size() == 1 ? 1 : 0;
        }
        assertThat(lost).isPositive();
    }

    @Test
    void allSizesAreDrawn() {
        Augmentation official = Augmentation.official();
        Set<Integer> heights = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            RgbImage image = official.apply(scene(64, 48, Box.xywh(1, 1, 5, 5)), random).image();
            assertThat(image.width()).isEqualTo(image.height() * 64 / 48);
            heights.add(image.height());
        }
        assertThat(heights).containsExactlyInAnyOrder(480, 560, 640, 720, 800);
    }

    @Test
    void sizesScaleToOtherModels() {
        GlipConfig.Input tiny = new GlipConfig.Input(320, 512, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), 32);

        Augmentation scaled = Augmentation.strong().scaledTo(tiny);

        assertThat(scaled.shorterSides()).containsExactly(192, 224, 256, 288, 320);
        assertThat(scaled.longestSide()).isEqualTo(512);
        assertThat(scaled.crop()).isEqualTo(Augmentation.strong().crop());
    }

    @Test
    void theSameRandomStateGivesTheSameExample() {
        DetectionExample given = scene(100, 60, Box.xywh(30, 25, 40, 20));

        TrainingExample first = Augmentation.strong().apply(given, new SplittableRandom(5));
        TrainingExample second = Augmentation.strong().apply(given, new SplittableRandom(5));

        assertThat(first.boxes()).isEqualTo(second.boxes());
        assertThat(first.image().rgb()).isEqualTo(second.image().rgb());
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThatThrownBy(() -> new Augmentation(List.of(), 100, 0, RandomCrop.NONE, ColorJitter.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shorterSides: [], expected at least one number from 1 to 100, the longest side");
        assertThatThrownBy(() -> new Augmentation(List.of(80, 101), 100, 0, RandomCrop.NONE, ColorJitter.NONE))
                .hasMessageStartingWith("shorterSides: [80, 101]");
        assertThatThrownBy(() -> new Augmentation(List.of(80), 100, 2, RandomCrop.NONE, ColorJitter.NONE))
                .hasMessage("flip: 2.0, expected a number from 0 to 1");
    }
}

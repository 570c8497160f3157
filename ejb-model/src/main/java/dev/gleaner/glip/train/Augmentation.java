package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.train.RandomCrop.Window;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.Preprocessor;
import dev.gleaner.glip.vision.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How an example is changed at random each time it is shown: crop, size and colours, mirror image, in this order. An augmented example
 * has the size the network reads. Immutable; the same example and the same random state give the same result.
 *
 * <p>Resizing and mirroring treat boxes as the official code does: corners are inclusive, resizing multiplies them by the ratio of the
 * sides, mirroring takes them from {@code width - 1}. Two things differ on purpose. The official code mirrors images and leaves
 * "left" and "right" in their captions as they are, with no exception for such captions; here the words are exchanged, in captions
 * and in category names ({@link LeftRight}). And crop and colours, which the official code can be given settings for, have an effect.
 *
 * <p>A phrase or a category whose boxes all vanished in a crop stays in the text, and is a negative there.
 *
 * @param shorterSides one is drawn each time: pixels of the shorter side of the resized image
 * @param longestSide  where the longer side would pass it, the shorter one becomes less
 * @param flip         probability of the mirror image
 * @param crop         what may be cut away
 * @param colors       what may happen to colours
 */
public record Augmentation(List<Integer> shorterSides, int longestSide, double flip, RandomCrop crop, ColorJitter colors) {

    public Augmentation {
        shorterSides = List.copyOf(shorterSides);
        if (shorterSides.isEmpty() || shorterSides.stream().anyMatch(side -> side < 1 || side > longestSide)) {
            throw new IllegalArgumentException("shorterSides: " + shorterSides + ", expected at least one number from 1 to " + longestSide
                    + ", the longest side");
        }
        requireShare("flip", flip);
    }

    static void requireShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(name + ": " + share + ", expected a number from 0 to 1");
        }
    }

    /** Resizes as detection does, and changes nothing else. */
    public static Augmentation none(GlipConfig.Input input) {
        return new Augmentation(List.of(input.minSize()), input.maxSize(), 0, RandomCrop.NONE, ColorJitter.NONE);
    }

    /**
     * The settings of all official configurations: a shorter side of 480, 560, 640, 720 or 800 pixels, a longer one of at most 1333,
     * every second image mirrored. Pre-training has them, and so has fine-tuning (COCO, ODinW), whose settings are laid over those of
     * pre-training: the 800 pixels that the ODinW files name for training have no effect there.
     */
    public static Augmentation official() {
        return new Augmentation(List.of(480, 560, 640, 720, 800), 1333, 0.5, RandomCrop.NONE, ColorJitter.NONE);
    }

    /** Ours, for small datasets: the official sizes and mirror images, every second image cropped, and mild changes of colour. */
    public static Augmentation strong() {
        return new Augmentation(official().shorterSides, official().longestSide, 0.5, new RandomCrop(0.5, 0.3, 0.5),
                new ColorJitter(0.2, 0.2, 0.2, 0.05));
    }

    /** The same with all sizes scaled, so that the largest shorter side is the one that a model detects with. */
    public Augmentation scaledTo(GlipConfig.Input input) {
        double largest = shorterSides.stream().mapToInt(Integer::intValue).max().orElseThrow();
        List<Integer> sides = shorterSides.stream().map(side -> Math.max(1, (int) Math.rint(side * input.minSize() / largest))).toList();
        return new Augmentation(sides, input.maxSize(), flip, crop, colors);
    }

    /**
     * Augments an example. Boxes are cut at the edges; those of which no more than one row or column of pixels is left are dropped, as
     * in the official code, whose width ({@code x2 - x1}) of such a box is 0.
     *
     * @return a new example of the same kind: the image of the size the network reads, boxes in its pixels and never more than given
     */
    public TrainingExample apply(TrainingExample example, RandomGenerator random) {
        RgbImage image = example.image();
        List<TargetBox> boxes = clipped(example.boxes(), new Window(0, 0, image.width(), image.height()));
        Optional<Window> part = crop.draw(image.width(), image.height(), boxes, random);
        if (part.isPresent()) {
            Window window = part.get();
            image = image.crop(window.left(), window.top(), window.width(), window.height());
            boxes = clipped(boxes, window);
        }
        int shorter = shorterSides.get(random.nextInt(shorterSides.size()));
        // Colours take longer than resizing, so they are changed where there are fewer pixels.
        boolean shrinks = shorter < Math.min(image.width(), image.height());
        RgbImage resized = shrinks ? colors.apply(Preprocessor.resize(image, shorter, longestSide), random)
                : Preprocessor.resize(colors.apply(image, random), shorter, longestSide);
        boxes = scaled(boxes, (double) resized.width() / image.width(), (double) resized.height() / image.height());
        if (random.nextDouble() < flip) {
            return mirrored(example, resized.mirrored(), mirrored(boxes, resized.width()));
        }
        return same(example, resized, boxes);
    }

    /**
     * Augments an example for a model whose list of categories is fixed, as it is where a prompt is tuned or where there is no
     * text: names stay, and in the mirror image a left hand's box gets the label of the right hand. Where the name that a
     * category has in the mirror is no category of its own, no image is mirrored.
     */
    public DetectionExample applyToFixed(DetectionExample example, RandomGenerator random) {
        List<String> names = example.categories();
        List<Integer> mirrored = names.stream().map(name -> names.indexOf(LeftRight.exchanged(name).text())).toList();
        if (mirrored.contains(-1)) {
            return (DetectionExample) new Augmentation(shorterSides, longestSide, 0, crop, colors).apply(example, random);
        }
        DetectionExample augmented = (DetectionExample) apply(example, random);
        boolean same = augmented.categories().equals(names);
        return new DetectionExample(augmented.image(), same ? augmented.boxes() : augmented.boxes().stream()
                .map(target -> target.labelled(mirrored.get(target.label()))).toList(), names);
    }

    private static List<TargetBox> clipped(List<TargetBox> boxes, Window window) {
        List<TargetBox> kept = new ArrayList<>();
        for (TargetBox target : boxes) {
            Box visible = window.clip(target.box());
            if (!isFlat(visible)) {
                kept.add(target.at(visible));
            }
        }
        return kept;
    }

    /** No more than one row or column of pixels is left, or nothing. */
    static boolean isFlat(Box box) {
        return !(box.width() > 1 && box.height() > 1);
    }

    private static List<TargetBox> scaled(List<TargetBox> boxes, double wide, double high) {
        return boxes.stream().map(target -> {
            Box box = target.box();
            return target.at(Box.xyxyInclusive(box.x() * wide, box.y() * high, box.x2Inclusive() * wide, box.y2Inclusive() * high));
        }).toList();
    }

    private static List<TargetBox> mirrored(List<TargetBox> boxes, int width) {
        return boxes.stream().map(target -> {
            Box box = target.box();
            return target.at(Box.xywh(width - box.x() - box.width(), box.y(), box.width(), box.height()));
        }).toList();
    }

    private static TrainingExample same(TrainingExample example, RgbImage image, List<TargetBox> boxes) {
        if (example instanceof GroundingExample grounding) {
            return new GroundingExample(image, grounding.caption(), boxes, grounding.phrases());
        }
        return new DetectionExample(image, boxes, ((DetectionExample) example).categories());
    }

    private static TrainingExample mirrored(TrainingExample example, RgbImage image, List<TargetBox> boxes) {
        if (example instanceof GroundingExample grounding) {
            LeftRight caption = LeftRight.exchanged(grounding.caption());
            return new GroundingExample(image, caption.text(), boxes,
                    grounding.phrases().stream().map(spans -> spans.stream().map(caption::span).toList()).toList());
        }
        return new DetectionExample(image, boxes,
                ((DetectionExample) example).categories().stream().map(name -> LeftRight.exchanged(name).text()).toList());
    }
}

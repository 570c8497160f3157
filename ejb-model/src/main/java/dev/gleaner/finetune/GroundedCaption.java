package dev.gleaner.finetune;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import java.util.List;

/**
 * A sentence about an image with boxes for its phrases, as it is stored: a {@link GroundingExample} without the image.
 *
 * @param phrases for each phrase the stretches of the caption that name it
 */
public record GroundedCaption(String caption, List<List<Span>> phrases, List<PhraseBox> boxes) {

    private static final double SAME = 0.5;

    /**
     * A box of a phrase.
     *
     * @param phrase its place among the phrases
     * @param x      of the top-left corner in upright image pixels
     * @param weight how much it counts, 0 to 1; with 0 nothing is learnt from where it is
     */
    public record PhraseBox(int phrase, double x, double y, double width, double height, double weight) {

        public Box box() {
            return Box.xywh(x, y, width, height);
        }
    }

    public static GroundedCaption of(GroundingExample example) {
        return new GroundedCaption(example.caption(), example.phrases(), example.boxes().stream().map(target -> new PhraseBox(target.label(),
                target.box().x(), target.box().y(), target.box().width(), target.box().height(), target.weight())).toList());
    }

    /**
     * The same, but nothing is learnt from where a box overlaps one of these (IoU of 0.5 or more): a human has rejected a box there.
     *
     * @param rejected in pixels of the upright image
     */
    public GroundedCaption ignoring(List<Box> rejected) {
        return new GroundedCaption(caption, phrases, boxes.stream().map(box -> rejected.stream()
                .anyMatch(other -> other.iou(box.box()) >= SAME)
                ? new PhraseBox(box.phrase, box.x, box.y, box.width, box.height, 0) : box).toList());
    }

    /** The boxes that something is learnt from. */
    public List<PhraseBox> learnt() {
        return boxes.stream().filter(box -> box.weight > 0).toList();
    }

    GroundingExample example(RgbImage image) {
        return new GroundingExample(image, caption, boxes.stream().map(box ->
                new TargetBox(box.box(), box.phrase, box.weight)).toList(), phrases);
    }

    /** The words of a phrase. */
    public String text(int phrase) {
        Span span = phrases.get(phrase).get(0);
        return caption.substring(span.start(), span.end());
    }
}

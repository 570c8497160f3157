package dev.gleaner.round;

import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.Caption;
import dev.gleaner.glip.text.NounPhrases;
import dev.gleaner.glip.text.Phrase;
import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes training data of an image and a caption without boxes, as the paper does (section 3.3, scaling up with image-text data): the
 * caption's noun phrases are found, the teacher grounds them, and boxes from a score on become the phrases' boxes. The paper keeps boxes
 * from 0.5 on. Less sure ones become ignore regions; a phrase without any box is a negative.
 *
 * @param least    lowest score of a box that counts
 * @param hopeless lowest score of an ignore region
 * @param weight   how much a box counts, above 0 to 1
 */
public record CaptionGrounding(double least, double hopeless, double weight) {

    /** From 0.5 on, ignoring from 0.1 on, counting half. */
    public static final CaptionGrounding DEFAULT = new CaptionGrounding(0.5, 0.1, 0.5);

    public CaptionGrounding {
        if (!(hopeless >= 0 && hopeless <= least && least <= 1)) {
            throw new IllegalArgumentException("least: " + least + " with hopeless: " + hopeless
                    + ", expected numbers from 0 to 1, and hopeless not above least");
        }
        if (!(weight > 0 && weight <= 1)) {
            throw new IllegalArgumentException("weight: " + weight + ", expected a number above 0 and up to 1");
        }
    }

    /** The noun phrases of a caption; words that come twice are one phrase that stands in two places, since detections name words. */
    public static Caption read(String text) {
        Map<String, Phrase> phrases = new LinkedHashMap<>();
        for (Phrase phrase : NounPhrases.find(text).phrases()) {
            phrases.merge(phrase.text(), phrase, (first, again) -> {
                List<Span> spans = new ArrayList<>(first.spans());
                spans.addAll(again.spans());
                return new Phrase(first.text(), spans);
            });
        }
        return new Caption(text, List.copyOf(phrases.values()));
    }

    /**
     * Lets the teacher ground a caption. It looks at the image as it is: in the mirror image "left of" would be wrong.
     *
     * @return nothing if the caption names nothing, or nothing of it is found with enough certainty
     * @throws IllegalArgumentException if the caption is too long for the model, or the model reads no text
     */
    public Optional<GroundingExample> ground(Glip glip, RgbImage image, String text) {
        Caption caption = read(text);
        if (caption.phrases().isEmpty()) {
            return Optional.empty();
        }
        try (Glip.PreparedText prepared = glip.prepareCaption(caption)) {
            return example(image, caption, glip.detect(glip.view(image, false, 1), prepared, Thresholds.all(hopeless)));
        }
    }

    /** @param found detections by the phrases' texts */
    Optional<GroundingExample> example(RgbImage image, Caption caption, List<Detection> found) {
        List<String> phrases = caption.phrases().stream().map(Phrase::text).toList();
        List<TargetBox> boxes = found.stream().filter(detection -> detection.score() >= hopeless)
                .map(detection -> new TargetBox(detection.box(), phrases.indexOf(detection.category()), detection.score() >= least ? weight : 0))
                .toList();
        return boxes.stream().noneMatch(box -> box.weight() > 0) ? Optional.empty()
                : Optional.of(new GroundingExample(image, caption.text(), boxes, caption.phrases().stream().map(Phrase::spans).toList()));
    }
}

package dev.gleaner.glip.train;

import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.vision.RgbImage;
import java.util.List;
import java.util.Objects;

/**
 * An image with its boxes, as a dataset holds it: before augmentation, before any caption is made for it. The lists are
 * copied, the image is not.
 */
public sealed interface TrainingExample {

    /** The upright photo. */
    RgbImage image();

    /** What is in the image, possibly nothing. */
    List<TargetBox> boxes();

    /**
     * Detection data: every thing of one of these categories has a box, so a category without box is known to be absent.
     *
     * @param boxes      labels are indexes into {@code categories}; none for an image that holds nothing
     * @param categories names as the dataset has them, at least one
     */
    record DetectionExample(RgbImage image, List<TargetBox> boxes, List<String> categories) implements TrainingExample {

        /** @throws IllegalArgumentException naming the box whose label is no category, or if there is no category */
        public DetectionExample {
            Objects.requireNonNull(image, "image");
            boxes = List.copyOf(boxes);
            categories = List.copyOf(categories);
            if (categories.isEmpty()) {
                throw new IllegalArgumentException("categories: none, expected at least one name");
            }
            requireLabels(boxes, categories.size(), "categories");
        }
    }

    /**
     * Grounding data: a sentence, and boxes for phrases in it.
     *
     * @param boxes   labels are indexes into {@code phrases}
     * @param caption the sentence
     * @param phrases for each phrase the stretches of the caption that name it, one or more; a phrase may have no box
     */
    record GroundingExample(RgbImage image, String caption, List<TargetBox> boxes, List<List<Span>> phrases)
            implements TrainingExample {

        /** @throws IllegalArgumentException naming the box whose label is no phrase, or the phrase without a stretch of the caption */
        public GroundingExample {
            Objects.requireNonNull(image, "image");
            Objects.requireNonNull(caption, "caption");
            boxes = List.copyOf(boxes);
            phrases = phrases.stream().map(List::copyOf).toList();
            requireLabels(boxes, phrases.size(), "phrases");
            for (int i = 0; i < phrases.size(); i++) {
                requireSpans(phrases.get(i), i, caption.length());
            }
        }

        private static void requireSpans(List<Span> spans, int phrase, int length) {
            if (spans.isEmpty()) {
                throw new IllegalArgumentException("phrases[" + phrase + "]: no span, expected at least one");
            }
            for (int i = 0; i < spans.size(); i++) {
                Span span = spans.get(i);
                if (span.start() == span.end() || span.end() > length) {
                    throw new IllegalArgumentException("phrases[" + phrase + "][" + i + "]: [" + span.start() + ", " + span.end()
                            + "), expected a stretch of the caption's " + length + " characters that is not empty");
                }
            }
        }
    }

    private static void requireLabels(List<TargetBox> boxes, int labels, String what) {
        for (int i = 0; i < boxes.size(); i++) {
            if (boxes.get(i).label() >= labels) {
                throw new IllegalArgumentException("boxes[" + i + "].label: " + boxes.get(i).label() + ", expected less than " + labels
                        + ", the number of " + what);
            }
        }
    }
}

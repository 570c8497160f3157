package dev.gleaner.evaluation;

import java.util.List;

/**
 * A sentence about an image, with those of its phrases that have boxes.
 *
 * @param number  of the sentence among those of its image, from 0
 * @param phrases in the order of the sentence
 */
public record GroundedSentence(String image, int number, List<Phrase> phrases) {

    /**
     * @param types what kind of thing it speaks of, such as {@code people}; a phrase may be of several
     * @param boxes of everything it speaks of, at least one
     */
    public record Phrase(List<String> types, List<Corners> boxes) {

        public Phrase {
            types = List.copyOf(types);
            boxes = List.copyOf(boxes);
            if (boxes.isEmpty()) {
                throw new IllegalArgumentException("a phrase has no boxes; expected at least one");
            }
        }
    }

    public GroundedSentence {
        phrases = List.copyOf(phrases);
    }
}

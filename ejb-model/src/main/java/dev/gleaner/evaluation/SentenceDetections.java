package dev.gleaner.evaluation;

import java.util.List;

/**
 * What a model found for a sentence.
 *
 * @param number of the sentence among those of its image, from 0
 * @param boxes  for each phrase of the {@link GroundedSentence} its boxes, best first
 */
public record SentenceDetections(String image, int number, List<List<Corners>> boxes) {
}

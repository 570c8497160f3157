package dev.gleaner.glip.text;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * One text the language backbone reads in one pass, and where each prompt (or phrase of a caption) stands in it.
 *
 * <p>{@code L} is the model's text length (256), whatever the caption's own length: {@code [CLS] caption [SEP]} and zeros.
 * The {@code i}-th entry of {@link #tokenPositions} belongs to entry {@code promptIndex[i]} of the caller's list. The arrays
 * are shared, not copied: nobody changes them.
 *
 * @param caption        the text as the tokeniser reads it
 * @param tokenIds       {@code [L]}, vocabulary ids, {@code [PAD]} at the end
 * @param attentionMask  {@code [L]}, 1 for a token (among them {@code [CLS]}, {@code [SEP]} and the separators), 0 for padding
 * @param tokenPositions for each prompt of this chunk its positions in {@code tokenIds}, ascending, each in {@code [0, L)}; never empty
 * @param promptIndex    for each prompt of this chunk its index in the caller's list, ascending
 */
public record TextChunk(String caption, int[] tokenIds, int[] attentionMask, List<int[]> tokenPositions, int[] promptIndex) {

    public TextChunk {
        Objects.requireNonNull(caption, "caption");
        tokenPositions = List.copyOf(tokenPositions);
        if (tokenIds.length != attentionMask.length) {
            throw new IllegalArgumentException(
                    "attentionMask: " + attentionMask.length + " entries, expected " + tokenIds.length + ", one for each token id");
        }
        if (promptIndex.length != tokenPositions.size()) {
            throw new IllegalArgumentException(
                    "promptIndex: " + promptIndex.length + " entries, expected " + tokenPositions.size() + ", one for each prompt");
        }
    }

    /** Vocabulary ids without padding. */
    public int[] tokens() {
        return Arrays.copyOf(tokenIds, IntStream.of(attentionMask).sum());
    }

    /** The number of prompts in this chunk. */
    public int size() {
        return promptIndex.length;
    }
}

package dev.gleaner.glip.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A text as BERT's tokens: {@code [CLS]}, word pieces, {@code [SEP]}; unpadded. Each token knows the stretch of the original
 * text it was made of.
 */
public final class Encoding {

    private static final int NONE = -1;
    private static final int[] NO_TOKENS = {};

    private final String text;
    private final int[] ids;
    private final Span[] spans;
    private final int[] tokenOfChar;

    /** Takes the arrays over; the first and the last token are {@code [CLS]} and {@code [SEP]}. */
    Encoding(String text, int[] ids, Span[] spans) {
        this.text = text;
        this.ids = ids;
        this.spans = spans;
        tokenOfChar = new int[text.length()];
        Arrays.fill(tokenOfChar, NONE);
        for (int token = ids.length - 2; token > 0; token--) {
            Arrays.fill(tokenOfChar, spans[token].start(), spans[token].end(), token);
        }
    }

    /** The number of tokens, {@code [CLS]} and {@code [SEP]} included. */
    public int length() {
        return ids.length;
    }

    /** Vocabulary ids, {@code [length]}. */
    public int[] ids() {
        return ids.clone();
    }

    /** Vocabulary ids with {@code padding} up to {@code length}. */
    public int[] paddedIds(int length, int padding) {
        int[] padded = Arrays.copyOf(ids, length);
        Arrays.fill(padded, ids.length, length, padding);
        return padded;
    }

    /** 1 for each token, 0 for the padding up to {@code length}. */
    public int[] attentionMask(int length) {
        int[] mask = new int[length];
        Arrays.fill(mask, 0, ids.length, 1);
        return mask;
    }

    /** The stretch of the text a token was made of; {@code [0, 0)} for the {@code [CLS]} and {@code [SEP]} around the text. */
    public Span span(int token) {
        return spans[token];
    }

    /**
     * The first token made of the character at an offset.
     *
     * @return the token's position, or -1 for blanks, for characters the tokeniser drops and outside the text
     */
    public int charToToken(int offset) {
        return offset < 0 || offset >= tokenOfChar.length ? NONE : tokenOfChar[offset];
    }

    /**
     * The tokens of a span by the official rule: from the token of its first character to the token of its last one, both
     * inclusive. Where such a character has no token, the next two inwards are tried; after that the span has no tokens.
     *
     * @return ascending positions in this encoding, possibly none
     */
    public int[] tokensOf(Span span) {
        int first = tokenNear(span.start(), 1);
        int last = span.end() == 0 ? NONE : tokenNear(text.offsetByCodePoints(span.end(), -1), -1);
        if (first == NONE || last < first) {
            return NO_TOKENS;
        }
        int[] tokens = new int[last - first + 1];
        Arrays.setAll(tokens, i -> first + i);
        return tokens;
    }

    private int tokenNear(int offset, int step) {
        int at = offset;
        int token = charToToken(at);
        for (int tries = 0; token == NONE && tries < 2; tries++) {
            if (step < 0 ? at == 0 : at >= text.length()) {
                return NONE;
            }
            at = text.offsetByCodePoints(at, step);
            token = charToToken(at);
        }
        return token;
    }

    /** The tokens of all spans of a phrase: ascending, each once, none at or beyond {@code length}. */
    public int[] tokensOf(Phrase phrase, int length) {
        BitSet tokens = new BitSet(length);
        for (Span span : phrase.spans()) {
            for (int token : tokensOf(span)) {
                tokens.set(token);
            }
        }
        return tokens.get(0, length).stream().toArray();
    }

    /** This encoding cut to a number of tokens the way BERT is fed: the last one kept is followed by {@code [SEP]}. */
    public Encoding truncated(int length) {
        if (ids.length <= length) {
            return this;
        }
        int[] kept = Arrays.copyOf(ids, length);
        Span[] keptSpans = Arrays.copyOf(spans, length);
        kept[length - 1] = ids[ids.length - 1];
        keptSpans[length - 1] = spans[spans.length - 1];
        return new Encoding(text, kept, keptSpans);
    }

    /**
     * The rows of the official positive map: {@code 1 / (n + 1e-6)} at each of a phrase's {@code n} tokens, 0 elsewhere.
     *
     * @return {@code [phrases, length]}
     */
    public float[][] positiveMap(List<Phrase> phrases, int length) {
        float[][] rows = new float[phrases.size()][length];
        for (int row = 0; row < rows.length; row++) {
            int[] tokens = tokensOf(phrases.get(row), length);
            for (int token : tokens) {
                rows[row][token] = 1 / (tokens.length + 1e-6f);
            }
        }
        return rows;
    }
}

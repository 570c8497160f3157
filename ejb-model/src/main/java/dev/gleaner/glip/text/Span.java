package dev.gleaner.glip.text;

/** A stretch of text in Java {@code char}s, {@code start} inclusive, {@code end} exclusive. */
public record Span(int start, int end) {

    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("span: [" + start + ", " + end + "), expected 0 <= start <= end");
        }
    }

    Span shifted(int by) {
        return new Span(start + by, end + by);
    }
}

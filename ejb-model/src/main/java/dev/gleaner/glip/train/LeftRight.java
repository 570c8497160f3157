package dev.gleaner.glip.train;

import dev.gleaner.glip.text.Span;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text for the mirrored image: "left" and "right", "leftmost" and "rightmost" are exchanged, whole words only, in lower case,
 * upper case or with a capital as they stood. Words are not weighed: "the right answer" becomes "the left answer".
 */
public final class LeftRight {

    private static final Pattern WORD = Pattern.compile("(?<![\\p{L}\\p{M}\\p{N}])(left|right)(most)?(?![\\p{L}\\p{M}\\p{N}])",
            Pattern.CASE_INSENSITIVE);

    private final String text;
    /** Where a span goes that starts, or ends, at an offset of the given text. */
    private final int[] starts;
    private final int[] ends;

    private LeftRight(String text, int[] starts, int[] ends) {
        this.text = text;
        this.starts = starts;
        this.ends = ends;
    }

    /** The text for the mirrored image. */
    public static LeftRight exchanged(String given) {
        StringBuilder text = new StringBuilder(given.length());
        int[] starts = new int[given.length() + 1];
        int[] ends = new int[given.length() + 1];
        Matcher word = WORD.matcher(given);
        int from = 0;
        while (word.find()) {
            copy(given, from, word.start(), text, starts, ends);
            int start = text.length();
            String other = word.group(1).equalsIgnoreCase("left") ? "right" : "left";
            text.append(cased(word.group(2) == null ? other : other + "most", word.group()));
            // A span that begins or ends inside the word takes all of it.
            for (int offset = word.start(); offset < word.end(); offset++) {
                starts[offset] = start;
                ends[offset] = offset == word.start() ? start : text.length();
            }
            from = word.end();
        }
        copy(given, from, given.length(), text, starts, ends);
        starts[given.length()] = text.length();
        ends[given.length()] = text.length();
        return new LeftRight(text.toString(), starts, ends);
    }

    private static void copy(String given, int from, int to, StringBuilder text, int[] starts, int[] ends) {
        for (int offset = from; offset < to; offset++) {
            starts[offset] = text.length() + offset - from;
            ends[offset] = starts[offset];
        }
        text.append(given, from, to);
    }

    private static String cased(String word, String like) {
        if (like.equals(like.toUpperCase(Locale.ROOT))) {
            return word.toUpperCase(Locale.ROOT);
        }
        return Character.isUpperCase(like.charAt(0)) ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : word;
    }

    /** What has become of the text. */
    public String text() {
        return text;
    }

    /** The stretch of {@link #text} that takes the place of a stretch of the given text. */
    Span span(Span given) {
        return new Span(starts[given.start()], ends[given.end()]);
    }
}

package dev.gleaner.glip.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A text for the model and the phrases in it that boxes are looked for.
 *
 * @param text    the whole text, as the tokeniser reads it
 * @param phrases what to look for, with spans inside {@code text}
 */
public record Caption(String text, List<Phrase> phrases) {

    private static final Pattern IN_PARENTHESES = Pattern.compile("\\(.*\\)", Pattern.UNIX_LINES);

    public Caption {
        Objects.requireNonNull(text, "text");
        phrases = List.copyOf(phrases);
        for (Phrase phrase : phrases) {
            for (Span span : phrase.spans()) {
                if (span.end() > text.length()) {
                    throw new IllegalArgumentException("span: [" + span.start() + ", " + span.end() + ") of phrase \"" + phrase.text()
                            + "\", expected an end of at most " + text.length() + ", the length of the caption");
                }
            }
        }
    }

    /**
     * The caption of the official detection route: cleaned names, joined, nothing after the last one.
     *
     * @param names     category names, uncleaned
     * @param separator {@code DATASETS.SEPARATION_TOKENS}; {@code ". "} in every official pre-training configuration
     */
    public static Caption ofCategories(List<String> names, String separator) {
        return joined(names.stream().map(Caption::clean).toList(), separator, "");
    }

    /** The caption of the official demo for a list of names: uncleaned, each followed by {@code " . "}, the last one too. */
    public static Caption ofDemoList(List<String> names) {
        return joined(names, " . ", " . ");
    }

    private static Caption joined(List<String> names, String separator, String afterLast) {
        StringBuilder text = new StringBuilder();
        List<Phrase> phrases = new ArrayList<>(names.size());
        for (String name : names) {
            if (!phrases.isEmpty()) {
                text.append(separator);
            }
            phrases.add(new Phrase(name, List.of(new Span(text.length(), text.length() + name.length()))));
            text.append(name);
        }
        return new Caption(names.isEmpty() ? "" : text.append(afterLast).toString(), phrases);
    }

    /**
     * The official cleaning of a category name: what stands between the first opening and the last closing parenthesis goes,
     * underscores become blanks, then two blanks become one in a single pass. {@code "bus_(vehicle)"} gives {@code "bus "}.
     */
    public static String clean(String name) {
        return IN_PARENTHESES.matcher(name).replaceAll("").replace('_', ' ').replace("  ", " ");
    }
}

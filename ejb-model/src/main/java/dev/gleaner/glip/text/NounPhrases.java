package dev.gleaner.glip.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opennlp.tools.postag.POSModel;
import opennlp.tools.postag.POSTagFormat;
import opennlp.tools.postag.POSTaggerME;

/**
 * Finds the noun phrases of a free caption: words, part-of-speech tags (OpenNLP, the English model trained on UD EWT), then the
 * official chunk grammar {@code NP: {<DT>?<JJ.*>*<NN.*>+}} on Penn tags. Like the official demo it reads the caption in lower case.
 *
 * <p>Where it differs from the official demo, which looks each phrase up in the caption as a regular expression: a phrase's span
 * comes from its own words. So "cat" is not found inside "catch", a phrase may hold any character and any number of blanks, a
 * phrase that occurs twice gives two phrases of one span each (the demo gives four spans, and names that no longer match their
 * numbers), and nothing is lost to removed punctuation. Tags come from another tagger than the demo's and err elsewhere.
 */
public final class NounPhrases {

    private static final String MODEL = "/opennlp-en-ud-ewt-pos-1.3-2.5.4.bin";

    /** A clitic that stands alone ("man 's"); a word, its parts joined by - _ / ' (or . , between digits); or any other sign. */
    private static final Pattern WORD = Pattern.compile("['’](?:s|m|d|ll|re|ve)(?![\\p{L}\\p{N}])"
            + "|[\\p{L}\\p{M}\\p{N}]+(?:(?:[-_/'’]|(?<=\\p{N})[.,](?=\\p{N}))[\\p{L}\\p{M}\\p{N}]+)*"
            + "|\\S", Pattern.CASE_INSENSITIVE);
    private static final Pattern CLITIC = Pattern.compile("['’](?:s|m|d|ll|re|ve)$");
    private static final Set<String> POSSESSIVES = Set.of("my", "your", "his", "her", "its", "our", "their");
    private static final Pattern LETTER_OR_DIGIT = Pattern.compile("[\\p{L}\\p{N}]");
    private static final Pattern PUNCTUATION = Pattern.compile("[|:;@()\\[\\]{}^'\"’`?$%#!&*+,.]");

    /** A word of a caption in lower case, its Penn tag and its place. */
    record Tagged(String word, String tag, Span span) {
    }

    private NounPhrases() {
    }

    /** The caption with its noun phrases in the order of the text, possibly none; each phrase has one span. */
    public static Caption find(String caption) {
        return new Caption(caption, chunk(tag(caption)));
    }

    private static List<Tagged> tag(String caption) {
        List<String> words = new ArrayList<>();
        List<Span> spans = new ArrayList<>();
        Matcher word = WORD.matcher(caption);
        while (word.find()) {
            words.add(word.group().toLowerCase(Locale.ROOT));
            spans.add(new Span(word.start(), word.end()));
        }
        // A tagger keeps state of its last sentence; the model behind it is shared.
        String[] tags = new POSTaggerME(Model.ENGLISH, POSTagFormat.UD).tag(words.toArray(String[]::new));
        List<Tagged> tagged = new ArrayList<>(words.size());
        for (int i = 0; i < tags.length; i++) {
            String text = words.get(i);
            Span span = spans.get(i);
            // The model was trained on whole words ("man's" is NOUN+PART); the grammar parts the noun from what clings to it.
            Matcher clitic = CLITIC.matcher(text);
            int stem = clitic.find() ? span.end() - (text.length() - clitic.start()) : span.end();
            if (stem > span.start()) {
                Span noun = new Span(span.start(), stem);
                tagged.add(new Tagged(caption.substring(noun.start(), noun.end()).toLowerCase(Locale.ROOT), penn(text, tags[i]), noun));
            }
            if (stem < span.end()) {
                tagged.add(new Tagged(text.substring(clitic.start()), "POS", new Span(stem, span.end())));
            }
        }
        nameHeadlessAdjectives(tagged);
        return tagged;
    }

    /**
     * An article or possessive opens a noun phrase. Where the tagger found only adjectives in one ("an umbrella", whose ending it
     * takes for an adjective's), the last of them is the noun.
     */
    private static void nameHeadlessAdjectives(List<Tagged> tagged) {
        boolean opened = false;
        for (int i = 0; i < tagged.size(); i++) {
            Tagged word = tagged.get(i);
            if (opened && word.tag().equals("JJ") && !tagStartsWith("JJ", tagged, i + 1) && !tagStartsWith("NN", tagged, i + 1)) {
                tagged.set(i, new Tagged(word.word(), "NN", word.span()));
            }
            opened = word.tag().equals("DT") || POSSESSIVES.contains(word.word()) || opened && word.tag().equals("JJ");
        }
    }

    /** The Penn tag for the universal tags that the grammar asks for; a sign without letter or digit is never a noun. */
    private static String penn(String word, String universal) {
        if (!LETTER_OR_DIGIT.matcher(word).find()) {
            return "SYM";
        }
        return switch (universal.split("\\+", 2)[0]) {
            case "NOUN" -> "NN";
            case "PROPN" -> "NNP";
            case "ADJ" -> "JJ";
            case "DET" -> "DT";
            default -> universal;
        };
    }

    /** Applies the grammar, greedily from left to right, and the official removal of punctuation. */
    static List<Phrase> chunk(List<Tagged> words) {
        List<Phrase> phrases = new ArrayList<>();
        int from = 0;
        while (from < words.size()) {
            int at = words.get(from).tag().equals("DT") ? from + 1 : from;
            while (tagStartsWith("JJ", words, at)) {
                at++;
            }
            int nouns = at;
            while (tagStartsWith("NN", words, at)) {
                at++;
            }
            if (at > nouns) {
                addPhrase(words.subList(from, at), phrases);
                from = at;
            } else {
                from++;
            }
        }
        return phrases;
    }

    private static boolean tagStartsWith(String prefix, List<Tagged> words, int at) {
        return at < words.size() && words.get(at).tag().startsWith(prefix);
    }

    private static void addPhrase(List<Tagged> words, List<Phrase> phrases) {
        List<Tagged> kept = words.stream().filter(word -> !withoutPunctuation(word.word()).isEmpty()).toList();
        if (!kept.isEmpty()) {
            String text = withoutPunctuation(String.join(" ", kept.stream().map(Tagged::word).toList()));
            phrases.add(new Phrase(text, List.of(new Span(kept.get(0).span().start(), kept.get(kept.size() - 1).span().end()))));
        }
    }

    /** The official list of signs is taken out, then outer blanks; {@code - / _} stay. */
    static String withoutPunctuation(String phrase) {
        return PUNCTUATION.matcher(phrase).replaceAll("").strip();
    }

    /** Loaded at the first caption, once for all threads: it takes about half a second. */
    private static final class Model {
        static final POSModel ENGLISH = load();

        private static POSModel load() {
            try (InputStream model = NounPhrases.class.getResourceAsStream(MODEL)) {
                if (model == null) {
                    throw new IOException(MODEL + " is not on the class path, expected it from opennlp-models-pos-en");
                }
                return new POSModel(model);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

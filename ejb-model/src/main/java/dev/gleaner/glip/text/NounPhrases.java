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
 * numbers), and nothing is lost to removed punctuation.
 *
 * <p>Tags come from another tagger than the demo's and err elsewhere. It learned from whole sentences of the web, so it is shown the
 * caption as the end of one ({@link #FRAME}); of 79 captions and lists of things made for this purpose, 54 come out right without that, 69
 * with it, and 77 with the mending of single tags below, which those captions have shown the need of. It errs most on participles before a
 * noun ("fallen tree" gives "tree"; the official grammar has no place for them either), and on words with an adjective's ending. Lists
 * of prompts need no tagger.
 */
public final class NounPhrases {

    private static final String MODEL = "/opennlp-en-ud-ewt-pos-1.3-2.5.4.bin";
    /** The words that make a caption a sentence for the tagger; a full stop ends it. */
    private static final List<String> FRAME = List.of("photo", "of", "the");

    /** A clitic that stands alone ("man 's"); a word, its parts joined by - _ / ' (or . , between digits); or any other sign. */
    private static final Pattern WORD = Pattern.compile("['’](?:s|m|d|ll|re|ve)(?![\\p{L}\\p{N}])"
            + "|[\\p{L}\\p{M}\\p{N}]+(?:(?:[-_/'’]|(?<=\\p{N})[.,](?=\\p{N}))[\\p{L}\\p{M}\\p{N}]+)*"
            + "|\\S", Pattern.CASE_INSENSITIVE);
    private static final Pattern CLITIC = Pattern.compile("['’](?:s|m|d|ll|re|ve)$");
    private static final Set<String> POSSESSIVES = Set.of("my", "your", "his", "her", "its", "our", "their");
    /** Pronouns are a closed class: those that are never anything else, and those that are determiners or nouns elsewhere. */
    private static final Set<String> PRONOUNS = Set.of("i", "me", "myself", "you", "yourself", "yourselves", "yours", "he", "him", "himself", "she",
            "her", "herself", "hers", "it", "itself", "we", "ourselves", "ours", "they", "them", "themselves", "theirs", "my", "your", "his",
            "its", "our", "their", "who", "whom", "whose", "which", "what", "someone", "somebody", "something", "anyone", "anybody", "anything",
            "everyone", "everybody", "everything", "nobody", "nothing");
    private static final Set<String> PRONOUNS_AND_MORE = Set.of("mine", "us", "that", "this", "these", "those", "one", "another", "other", "others", "each",
            "both", "some", "any", "all", "none", "there", "such", "many", "few", "several");
    private static final Pattern PARTICIPLE = Pattern.compile("(?:ed|en|ing)$");
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
        List<String> sentence = new ArrayList<>(FRAME);
        sentence.addAll(words);
        sentence.add(".");
        List<String> tags = List.of(new POSTaggerME(Model.ENGLISH, POSTagFormat.UD).tag(sentence.toArray(String[]::new)))
                .subList(FRAME.size(), FRAME.size() + words.size());
        List<Tagged> tagged = new ArrayList<>(words.size());
        for (int i = 0; i < tags.size(); i++) {
            String text = words.get(i);
            Span span = spans.get(i);
            // The model was trained on whole words ("man's" is NOUN+PART); the grammar parts the noun from what clings to it.
            Matcher clitic = CLITIC.matcher(text);
            int stem = clitic.find() ? span.end() - (text.length() - clitic.start()) : span.end();
            if (stem > span.start()) {
                Span noun = new Span(span.start(), stem);
                tagged.add(new Tagged(caption.substring(noun.start(), noun.end()).toLowerCase(Locale.ROOT), penn(text, tags.get(i)), noun));
            }
            if (stem < span.end()) {
                tagged.add(new Tagged(text.substring(clitic.start()), "POS", new Span(stem, span.end())));
            }
        }
        nameWhatCannotBe(tagged);
        nameHeadlessAdjectives(tagged);
        return tagged;
    }

    /**
     * Names words anew that the tagger takes for what they cannot be: a pronoun that is none ("hat"), or one that is nothing else; the
     * auxiliary "can" with no verb to help; and a verb that ends a caption, or a part of its list, where no verb of that form can: alone,
     * or behind a noun in the singular ("a stop sign", where a verb would be "signs").
     */
    private static void nameWhatCannotBe(List<Tagged> tagged) {
        for (int i = 0; i < tagged.size(); i++) {
            Tagged word = tagged.get(i);
            boolean behindNoun = tagStartsWith("NN", tagged, i - 1);
            boolean noun = switch (word.tag()) {
                case "PRON" -> !PRONOUNS.contains(word.word()) && !PRONOUNS_AND_MORE.contains(word.word());
                case "AUX" -> word.word().equals("can") && behindNoun && !tagStartsWith("VERB", tagged, i + 1) && !tagStartsWith("AUX", tagged, i + 1);
                case "VERB" -> endsPart(tagged, i) && !PARTICIPLE.matcher(word.word()).find() && (beginsPart(tagged, i)
                        || behindNoun && !tagged.get(i - 1).word().endsWith("s") && !word.word().endsWith("s"));
                default -> false;
            };
            if (noun || PRONOUNS.contains(word.word())) {
                tagged.set(i, new Tagged(word.word(), noun ? "NN" : "PRON", word.span()));
            }
        }
    }

    private static boolean beginsPart(List<Tagged> words, int at) {
        return at == 0 || parts(words.get(at - 1));
    }

    private static boolean endsPart(List<Tagged> words, int at) {
        return at == words.size() - 1 || parts(words.get(at + 1));
    }

    /** Stands between the things of a list. */
    private static boolean parts(Tagged word) {
        return word.tag().equals("SYM") || word.tag().equals("CCONJ");
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
        return at >= 0 && at < words.size() && words.get(at).tag().startsWith(prefix);
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

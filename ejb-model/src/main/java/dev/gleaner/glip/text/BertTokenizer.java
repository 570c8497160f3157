package dev.gleaner.glip.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * BERT's uncased tokeniser: text to word pieces with their places in the original text.
 *
 * <p>It follows the fast tokeniser that the official code uses (Devlin et al. 2018, and Hugging Face's
 * {@code BertTokenizerFast}): control, format and private-use characters are dropped, accents are stripped (canonical
 * decomposition without non-spacing marks), letters are lowered one by one, CJK ideographs and punctuation stand alone, words are
 * cut greedily into the longest pieces of the vocabulary, and a word of more than 100 characters, or one that cannot be cut, is
 * {@code [UNK]} as a whole. {@code [MASK]} and its like, spelled exactly so, are tokens of their own also inside a text.
 * Character classes are the running Java's; that tokeniser has Unicode 8's, so some marks and punctuation of rare scripts that
 * Unicode added or changed later are treated otherwise there. Immutable; any thread may use it.
 */
public final class BertTokenizer {

    private static final int LONGEST_WORD = 100;
    private static final int REPLACEMENT_CHARACTER = 0xFFFD;
    private static final String CONTINUATION = "##";
    private static final Span NOWHERE = new Span(0, 0);
    private static final Pattern SPECIAL = Pattern.compile("\\[(?:PAD|UNK|CLS|SEP|MASK)]");

    private final Map<String, Integer> beginnings = new HashMap<>();
    private final Map<String, Integer> continuations = new HashMap<>();
    private final int longestPiece;
    private final int padding;
    private final int unknown;
    private final int classification;
    private final int separator;

    private BertTokenizer(List<String> vocabulary) throws IOException {
        int longest = 0;
        for (int id = 0; id < vocabulary.size(); id++) {
            String token = vocabulary.get(id);
            if (token.startsWith(CONTINUATION)) {
                continuations.put(token.substring(CONTINUATION.length()), id);
            } else {
                beginnings.put(token, id);
            }
            longest = Math.max(longest, token.length());
        }
        longestPiece = longest;
        padding = special("[PAD]");
        unknown = special("[UNK]");
        classification = special("[CLS]");
        separator = special("[SEP]");
    }

    private int special(String token) throws IOException {
        Integer id = beginnings.get(token);
        if (id == null) {
            throw new IOException("vocabulary: no " + token + " among " + (beginnings.size() + continuations.size())
                    + " tokens, expected BERT's vocab.txt with one token a line");
        }
        return id;
    }

    /**
     * Reads a vocabulary: UTF-8, one token a line, a token's id is its line counted from 0.
     *
     * @throws IOException if the file cannot be read or lacks {@code [PAD]}, {@code [UNK]}, {@code [CLS]} or {@code [SEP]}
     */
    public static BertTokenizer read(Path vocabulary) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(vocabulary)) {
            return read(lines);
        }
    }

    /** As {@link #read(Path)}, from a reader that the caller closes. */
    public static BertTokenizer read(BufferedReader vocabulary) throws IOException {
        List<String> tokens = new ArrayList<>();
        for (String line = vocabulary.readLine(); line != null; line = vocabulary.readLine()) {
            tokens.add(line);
        }
        return new BertTokenizer(tokens);
    }

    /** The id of {@code [PAD]}. */
    public int padding() {
        return padding;
    }

    /** Tokenises a text of any length; nothing is cut off and nothing padded. */
    public Encoding encode(String text) {
        Tokens tokens = new Tokens();
        tokens.add(classification, NOWHERE);
        Matcher special = SPECIAL.matcher(text);
        int from = 0;
        while (special.find()) {
            Integer id = beginnings.get(special.group());
            if (id != null) {
                words(text, from, special.start(), tokens);
                tokens.add(id, new Span(special.start(), special.end()));
                from = special.end();
            }
        }
        words(text, from, text.length(), tokens);
        tokens.add(separator, NOWHERE);
        return tokens.encoding(text);
    }

    private void words(String text, int from, int to, Tokens tokens) {
        Word word = new Word();
        for (int offset = from; offset < to; ) {
            int c = text.codePointAt(offset);
            int next = offset + Character.charCount(c);
            if (isBlank(c)) {
                pieces(word, tokens);
            } else if (!isDropped(c)) {
                boolean alone = isIdeograph(c);
                if (alone) {
                    pieces(word, tokens);
                }
                letters(c, new Span(offset, next), word, tokens);
                if (alone) {
                    pieces(word, tokens);
                }
            }
            offset = next;
        }
        pieces(word, tokens);
    }

    /** Appends what decomposing, stripping and lowering leave of one character. */
    private void letters(int c, Span span, Word word, Tokens tokens) {
        if (c < 0x80) {
            letter(Character.toLowerCase(c), span, word, tokens);
            return;
        }
        Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD).codePoints()
                .filter(d -> Character.getType(d) != Character.NON_SPACING_MARK)
                .forEach(d -> letter(Character.toLowerCase(d), span, word, tokens));
    }

    /** Punctuation ends the word before and after it. */
    private void letter(int c, Span span, Word word, Tokens tokens) {
        boolean alone = isPunctuation(c);
        if (alone) {
            pieces(word, tokens);
        }
        word.append(c, span);
        if (alone) {
            pieces(word, tokens);
        }
    }

    /** Cuts a finished word into the longest pieces of the vocabulary, left to right, and empties it. */
    private void pieces(Word word, Tokens tokens) {
        if (word.isEmpty()) {
            return;
        }
        int before = tokens.size();
        int from = word.codePoints() > LONGEST_WORD ? -1 : 0;
        while (from >= 0 && from < word.length()) {
            Map<String, Integer> known = from == 0 ? beginnings : continuations;
            int to = Math.min(word.length(), from + longestPiece);
            Integer id = known.get(word.substring(from, to));
            while (id == null && --to > from) {
                id = known.get(word.substring(from, to));
            }
            if (id == null) {
                from = -1;
            } else {
                tokens.add(id, word.span(from, to));
                from = to;
            }
        }
        if (from < 0) {
            tokens.cut(before);
            tokens.add(unknown, word.span(0, word.length()));
        }
        word.clear();
    }

    private static boolean isBlank(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    private static boolean isDropped(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.PRIVATE_USE || c == REPLACEMENT_CHARACTER;
    }

    /** The blocks BERT splits at; the fast tokeniser starts extension E at 2B920, where the block itself starts at 2B820. */
    private static boolean isIdeograph(int c) {
        return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F || c >= 0x2B740 && c <= 0x2B81F || c >= 0x2B920 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
    }

    /** Unicode's punctuation, and the ASCII symbols that BERT counts as such ({@code $ + < = > ^ ` | ~}). */
    static boolean isPunctuation(int c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION, Character.END_PUNCTUATION,
                 Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION, Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** A word after normalisation; each of its {@code char}s remembers where in the text it comes from. */
    private static final class Word {
        private final StringBuilder letters = new StringBuilder();
        private final List<Span> origins = new ArrayList<>();

        void append(int codePoint, Span origin) {
            letters.appendCodePoint(codePoint);
            while (origins.size() < letters.length()) {
                origins.add(origin);
            }
        }

        Span span(int from, int to) {
            return new Span(origins.get(from).start(), origins.get(to - 1).end());
        }

        String substring(int from, int to) {
            return letters.substring(from, to);
        }

        boolean isEmpty() {
            return letters.isEmpty();
        }

        int length() {
            return letters.length();
        }

        int codePoints() {
            return letters.codePointCount(0, letters.length());
        }

        void clear() {
            letters.setLength(0);
            origins.clear();
        }
    }

    private static final class Tokens {
        private final List<Integer> ids = new ArrayList<>();
        private final List<Span> spans = new ArrayList<>();

        void add(int id, Span span) {
            ids.add(id);
            spans.add(span);
        }

        int size() {
            return ids.size();
        }

        void cut(int size) {
            ids.subList(size, ids.size()).clear();
            spans.subList(size, spans.size()).clear();
        }

        Encoding encoding(String text) {
            return new Encoding(text, ids.stream().mapToInt(Integer::intValue).toArray(), spans.toArray(Span[]::new));
        }
    }
}

package dev.gleaner.glip.text;

import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns prompts and captions into what the language backbone reads. Immutable; any thread may use it.
 *
 * <p>Prompts are put into captions by the official detection route ({@link Caption#ofCategories}). Two things differ from the
 * official code, which fails or silently drops a name there: forty categories that do not fit the text length are cut into
 * several chunks, and any number of blanks or dropped characters around a name is skipped, not just two.
 */
public final class TextPlanner {

    /** Categories a chunk in the official evaluation of many categories ({@code TEST.CHUNKED_EVALUATION}). */
    private static final int OFFICIAL_CHUNK = 40;
    private static final int CLS_AND_SEP = 2;
    private static final int SHOWN = 60;

    private final BertTokenizer tokenizer;
    private final String separator;
    private final int separatorTokens;
    private final int textLength;

    /**
     * @param separator  what stands between two names ({@code DATASETS.SEPARATION_TOKENS})
     * @param textLength tokens the model reads, {@code [CLS]} and {@code [SEP]} included
     *                   ({@code MODEL.LANGUAGE_BACKBONE.MAX_QUERY_LEN})
     * @throws IllegalArgumentException if the separator does not part words: names would melt into one another
     */
    public TextPlanner(BertTokenizer tokenizer, String separator, int textLength) {
        if (separator.isEmpty() || !partsWords(separator.codePointAt(0)) || !partsWords(separator.codePointBefore(separator.length()))) {
            throw new IllegalArgumentException(
                    "separator: \"" + separator + "\", expected a blank or punctuation at its beginning and at its end");
        }
        this.tokenizer = tokenizer;
        this.separator = separator;
        this.separatorTokens = tokenizer.encode(separator).length() - CLS_AND_SEP;
        this.textLength = textLength;
    }

    private static boolean partsWords(int c) {
        return Character.isWhitespace(c) || BertTokenizer.isPunctuation(c);
    }

    /**
     * Cuts prompts into chunks, in the order of the list; no prompts give no chunks. The same phrase given twice stands twice,
     * each with tokens of its own.
     *
     * @throws IllegalArgumentException naming the prompt whose phrase leaves no token, or more tokens than the text length
     */
    public List<TextChunk> plan(List<Prompt> prompts, Glip.Chunking chunking) {
        return plan(prompts, switch (chunking) {
            case OFFICIAL -> OFFICIAL_CHUNK;
            case PACKED -> Integer.MAX_VALUE;
        });
    }

    /**
     * All prompts in one chunk.
     *
     * @throws IllegalArgumentException if they need several, or none, or one of them cannot be read
     */
    public TextChunk planOne(List<Prompt> prompts) {
        List<TextChunk> chunks = plan(prompts, Integer.MAX_VALUE);
        if (chunks.size() != 1) {
            throw new IllegalArgumentException("prompts: " + prompts.size() + " fill " + chunks.size() + " texts of " + textLength
                    + " tokens, expected one" + (chunks.isEmpty() ? "" : ", which has room for the first " + chunks.get(0).size()));
        }
        return chunks.get(0);
    }

    List<TextChunk> plan(List<Prompt> prompts, int longest) {
        List<TextChunk> chunks = new ArrayList<>();
        List<Name> chunk = new ArrayList<>();
        int tokens = CLS_AND_SEP;
        for (int index = 0; index < prompts.size(); index++) {
            Name name = name(prompts.get(index), index);
            int more = name.tokens() + separatorTokens;
            if (!chunk.isEmpty() && (index % longest == 0 || tokens + more > textLength)) {
                chunks.add(chunk(chunk));
                chunk.clear();
            }
            tokens = chunk.isEmpty() ? CLS_AND_SEP + name.tokens() : tokens + more;
            chunk.add(name);
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk(chunk));
        }
        return chunks;
    }

    private Name name(Prompt prompt, int index) {
        Encoding encoding = tokenizer.encode(Caption.clean(prompt.phrase()));
        int tokens = encoding.length() - CLS_AND_SEP;
        if (tokens == 0) {
            throw new IllegalArgumentException("prompts[" + index + "].phrase: \"" + shown(prompt.phrase())
                    + "\" leaves nothing to read once text in parentheses and control characters are taken out, expected a word");
        }
        if (encoding.length() > textLength) {
            throw new IllegalArgumentException("prompts[" + index + "].phrase: \"" + shown(prompt.phrase()) + "\" has " + tokens
                    + " tokens, expected at most " + (textLength - CLS_AND_SEP));
        }
        return new Name(index, prompt.phrase(), tokens, new Span(encoding.span(1).start(), encoding.span(tokens).end()));
    }

    private TextChunk chunk(List<Name> names) {
        Caption caption = Caption.ofCategories(names.stream().map(Name::phrase).toList(), separator);
        Encoding encoding = tokenizer.encode(caption.text());
        List<int[]> positions = IntStream.range(0, names.size()).mapToObj(i -> {
            int start = caption.phrases().get(i).spans().get(0).start();
            return encoding.tokensOf(names.get(i).visible().shifted(start));
        }).toList();
        return chunk(caption, encoding, positions, names.stream().mapToInt(Name::index).toArray());
    }

    /**
     * Finds what a free caption names ({@link NounPhrases}).
     *
     * @return the caption with at least one phrase
     * @throws IllegalArgumentException if the caption names nothing, or is longer than the text length
     */
    public Caption read(String caption) {
        int tokens = tokenizer.encode(caption).length();
        if (tokens > textLength) {
            throw new IllegalArgumentException("caption: \"" + shown(caption) + "\" has " + (tokens - CLS_AND_SEP)
                    + " tokens, expected at most " + (textLength - CLS_AND_SEP));
        }
        Caption read = NounPhrases.find(caption);
        if (read.phrases().isEmpty()) {
            throw new IllegalArgumentException("caption: \"" + shown(caption) + "\" names nothing that was recognised as a noun, "
                    + "expected a text like \"a red car and two dogs\"");
        }
        return read;
    }

    /**
     * A caption with its phrases as one chunk. As in the official evaluation a text longer than the text length is cut there;
     * phrases without a token in what is left are not in the chunk.
     */
    public TextChunk ground(Caption caption) {
        Encoding encoding = tokenizer.encode(caption.text()).truncated(textLength);
        List<int[]> positions = caption.phrases().stream().map(phrase -> encoding.tokensOf(phrase, textLength)).toList();
        int[] grounded = IntStream.range(0, positions.size()).filter(i -> positions.get(i).length > 0).toArray();
        return chunk(caption, encoding, IntStream.of(grounded).mapToObj(positions::get).toList(), grounded);
    }

    private TextChunk chunk(Caption caption, Encoding encoding, List<int[]> positions, int[] indexes) {
        return new TextChunk(caption.text(), encoding.paddedIds(textLength, tokenizer.padding()), encoding.attentionMask(textLength),
                positions, indexes);
    }

    private static String shown(String text) {
        return text.codePointCount(0, text.length()) <= SHOWN ? text : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "...";
    }

    /** A prompt ready to be put into a caption; {@code visible} runs from its first to its last token inside the cleaned phrase. */
    private record Name(int index, String phrase, int tokens, Span visible) {
    }
}

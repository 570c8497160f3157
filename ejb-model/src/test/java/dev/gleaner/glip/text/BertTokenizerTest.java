package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BertTokenizerTest {

    private static final List<String> VOCABULARY = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
            ".", "!", "$", "dog", "##s", "cafe", "un", "una", "##aff", "##affable", "##a", "x", "##x", "中", "ᄒ", "##ᅡ", "##ᆫ");

    private final BertTokenizer tokenizer = tokenizer(VOCABULARY);

    static BertTokenizer tokenizer(List<String> vocabulary) {
        try {
            return BertTokenizer.read(new BufferedReader(new StringReader(String.join("\n", vocabulary))));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> tokens(String text) {
        return Arrays.stream(tokenizer.encode(text).ids()).mapToObj(VOCABULARY::get).toList();
    }

    private List<Span> spans(String text) {
        Encoding encoding = tokenizer.encode(text);
        return IntStream.range(1, encoding.length() - 1).mapToObj(encoding::span).toList();
    }

    @Test
    void takesTheLongestPieceFirstAndNeverGoesBack() {
        assertThat(tokens("dogs")).containsExactly("[CLS]", "dog", "##s", "[SEP]");
        assertThat(tokens("unaffs")).as("una + ffs has no end, un + ##aff + ##s is not tried").containsExactly("[CLS]", "[UNK]", "[SEP]");
        assertThat(spans("dogs dog")).containsExactly(new Span(0, 3), new Span(3, 4), new Span(5, 8));
    }

    @Test
    void stripsCaseAndAccentsHoweverTheyAreWritten() {
        assertThat(tokens("CAFÉ cafe\u0301")).containsExactly("[CLS]", "cafe", "cafe", "[SEP]");
        assertThat(spans("CAFÉ cafe\u0301s")).containsExactly(new Span(0, 4), new Span(5, 9), new Span(10, 11));
    }

    @Test
    void letsPunctuationSymbolsAndIdeographsStandAlone() {
        assertThat(tokens("dog!$.dog")).containsExactly("[CLS]", "dog", "!", "$", ".", "dog", "[SEP]");
        assertThat(tokens("dog中dog")).containsExactly("[CLS]", "dog", "中", "dog", "[SEP]");
    }

    @Test
    void dropsControlCharactersWithoutPartingTheWord() {
        assertThat(tokens("do\u200bg\u0000s")).containsExactly("[CLS]", "dog", "##s", "[SEP]");
        assertThat(spans("do\u200bg\u0000s")).containsExactly(new Span(0, 4), new Span(5, 6));
    }

    @Test
    void givesEveryPieceOfOneCharacterThatCharactersPlace() {
        assertThat(tokens("한")).containsExactly("[CLS]", "ᄒ", "##ᅡ", "##ᆫ", "[SEP]");
        assertThat(spans("한")).containsOnly(new Span(0, 1));
        assertThat(tokenizer.encode("한").charToToken(0)).isEqualTo(1);
    }

    @Test
    void readsSpecialTokensSpelledInTheText() {
        assertThat(tokens("dog[MASK]dog [mask]"))
                .containsExactly("[CLS]", "dog", "[MASK]", "dog", "[UNK]", "[UNK]", "[UNK]", "[SEP]");
    }

    @Test
    void leavesTextInBracketsAloneWhenTheVocabularyHasNoSuchToken() {
        List<String> withoutMask = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[", "]", "mask");
        assertThat(tokenizer(withoutMask).encode("[MASK]").ids()).containsExactly(2, 4, 6, 5, 3);
    }

    @Test
    void readsNothingInAnEmptyOrBlankText() {
        assertThat(tokens("")).containsExactly("[CLS]", "[SEP]");
        assertThat(tokens(" \t\r\n\u00a0\u3000")).containsExactly("[CLS]", "[SEP]");
        assertThat(tokenizer.encode("").charToToken(0)).isEqualTo(-1);
    }

    @Test
    void readsPunctuationAloneSignBySign() {
        assertThat(tokens("...!")).containsExactly("[CLS]", ".", ".", ".", "!", "[SEP]");
    }

    @Test
    void countsAnEmojiAsTwoCharsAndOneUnknownWord() {
        assertThat(tokens("😀 dog")).containsExactly("[CLS]", "[UNK]", "dog", "[SEP]");
        assertThat(spans("😀 dog")).containsExactly(new Span(0, 2), new Span(3, 6));
        assertThat(tokenizer.encode("😀 dog").charToToken(1)).isEqualTo(1);
    }

    @Test
    void givesUpOnWordsOfMoreThanAHundredCharacters() {
        assertThat(tokenizer.encode("x".repeat(100)).length()).isEqualTo(102);
        assertThat(tokens("x".repeat(101))).containsExactly("[CLS]", "[UNK]", "[SEP]");
        assertThat(spans("x".repeat(10_000))).containsExactly(new Span(0, 10_000));
    }

    @Test
    void readsTextsOfAnyLength() {
        Encoding encoding = tokenizer.encode("dog ".repeat(2_500));
        assertThat(encoding.length()).isEqualTo(2_502);
        assertThat(encoding.span(2_500)).isEqualTo(new Span(9_996, 9_999));
        assertThat(encoding.charToToken(9_998)).isEqualTo(2_500);
    }

    @Test
    void readsAVocabularyWithWindowsLineEnds() throws IOException {
        BertTokenizer windows = BertTokenizer.read(new BufferedReader(new StringReader("[UNK]\r\n[CLS]\r\n[SEP]\r\ndog\r\n[PAD]\r\n")));
        assertThat(windows.encode("dog").ids()).containsExactly(1, 3, 2);
        assertThat(windows.padding()).isEqualTo(4);
    }

    @Test
    void refusesAVocabularyWithoutTheSpecialTokens() {
        assertThatThrownBy(() -> BertTokenizer.read(new BufferedReader(new StringReader("[PAD]\n[UNK]\n[SEP]\ndog"))))
                .isInstanceOf(IOException.class).hasMessage("vocabulary: no [CLS] among 4 tokens, expected BERT's vocab.txt with one token a line");
    }
}

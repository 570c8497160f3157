package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EncodingTest {

    private static final BertTokenizer TOKENIZER = BertTokenizerTest.tokenizer(
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "dog", "##s", "and", "cat"));

    /** [CLS] red dog ##s and cat [SEP]. */
    private final Encoding encoding = TOKENIZER.encode("red dogs and   cat");

    @Test
    void findsTheTokensOfASpan() {
        assertThat(encoding.tokensOf(new Span(0, 8))).containsExactly(1, 2, 3);
        assertThat(encoding.tokensOf(new Span(5, 7))).as("inside dog##s").containsExactly(2);
        assertThat(encoding.tokensOf(new Span(4, 8))).containsExactly(2, 3);
    }

    @Test
    void skipsTwoCharactersWithoutATokenAndNoMore() {
        assertThat(encoding.tokensOf(new Span(13, 18))).as("two blanks before cat").containsExactly(5);
        assertThat(encoding.tokensOf(new Span(12, 18))).as("three blanks before cat").isEmpty();
        assertThat(encoding.tokensOf(new Span(9, 14))).as("two blanks after and").containsExactly(4);
        assertThat(encoding.tokensOf(new Span(9, 15))).as("three blanks after and").isEmpty();
    }

    @Test
    void findsNothingInBlanksNorAtTheEdges() {
        assertThat(encoding.tokensOf(new Span(12, 15))).isEmpty();
        assertThat(encoding.tokensOf(new Span(3, 4))).isEmpty();
        assertThat(encoding.tokensOf(new Span(0, 0))).isEmpty();
        assertThat(encoding.tokensOf(new Span(18, 18))).isEmpty();
        assertThat(TOKENIZER.encode("").tokensOf(new Span(0, 0))).isEmpty();
    }

    @Test
    void countsTheTokensOfOverlappingSpansOnce() {
        Phrase phrase = new Phrase("red dogs", List.of(new Span(15, 18), new Span(4, 8), new Span(0, 7)));
        assertThat(encoding.tokensOf(phrase, 256)).containsExactly(1, 2, 3, 5);
        assertThat(encoding.tokensOf(phrase, 3)).containsExactly(1, 2);
    }

    @Test
    void spreadsEachRowOfThePositiveMapOverItsTokens() {
        Phrase two = new Phrase("dogs", List.of(new Span(4, 8)));
        Phrase none = new Phrase("", List.of());
        assertThat(encoding.positiveMap(List.of(two, none), 6)).isDeepEqualTo(new float[][] {
            {0, 0, 0.49999976f, 0.49999976f, 0, 0},
            {0, 0, 0, 0, 0, 0},
        });
    }

    @Test
    void keepsTheLastSeparatorWhenCut() {
        Encoding cut = encoding.truncated(4);
        assertThat(cut.ids()).containsExactly(2, 4, 5, 3);
        assertThat(cut.span(3)).isEqualTo(new Span(0, 0));
        assertThat(cut.charToToken(5)).isEqualTo(2);
        assertThat(cut.charToToken(7)).as("##s was cut off").isEqualTo(-1);
        assertThat(encoding.truncated(7)).isSameAs(encoding);
    }

    @Test
    void isPaddedAndMasked() {
        assertThat(TOKENIZER.encode("cat").paddedIds(5, 7)).containsExactly(2, 8, 3, 7, 7);
        assertThat(TOKENIZER.encode("cat").attentionMask(5)).containsExactly(1, 1, 1, 0, 0);
    }
}

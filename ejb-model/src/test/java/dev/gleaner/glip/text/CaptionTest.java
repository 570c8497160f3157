package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CaptionTest {

    @Test
    void cleansAndJoinsCategoryNames() {
        assertThat(Caption.ofCategories(List.of("hot_dog", "bus_(vehicle)", "cat"), ". ")).isEqualTo(new Caption("hot dog. bus . cat",
                List.of(phrase("hot dog", 0, 7), phrase("bus ", 9, 13), phrase("cat", 15, 18))));
    }

    @Test
    void leavesTheNamesOfTheDemoListAsTheyAreAndEndsWithASeparator() {
        assertThat(Caption.ofDemoList(List.of("hot_dog", "cat"))).isEqualTo(new Caption("hot_dog . cat . ",
                List.of(phrase("hot_dog", 0, 7), phrase("cat", 10, 13))));
    }

    @Test
    void isEmptyForNoNames() {
        assertThat(Caption.ofCategories(List.of(), ". ")).isEqualTo(new Caption("", List.of()));
        assertThat(Caption.ofDemoList(List.of())).isEqualTo(new Caption("", List.of()));
    }

    @Test
    void takesOutFromTheFirstOpeningToTheLastClosingParenthesis() {
        assertThat(Caption.clean("a (b) c (d) e")).isEqualTo("a e");
        assertThat(Caption.clean("a (b\nc)")).as("not across lines").isEqualTo("a (b\nc)");
        assertThat(Caption.clean("a___b")).as("a single pass over the blanks").isEqualTo("a  b");
    }

    @Test
    void refusesASpanBeyondItsText() {
        assertThatThrownBy(() -> new Caption("dog", List.of(phrase("dog", 0, 4)))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("span: [0, 4) of phrase \"dog\", expected an end of at most 3, the length of the caption");
        assertThatThrownBy(() -> new Span(3, 2)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("span: [3, 2), expected 0 <= start <= end");
    }

    private static Phrase phrase(String text, int start, int end) {
        return new Phrase(text, List.of(new Span(start, end)));
    }
}

package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.text.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeftRightTest {

    @ParameterizedTest
    @CsvSource({
        "the left dog, the right dog",
        "Left of the RIGHT one, Right of the LEFT one",
        "left_hand, right_hand",
        "the right-most and the rightmost, the left-most and the leftmost",
        "leftover copyright bright lefty, leftover copyright bright lefty",
        "right, left",
        "two cats, two cats"})
    void exchangesWholeWordsAndKeepsTheirCase(String given, String exchanged) {
        assertThat(LeftRight.exchanged(given).text()).isEqualTo(exchanged);
        assertThat(LeftRight.exchanged(exchanged).text()).isEqualTo(given);
    }

    @Test
    void movesSpansWithTheirWords() {
        String given = "a cat left of the right dog and a bird";
        LeftRight mirrored = LeftRight.exchanged(given);
        assertThat(mirrored.text()).isEqualTo("a cat right of the left dog and a bird");

        assertThat(moved(mirrored, given, "a cat")).isEqualTo("a cat");
        assertThat(moved(mirrored, given, "left")).isEqualTo("right");
        assertThat(moved(mirrored, given, "the right dog")).isEqualTo("the left dog");
        assertThat(moved(mirrored, given, "dog")).isEqualTo("dog");
        assertThat(moved(mirrored, given, "a bird")).isEqualTo("a bird");
        assertThat(moved(mirrored, given, given)).isEqualTo(mirrored.text());
        // Part of the word becomes all of it.
        assertThat(moved(mirrored, given, "eft of")).isEqualTo("right of");
        assertThat(moved(mirrored, given, "cat le")).isEqualTo("cat right");
    }

    private static String moved(LeftRight mirrored, String given, String phrase) {
        int start = given.indexOf(phrase);
        Span span = mirrored.span(new Span(start, start + phrase.length()));
        return mirrored.text().substring(span.start(), span.end());
    }
}

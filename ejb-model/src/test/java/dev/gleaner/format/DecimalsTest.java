package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {

    @Test
    void wholePixelsStayWhole() {
        assertThat(Decimals.pixels(Box.xywh(0, 10, 1, 20))).hasToString("[1, 11, 1, 30]");
        assertThat(Decimals.betweenPixels(numbers("1", "11", "1", "30"))).isEqualTo(Box.xywh(0, 10, 1, 20));
        assertThat(Decimals.edges(Box.xywh(0, 10, 1, 20))).hasToString("[0, 10, 1, 30]");
        assertThat(Decimals.between(numbers("0", "10", "1", "30"))).isEqualTo(Box.xywh(0, 10, 1, 20));
    }

    @Test
    void partsOfPixelsHaveAsManyDecimalsAsTheyNeed() {
        assertThat(Decimals.edges(Box.xywh(0.25, 0.5, 1, 1))).hasToString("[0.25, 0.50, 1.25, 1.50]");
        Box third = Box.xywh(1 / 3.0, 1e-7, 2 / 3.0, 0.1);
        assertThat(Decimals.between(Decimals.edges(third))).isEqualTo(third);
        assertThat(Decimals.betweenPixels(Decimals.pixels(third))).isEqualTo(third);
    }

    @Test
    void aQuarterTurnAboutTheCornerLiesToTheLeft() {
        Box turned = Decimals.turned(Box.xywh(10, 20, 4, 2), 90, 10, 20);

        assertThat(turned.x()).isCloseTo(8, within(1e-9));
        assertThat(turned.y()).isCloseTo(20, within(1e-9));
        assertThat(turned.width()).isCloseTo(2, within(1e-9));
        assertThat(turned.height()).isCloseTo(4, within(1e-9));
    }

    @Test
    void findsTheBoxAroundPoints() {
        assertThat(Decimals.around(numbers("3", "9", "1", "4", "2", "5"))).hasToString("[1, 4, 3, 9]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "one", "NaN", "Infinity", "-Infinity", "1e999", "1e13", "0x1p3", "0.1f"})
    void takesNothingThatIsNoNumberOfAFile(String text) {
        assertThat(Decimals.number(text)).isEmpty();
    }

    @Test
    void aNumberOfNextToNothingIsNothing() {
        assertThat(Decimals.number("1e-999999999")).contains(BigDecimal.ZERO);
    }

    private static List<BigDecimal> numbers(String... texts) {
        return Decimals.numbers(Stream.of(texts)).orElseThrow();
    }
}

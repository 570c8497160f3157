package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.RelativeBox.Convention;
import dev.gleaner.glip.Box;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RelativeBoxTest {

    private static final PixelSize SIZE = new PixelSize(640, 480);

    @Test
    void readsYoloAsCentreAndSize() {
        RelativeBox box = Convention.CENTRE.read(numbers("0.5", "0.5", "0.25", "1"));

        assertThat(box.in(SIZE)).isEqualTo(Box.xywh(240, 0, 160, 480));
    }

    @Test
    void readsLabelStudioAsCornerAndSizeInPercent() {
        assertThat(Convention.PERCENT.read(numbers("25", "50", "12.5", "50")).in(SIZE)).isEqualTo(Box.xywh(160, 240, 80, 240));
    }

    @Test
    void writesSixDecimalsWhereTheyAreEnoughAndMoreWhereNot() {
        assertThat(Convention.CENTRE.write(Box.xywh(240, 0, 160, 480), SIZE)).hasToString("[0.500000, 0.500000, 0.250000, 1.000000]");
        assertThat(Convention.CENTRE.write(Box.xywh(0, 0, 1, 1), new PixelSize(3, 3)).get(0).scale()).isGreaterThan(6);
    }

    @Test
    void aThirdOfAPixelComesBackAsItWas() {
        Box box = Box.xywh(1 / 3.0, 0.1, 639 - 1 / 3.0, 1e-9);
        for (Convention convention : Convention.values()) {
            assertThat(convention.read(convention.write(box, SIZE)).in(SIZE)).isEqualTo(box);
        }
    }

    @Test
    void survivesItsOwnText() {
        RelativeBox box = Convention.CENTRE.read(numbers("0.1234567890123456789", "1e-3", "0.1", "0.000001"));

        assertThat(RelativeBox.parse(box.toString()).in(SIZE)).isEqualTo(box.in(SIZE));
    }

    private static List<BigDecimal> numbers(String... texts) {
        return Stream.of(texts).map(text -> Decimals.number(text).orElseThrow()).toList();
    }
}

package dev.gleaner.format;

import dev.gleaner.glip.Box;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.Stream;

/**
 * A box in fractions of its image, corner and size. It is exact, in decimals: a pixel that is divided by the image's width
 * and multiplied by it again in binary is not always the same pixel.
 *
 * @param x     of the left edge, 0 at the image's and 1 at its right one
 * @param width in widths of the image
 */
public record RelativeBox(BigDecimal x, BigDecimal y, BigDecimal width, BigDecimal height) {

    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    /** Decimals of a pixel. What lies behind them is left of a division. */
    private static final int PIXEL_DECIMALS = 30;
    private static final int EXACT = 60;
    /** Usual, and what is written at least. */
    private static final int DECIMALS = 6;

    /** How a format writes such a box in four numbers. */
    public enum Convention {
        /** YOLO's: centre and size, in fractions. */
        CENTRE {
            @Override
            public RelativeBox read(List<BigDecimal> numbers) {
                BigDecimal width = numbers.get(2);
                BigDecimal height = numbers.get(3);
                return new RelativeBox(numbers.get(0).subtract(width.divide(TWO)), numbers.get(1).subtract(height.divide(TWO)), width, height);
            }

            @Override
            List<BigDecimal> numbers(RelativeBox box) {
                return List.of(box.x.add(box.width.divide(TWO)), box.y.add(box.height.divide(TWO)), box.width, box.height);
            }
        },
        /** Label Studio's: top-left corner and size, in percent. */
        PERCENT {
            @Override
            public RelativeBox read(List<BigDecimal> numbers) {
                return new RelativeBox(numbers.get(0).divide(HUNDRED), numbers.get(1).divide(HUNDRED), numbers.get(2).divide(HUNDRED),
                        numbers.get(3).divide(HUNDRED));
            }

            @Override
            List<BigDecimal> numbers(RelativeBox box) {
                return Stream.of(box.x, box.y, box.width, box.height).map(HUNDRED::multiply).toList();
            }
        };

        /** @param numbers four of them */
        public abstract RelativeBox read(List<BigDecimal> numbers);

        abstract List<BigDecimal> numbers(RelativeBox box);

        /**
         * The four numbers that stand for a box, in as few decimals, at least six, as give exactly this box back.
         *
         * @param box in pixels of the image
         */
        public List<BigDecimal> write(Box box, PixelSize image) {
            return Decimals.fewest(numbers(RelativeBox.of(box, image)), DECIMALS, numbers -> read(numbers).in(image), box);
        }
    }

    private static RelativeBox of(Box box, PixelSize image) {
        return new RelativeBox(part(box.x(), image.width()), part(box.y(), image.height()), part(box.width(), image.width()),
                part(box.height(), image.height()));
    }

    private static BigDecimal part(double pixels, int whole) {
        return new BigDecimal(pixels).divide(BigDecimal.valueOf(whole), EXACT, RoundingMode.HALF_EVEN);
    }

    /** The box in pixels of an image of this size. */
    public Box in(PixelSize image) {
        return Box.xywh(pixels(x, image.width()), pixels(y, image.height()), pixels(width, image.width()), pixels(height, image.height()));
    }

    private static double pixels(BigDecimal part, int whole) {
        return part.multiply(BigDecimal.valueOf(whole)).setScale(PIXEL_DECIMALS, RoundingMode.HALF_EVEN).doubleValue();
    }

    /** The same in floating point, in fractions. */
    public Box rounded() {
        return Box.xywh(x.doubleValue(), y.doubleValue(), width.doubleValue(), height.doubleValue());
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return x.toPlainString() + " " + y.toPlainString() + " " + width.toPlainString() + " " + height.toPlainString();
    }

    public static RelativeBox parse(String text) {
        String[] parts = text.split(" ");
        return new RelativeBox(new BigDecimal(parts[0]), new BigDecimal(parts[1]), new BigDecimal(parts[2]), new BigDecimal(parts[3]));
    }
}

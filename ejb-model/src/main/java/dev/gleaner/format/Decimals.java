package dev.gleaner.format;

import dev.gleaner.glip.Box;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Numbers as files write them, in decimals, so that what was written in few digits stays what it was. */
final class Decimals {

    /** Digits that no file has; longer ones are an attack on whoever computes with them. */
    private static final int MOST_CHARACTERS = 80;
    private static final double MOST = 1e12;
    private static final double LEAST = 1e-40;
    private static final int[] TRIED = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 30, 38, 46};

    private Decimals() {
    }

    /** A number of a file; empty if it is none, is not finite, or is beyond what any file means. */
    static Optional<BigDecimal> number(String text) {
        try {
            double value = text == null ? Double.NaN : Double.parseDouble(text);
            if (!(Math.abs(value) <= MOST) || text.length() > MOST_CHARACTERS) {
                return Optional.empty();
            }
            return Optional.of(Math.abs(value) < LEAST ? BigDecimal.ZERO : new BigDecimal(text.strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** All of them as numbers; empty if one is none. */
    static Optional<List<BigDecimal>> numbers(Stream<String> texts) {
        List<Optional<BigDecimal>> numbers = texts.map(Decimals::number).toList();
        return numbers.stream().allMatch(Optional::isPresent) ? Optional.of(numbers.stream().map(Optional::orElseThrow).toList()) : Optional.empty();
    }

    /**
     * Numbers in as few decimals as give the same box back.
     *
     * @param exact    what they are
     * @param decimals at least this many
     * @param read     what a reader makes of them
     */
    static List<BigDecimal> fewest(List<BigDecimal> exact, int decimals, Function<List<BigDecimal>, Box> read, Box box) {
        for (int tried : TRIED) {
            if (tried >= decimals) {
                List<BigDecimal> rounded = exact.stream().map(number -> number.setScale(tried, RoundingMode.HALF_EVEN)).toList();
                if (read.apply(rounded).equals(box)) {
                    return rounded;
                }
            }
        }
        return exact.stream().map(number -> number.setScale(TRIED[TRIED.length - 1], RoundingMode.HALF_EVEN)).toList();
    }

    /** The box between two corners: left, top, right and bottom edge. */
    static Box between(List<BigDecimal> edges) {
        return box(edges, BigDecimal.ZERO);
    }

    /** The edges of a box. */
    static List<BigDecimal> edges(Box box) {
        return fewest(corners(box, BigDecimal.ZERO), 0, Decimals::between, box);
    }

    /** The box of VOC's corners: pixels are counted from 1, and the last one is part of the box. */
    static Box betweenPixels(List<BigDecimal> pixels) {
        return box(pixels, BigDecimal.ONE);
    }

    /** The first and last pixels of a box, counted from 1. */
    static List<BigDecimal> pixels(Box box) {
        return fewest(corners(box, BigDecimal.ONE), 0, Decimals::betweenPixels, box);
    }

    private static Box box(List<BigDecimal> corners, BigDecimal first) {
        return Box.xywh(corners.get(0).subtract(first).doubleValue(), corners.get(1).subtract(first).doubleValue(),
                corners.get(2).subtract(corners.get(0)).add(first).doubleValue(), corners.get(3).subtract(corners.get(1)).add(first).doubleValue());
    }

    /** The edges of a box, exactly. */
    static List<BigDecimal> corners(Box box) {
        return corners(box, BigDecimal.ZERO);
    }

    private static List<BigDecimal> corners(Box box, BigDecimal first) {
        BigDecimal x = new BigDecimal(box.x());
        BigDecimal y = new BigDecimal(box.y());
        return List.of(x.add(first), y.add(first), x.add(new BigDecimal(box.width())), y.add(new BigDecimal(box.height())));
    }

    /** The box around points: x and y of one after the other, at least one. */
    static List<BigDecimal> around(List<BigDecimal> points) {
        BigDecimal left = points.get(0);
        BigDecimal top = points.get(1);
        BigDecimal right = left;
        BigDecimal bottom = top;
        for (int i = 2; i + 1 < points.size(); i += 2) {
            left = left.min(points.get(i));
            right = right.max(points.get(i));
            top = top.min(points.get(i + 1));
            bottom = bottom.max(points.get(i + 1));
        }
        return List.of(left, top, right, bottom);
    }

    /** The box around a rectangle that is turned clockwise about its centre. @param degrees any */
    static Box turned(Box box, double degrees) {
        return turned(box, degrees, box.x() + box.width() / 2, box.y() + box.height() / 2);
    }

    /** The box around a rectangle that is turned clockwise about a point. @param degrees any */
    static Box turned(Box box, double degrees, double aboutX, double aboutY) {
        double sin = Math.sin(Math.toRadians(degrees));
        double cos = Math.cos(Math.toRadians(degrees));
        double left = Double.POSITIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (int corner = 0; corner < 4; corner++) {
            double dx = box.x() + (corner & 1) * box.width() - aboutX;
            double dy = box.y() + (corner >> 1) * box.height() - aboutY;
            left = Math.min(left, aboutX + dx * cos - dy * sin);
            right = Math.max(right, aboutX + dx * cos - dy * sin);
            top = Math.min(top, aboutY + dx * sin + dy * cos);
            bottom = Math.max(bottom, aboutY + dx * sin + dy * cos);
        }
        return Box.xywh(left, top, right - left, bottom - top);
    }
}

package dev.gleaner.format;

import dev.gleaner.format.LabeledImage.LabeledBox;
import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;

/** A dataset of a seed, made of what is unusual: names, sizes, and boxes at borders. Its images are sizes only. */
record GeneratedDataset(List<String> categories, List<LabeledImage> images) {

    private static final List<String> WORDS = List.of("cat", "traffic light", "\u00e4\u00f6\u00fc\u00df", "\u4ea4\u901a\u706f", "\ud83e\udd9d", "no", "null",
            "1.0", "a:b", "- x", "#", "'quoted'", "\"double\"", "<b>&amp;", "a, b; c", "{x}", "[y]", "%41", "@", "!tag", "~", "=", "tab\tbed", "e\u0301",
            "\u05e9\u05dc\u05d5\u05dd", "dog.jpg", "yes", "0x1F", "*star", "&anchor", "|", ">", "a\\b");
    private static final List<String> NAMES = List.of("a", "IMG 0001", "\u00e4\u4e2d", "\ud83e\udd9d", "x.y.z", "100%", "a&b", "it's", "<tag>", "a,b;c", "\u0065\u0301",
            "#1", "(copy)", "images", "labels", "-", "~", "\"q\"", "q=1&d=2", "+plus", "train");
    private static final List<String> FOLDERS = List.of("", "", "train/", "val/", "sub folder/", "a/b/c/", "images/", "\u00fc/");
    private static final List<String> EXTENSIONS = List.of("jpg", "png", "JPG", "jpeg");
    private static final int[] LENGTHS = {1, 2, 3, 7, 640, 480, 333, 1999, 4000, 65_500, 1_000_003};
    /** Of images that are drawn. */
    private static final int[] SMALL = {1, 2, 3, 7, 31, 43, 64};

    /** @param crowds whether some boxes hold crowds */
    static GeneratedDataset of(long seed, boolean crowds) {
        return of(seed, crowds, LENGTHS);
    }

    /** Whose images are small enough to be drawn. */
    static GeneratedDataset small(long seed, boolean crowds) {
        return of(seed, crowds, SMALL);
    }

    private static GeneratedDataset of(long seed, boolean crowds, int[] lengths) {
        Random random = new Random(seed);
        Set<String> categories = new LinkedHashSet<>();
        int wanted = 1 + random.nextInt(6);
        while (categories.size() < wanted) {
            categories.add(pick(random, WORDS) + (random.nextBoolean() ? "" : random.nextInt(100)));
        }
        List<String> names = List.copyOf(categories);
        List<LabeledImage> images = new ArrayList<>();
        Set<String> stems = new HashSet<>();
        long id = 1;
        for (int i = random.nextInt(6); i >= 0; i--) {
            String stem = pick(random, FOLDERS) + pick(random, NAMES);
            if (!stems.add(stem)) {
                continue;
            }
            PixelSize size = new PixelSize(lengths[random.nextInt(lengths.length)], lengths[random.nextInt(lengths.length)]);
            List<LabeledBox> boxes = new ArrayList<>();
            for (int j = random.nextInt(5); j > 0; j--) {
                boxes.add(new LabeledBox(id++, pick(random, names), box(random, size), crowds && random.nextInt(5) == 0, false, OptionalDouble.empty()));
            }
            images.add(new LabeledImage(images.size() + 1, stem + "." + pick(random, EXTENSIONS), size, boxes));
        }
        return new GeneratedDataset(names, images);
    }

    private static Box box(Random random, PixelSize size) {
        double[] x = span(random, size.width());
        double[] y = span(random, size.height());
        return Box.xywh(x[0], y[0], x[1], y[1]);
    }

    /** Begin and length within an image's side: whole pixels, thirds, singles, doubles, with the borders among them. */
    private static double[] span(Random random, int side) {
        double begin = 0;
        double length = side;
        switch (random.nextInt(6)) {
            case 0 -> begin = random.nextInt(side);
            case 1 -> begin = random.nextDouble() * side;
            case 2 -> begin = (float) (random.nextDouble() * side * 0.9);
            case 3 -> begin = side / 3.0;
            case 4 -> length = Math.min(side, 1e-3 + random.nextDouble());
            default -> { }
        }
        if (random.nextBoolean() && begin > 0) {
            length = (side - begin) * random.nextDouble();
        }
        length = Math.min(length, side - begin);
        while (begin + length > side) {
            length = Math.nextDown(length);
        }
        return length > 0 ? new double[] {begin, length} : new double[] {0, side};
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}

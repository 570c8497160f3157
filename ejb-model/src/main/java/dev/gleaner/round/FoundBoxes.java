package dev.gleaner.round;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What selections look at of the teacher's boxes, in columns: 32 bytes a box, so that some hundred thousand are chosen from at a time.
 * Where a box lies is not among it. A box is called by its number, from 0 in the order in which they were added.
 */
public final class FoundBoxes {

    private final Map<Long, Integer> places = new HashMap<>();
    private final List<Long> categories = new ArrayList<>();
    private long[] images;
    private int[] ordinals;
    private int[] placeOf;
    private double[] scores;
    private double[] agreements;
    private int size;

    /** @param expected how many there will be; more are taken, by copying */
    FoundBoxes(int expected) {
        images = new long[expected];
        ordinals = new int[expected];
        placeOf = new int[expected];
        scores = new double[expected];
        agreements = new double[expected];
    }

    /** The boxes as they are listed; their ordinals are their numbers. */
    static FoundBoxes of(Collection<PseudoBox> listed) {
        FoundBoxes boxes = new FoundBoxes(listed.size());
        listed.forEach(box -> boxes.add(box, boxes.size));
        return boxes;
    }

    /** @param ordinal its place among the boxes of the image */
    void add(PseudoBox box, int ordinal) {
        add(box.imageId(), ordinal, box.categoryId(), box.score(), box.agreement());
    }

    void add(long image, int ordinal, long categoryId, double score, double agreement) {
        if (size == images.length) {
            grow(Math.max(16, size + size / 2));
        }
        images[size] = image;
        ordinals[size] = ordinal;
        placeOf[size] = places.computeIfAbsent(categoryId, category -> {
            categories.add(category);
            return categories.size() - 1;
        });
        scores[size] = score;
        agreements[size] = agreement;
        size++;
    }

    /** Adds a box of others. */
    void add(FoundBoxes others, int box) {
        add(others.image(box), others.ordinal(box), others.categoryId(box), others.score(box), others.agreement(box));
    }

    private void grow(int length) {
        images = Arrays.copyOf(images, length);
        ordinals = Arrays.copyOf(ordinals, length);
        placeOf = Arrays.copyOf(placeOf, length);
        scores = Arrays.copyOf(scores, length);
        agreements = Arrays.copyOf(agreements, length);
    }

    int size() {
        return size;
    }

    long image(int box) {
        return images[box];
    }

    /** Its place among the boxes of the image, from 0, best first. */
    int ordinal(int box) {
        return ordinals[box];
    }

    double score(int box) {
        return scores[box];
    }

    double agreement(int box) {
        return agreements[box];
    }

    /** The ids of their categories, each once. */
    List<Long> categories() {
        return List.copyOf(categories);
    }

    /** The place of its category among {@link #categories}. */
    int category(int box) {
        return placeOf[box];
    }

    /** The id of its category. */
    long categoryId(int box) {
        return categories.get(placeOf[box]);
    }

    /** Where it stands among those of its category. */
    LeftBoxes.Place place(int box) {
        return new LeftBoxes.Place(scores[box], images[box], ordinals[box]);
    }

    /** All of them. */
    BitSet all() {
        BitSet all = new BitSet(size);
        all.set(0, size);
        return all;
    }
}

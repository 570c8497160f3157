package dev.gleaner.round;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Selections one after the other, and what each of them dropped. What humans have decided about is dropped before. */
final class SelectionRun {

    /** Nothing dropped it. */
    static final String SELECTED = "";

    private final FoundBoxes boxes;
    /** What can become of a box. */
    private final List<String> fates = new ArrayList<>(List.of(SELECTED));
    /** What became of each: the place among the fates. */
    private final byte[] fateOf;

    private SelectionRun(FoundBoxes boxes) {
        this.boxes = boxes;
        this.fateOf = new byte[boxes.size()];
    }

    /** @param decided the numbers of the boxes that a human has decided about */
    static SelectionRun of(FoundBoxes boxes, BitSet decided, List<Selection> selections) {
        SelectionRun run = new SelectionRun(boxes);
        run.drop(decided, CategorySelection.HUMAN);
        BitSet left = boxes.all();
        left.andNot(decided);
        for (Selection selection : selections) {
            BitSet kept = selection.select(boxes, left);
            left.andNot(kept);
            run.drop(left, selection.name());
            left = kept;
        }
        return run;
    }

    private void drop(BitSet dropped, String by) {
        byte fate = (byte) fates.size();
        fates.add(by);
        dropped.stream().forEach(box -> fateOf[box] = fate);
    }

    /**
     * What became of a box.
     *
     * @param ordinal its place among the boxes of the image
     * @param dropped by what; {@value #SELECTED} for one that is selected
     */
    record Mark(long image, int ordinal, String dropped) {
    }

    /** What became of each of the boxes, in their order. */
    List<Mark> marks() {
        return IntStream.range(0, fateOf.length).mapToObj(box -> new Mark(boxes.image(box), boxes.ordinal(box), fates.get(fateOf[box]))).toList();
    }
}

package dev.gleaner.round;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Selections one after the other, and what each of them dropped. What humans have decided about is dropped before.
 *
 * @param boxes   all that the teacher found
 * @param dropped by what, for each box in turn; {@value #SELECTED} for one that is selected
 */
record SelectionRun(List<PseudoBox> boxes, List<String> dropped) {

    /** Nothing dropped it. */
    static final String SELECTED = "";

    SelectionRun {
        boxes = List.copyOf(boxes);
        dropped = List.copyOf(dropped);
    }

    /** @param decided whether a human has decided about this box: about all of its category there, or about one in its place */
    static SelectionRun of(List<PseudoBox> boxes, Predicate<PseudoBox> decided, List<Selection> selections) {
        Map<PseudoBox, String> droppedBy = new IdentityHashMap<>();
        List<PseudoBox> left = new ArrayList<>();
        for (PseudoBox box : boxes) {
            if (decided.test(box)) {
                droppedBy.put(box, CategorySelection.HUMAN);
            } else {
                left.add(box);
            }
        }
        for (Selection selection : selections) {
            List<PseudoBox> kept = selection.select(left);
            Set<PseudoBox> keptOnes = Collections.newSetFromMap(new IdentityHashMap<>());
            keptOnes.addAll(kept);
            left.stream().filter(box -> !keptOnes.contains(box)).forEach(box -> droppedBy.put(box, selection.name()));
            left = kept;
        }
        return new SelectionRun(boxes, boxes.stream().map(box -> droppedBy.getOrDefault(box, SELECTED)).toList());
    }

    /** What was found and selected of each category, in the order of their ids. */
    List<CategorySelection> byCategory(Map<Long, String> names) {
        List<CategorySelection> rows = new ArrayList<>();
        new TreeMap<>(names).forEach((category, name) -> {
            Map<String, Integer> reasons = new TreeMap<>();
            int found = 0;
            for (int i = 0; i < boxes.size(); i++) {
                if (boxes.get(i).categoryId() == category) {
                    found++;
                    reasons.merge(dropped.get(i), 1, Integer::sum);
                }
            }
            Integer selected = reasons.remove(SELECTED);
            rows.add(new CategorySelection(category, name, found, selected == null ? 0 : selected, reasons));
        });
        return rows;
    }
}

package dev.gleaner.round;

import java.util.List;
import java.util.Map;

/**
 * What the teacher found of a category, and what was selected of it.
 *
 * @param found    boxes
 * @param selected those that are trained on
 * @param dropped  how many by what: the name of a selection, or {@value #HUMAN}
 * @param thresholds by which it was chosen, of the selections that have one for each category, in their order
 */
public record CategorySelection(long category, String name, int found, int selected, Map<String, Integer> dropped, List<Chosen> thresholds) {

    /** A threshold, and the name of the selection whose it is. */
    public record Chosen(String strategy, double least, Threshold.Source source) {
    }

    /** Dropped because a reviewer has decided about boxes of the category on the image. */
    public static final String HUMAN = "human";

    public CategorySelection {
        dropped = Map.copyOf(dropped);
        // Earlier rounds did not write them down.
        thresholds = thresholds == null ? List.of() : List.copyOf(thresholds);
    }
}

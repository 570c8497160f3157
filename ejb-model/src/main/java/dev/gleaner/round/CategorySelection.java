package dev.gleaner.round;

import java.util.Map;

/**
 * What the teacher found of a category, and what was selected of it.
 *
 * @param found    boxes
 * @param selected those that are trained on
 * @param dropped  how many by what: the name of a selection, or {@value #HUMAN}
 */
public record CategorySelection(long category, String name, int found, int selected, Map<String, Integer> dropped) {

    /** Dropped because a reviewer has decided about boxes of the category on the image. */
    public static final String HUMAN = "human";

    public CategorySelection {
        dropped = Map.copyOf(dropped);
    }
}

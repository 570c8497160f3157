package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * The categories of a COCO file, without the one that Roboflow puts in front of them: it is the {@code supercategory} of the others,
 * has {@code none} itself, and no annotation is of it. Whether one is, only the end of the file tells.
 */
final class CocoCategories {

    private static final String NONE = "none";

    private final List<SourceCategory> topmost = new ArrayList<>();
    private final List<SourceCategory> superior = new ArrayList<>();
    private final Set<String> superiors = new HashSet<>();
    private final Set<String> boxed = new HashSet<>();

    /** @param supercategory null where it has none */
    void add(SourceCategory category, String supercategory, Queue<SourceItem> found) {
        if (NONE.equals(supercategory)) {
            topmost.add(category);
        } else {
            found.add(category);
            superiors.add(supercategory);
        }
    }

    /** The list of categories has ended. */
    void listed(Queue<SourceItem> found) {
        for (SourceCategory category : topmost) {
            if (superiors.contains(category.name())) {
                superior.add(category);
            } else {
                found.add(category);
            }
        }
        topmost.clear();
    }

    /** There is an annotation of the category. */
    void boxed(String id) {
        boxed.add(id);
    }

    /** The file has ended. */
    void end(Queue<SourceItem> found) {
        for (SourceCategory category : superior) {
            found.add(boxed.contains(category.id()) ? category : new Finding(Code.NOT_TAKEN, null, "category " + category.id() + " \"" + category.name()
                    + "\" is only the supercategory of others, and no annotation is of it; it was left out"));
        }
    }
}

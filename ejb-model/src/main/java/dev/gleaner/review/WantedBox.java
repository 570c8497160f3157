package dev.gleaner.review;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.review.NewDecision.BoxDecision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * What becomes of a box, read and checked.
 *
 * @param field      what the caller knows it by
 * @param annotation null for a drawn one
 * @param category   its id; null to leave it
 * @param box        null to leave it
 */
record WantedBox(String field, Long annotation, int version, DecidedBox.Action action, Long category, Box box) {

    private static final int MOST = 10_000;
    /** Pixels. What rounding adds at the image's edge is taken. */
    private static final double ROUNDING = 0.01;

    boolean isDrawn() {
        return annotation == null;
    }

    /**
     * Reads the boxes of a decision about an image.
     *
     * @param categories ids by name
     * @throws InvalidInput naming everything that is wrong
     */
    static List<WantedBox> read(List<BoxDecision> boxes, Image image, Map<String, Long> categories) {
        return read(boxes, box -> image, categories);
    }

    /**
     * Reads boxes on several images.
     *
     * @param image of a box
     */
    static List<WantedBox> read(List<BoxDecision> boxes, Function<BoxDecision, Image> image, Map<String, Long> categories) {
        if (boxes == null || boxes.size() > MOST) {
            throw new InvalidInput("boxes", boxes == null ? null : boxes.size() + " boxes", "a list of up to " + MOST + ", empty to leave all as it is");
        }
        List<Fault> faults = new ArrayList<>();
        List<WantedBox> read = new ArrayList<>();
        Set<Long> named = new HashSet<>();
        for (int i = 0; i < boxes.size(); i++) {
            BoxDecision box = boxes.get(i);
            String field = "boxes[" + i + "]";
            if (box == null || box.action() == null || box.action() == DecidedBox.Action.RESTORE) {
                faults.add(new Fault(field + ".action", null, "accept, reject, relabel, move, draw or keep"));
                continue;
            }
            checkAnnotation(box, field, named, faults);
            Long category = category(box, field, categories, faults);
            Box place = box(box, field, image.apply(box), faults);
            read.add(new WantedBox(field, box.annotation(), box.version() == null ? 0 : box.version(), box.action(), category, place));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        return read;
    }

    private static void checkAnnotation(BoxDecision box, String field, Set<Long> named, List<Fault> faults) {
        if (box.action() == DecidedBox.Action.DRAW) {
            if (box.annotation() != null) {
                faults.add(new Fault(field + ".annotation", box.annotation(), "nothing: what is drawn has no id yet"));
            }
        } else if (box.annotation() == null) {
            faults.add(new Fault(field + ".annotation", null, "the id of a box that the item shows"));
        } else if (!named.add(box.annotation())) {
            faults.add(new Fault(field + ".annotation", box.annotation(), "a box that was not named before"));
        } else if (box.version() == null) {
            faults.add(new Fault(field + ".version", null, "the version of the box as it was seen"));
        }
    }

    private static Long category(BoxDecision box, String field, Map<String, Long> categories, List<Fault> faults) {
        boolean needed = box.action() == DecidedBox.Action.DRAW || box.action() == DecidedBox.Action.RELABEL;
        if (box.category() == null) {
            if (needed) {
                faults.add(new Fault(field + ".category", null, "a category of the project"));
            }
        } else if (!needed && box.action() != DecidedBox.Action.MOVE) {
            faults.add(new Fault(field + ".category", box.category(), "nothing, unless the box is relabelled, moved or drawn"));
        } else if (!categories.containsKey(box.category())) {
            faults.add(new Fault(field + ".category", box.category(), "a category of the project"));
        }
        return box.category() == null ? null : categories.get(box.category());
    }

    private static Box box(BoxDecision box, String field, Image image, List<Fault> faults) {
        boolean needed = box.action() == DecidedBox.Action.DRAW || box.action() == DecidedBox.Action.MOVE;
        List<Double> bbox = box.bbox();
        if (bbox == null) {
            if (needed) {
                faults.add(new Fault(field + ".bbox", null, "[x, y, width, height]"));
            }
            return null;
        }
        if (!needed && box.action() != DecidedBox.Action.RELABEL) {
            faults.add(new Fault(field + ".bbox", bbox, "nothing, unless the box is moved, relabelled or drawn"));
            return null;
        }
        if (bbox.size() != 4 || bbox.stream().anyMatch(Objects::isNull) || !(bbox.get(2) > 0) || !(bbox.get(3) > 0) || !(bbox.get(0) >= -ROUNDING)
                || !(bbox.get(1) >= -ROUNDING) || !(bbox.get(0) + bbox.get(2) <= image.width() + ROUNDING)
                || !(bbox.get(1) + bbox.get(3) <= image.height() + ROUNDING)) {
            faults.add(new Fault(field + ".bbox", bbox, "[x, y, width, height] within the image of %d x %d pixels, width and height above 0"
                    .formatted(image.width(), image.height())));
            return null;
        }
        return Box.xywh(bbox.get(0), bbox.get(1), bbox.get(2), bbox.get(3));
    }
}

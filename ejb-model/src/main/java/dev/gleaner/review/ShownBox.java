package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.BoxState;
import dev.gleaner.glip.Box;

/**
 * A box as a reviewer gets to see it.
 *
 * @param annotation   its id
 * @param version      of the annotation; a decision says which one it is about
 * @param category     its id
 * @param x            of the top-left corner in upright image pixels
 * @param score        of the model; null if none proposed it
 * @param modelVersion that proposed it; null if none did
 * @param open         whether a decision is wanted: others are shown so that nobody draws them again
 */
public record ShownBox(long annotation, int version, long category, String phrase, double x, double y, double width, double height, Double score,
        Annotation.Status status, Long modelVersion, boolean open) {

    /** As it is now. */
    static ShownBox of(Annotation annotation, boolean open) {
        return new ShownBox(annotation.id(), annotation.version(), annotation.categoryId(), annotation.phrase().orElse(null), annotation.box().x(),
                annotation.box().y(), annotation.box().width(), annotation.box().height(), annotation.score().orElse(null), annotation.status(),
                annotation.modelVersionId().orElse(null), open);
    }

    /** As its model proposed it, whatever became of it. */
    static ShownBox proposal(Annotation annotation) {
        BoxState.Original first = annotation.original().orElse(new BoxState.Original(annotation.categoryId(), annotation.box().x(), annotation.box().y(),
                annotation.box().width(), annotation.box().height()));
        return new ShownBox(annotation.id(), annotation.version(), first.category(), annotation.phrase().orElse(null), first.x(), first.y(),
                first.width(), first.height(), annotation.score().orElse(null), Annotation.Status.PROPOSED, annotation.modelVersionId().orElse(null), true);
    }

    public Box box() {
        return Box.xywh(x, y, width, height);
    }

    BoxState state() {
        return new BoxState(category, x, y, width, height, status, null, null, null, version);
    }
}

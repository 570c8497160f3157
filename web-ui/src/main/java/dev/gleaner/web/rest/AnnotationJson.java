package dev.gleaner.web.rest;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.FiledBox;
import dev.gleaner.glip.Box;
import java.time.Instant;
import java.util.List;

/** A box on an image, as the API writes it, with everything that tells where it came from. */
public record AnnotationJson(long id, long image, String category, String phrase, List<Double> bbox, Double score, Annotation.Status status,
        boolean isCrowd, Long modelVersion, Long labelingRun, String decidedBy, Instant decidedAt, Instant createdAt) {

    static AnnotationJson of(FiledBox filed) {
        Annotation annotation = filed.annotation();
        return new AnnotationJson(annotation.id(), annotation.imageId(), filed.category(), annotation.phrase().orElse(null),
                bbox(annotation.box()), annotation.score().orElse(null), annotation.status(), annotation.isCrowd(),
                annotation.modelVersionId().orElse(null), annotation.labelingRunId().orElse(null),
                annotation.decidedBy().orElse(null), annotation.decidedAt().orElse(null), annotation.createdAt());
    }

    /** {@code [x, y, width, height]}, as COCO has it. */
    static List<Double> bbox(Box box) {
        return List.of(box.x(), box.y(), box.width(), box.height());
    }
}

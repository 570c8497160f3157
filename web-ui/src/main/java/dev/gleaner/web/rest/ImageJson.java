package dev.gleaner.web.rest;

import dev.gleaner.annotation.FiledBox;
import dev.gleaner.dataset.Image;
import java.util.List;

/** An image, as the API writes it; {@code boxes} is null unless they were asked for. */
public record ImageJson(long id, long dataset, String fileName, int width, int height, String sha256, List<AnnotationJson> boxes) {

    static ImageJson of(Image image) {
        return of(image, null);
    }

    static ImageJson of(Image image, List<FiledBox> boxes) {
        return new ImageJson(image.id(), image.datasetId(), image.fileName(), image.width(), image.height(), image.sha256(),
                boxes == null ? null : boxes.stream().map(AnnotationJson::of).toList());
    }
}

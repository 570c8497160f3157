package dev.gleaner;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Photos that lie beside the working tree on some machines, and are never part of it. */
public final class RealPhotos {

    private RealPhotos() {
    }

    /**
     * The folder of 160 photos of raccoons with {@code Annotations} and {@code JPEGImages}. Where there is none, the test that
     * asks is reported as skipped.
     */
    public static Path raccoons() {
        for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
            Path photos = above.resolve("shared/photos/raccoon");
            if (Files.isDirectory(photos)) {
                return photos;
            }
        }
        return abort("there is no folder shared/photos/raccoon beside the working tree");
    }
}

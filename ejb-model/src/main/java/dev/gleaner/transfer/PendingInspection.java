package dev.gleaner.transfer;

import dev.gleaner.format.ImageCheck;
import dev.gleaner.format.ImageInspection;
import dev.gleaner.format.PixelSize;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image of a source that waits to be decoded.
 *
 * @param id       of its row
 * @param declared the size that the annotations give it
 */
public record PendingInspection(long id, String fileName, Path file, Optional<PixelSize> declared) {

    /**
     * Decodes it; touches no database, and may run on any thread.
     *
     * @param sized whether its source gives images their sizes, which then are compared
     */
    InspectedImage inspect(boolean sized) {
        ImageInspection inspection = ImageInspection.of(file);
        return new InspectedImage(id, inspection,
                sized ? ImageCheck.ofAnnotated(fileName, declared, inspection) : ImageCheck.ofPlain(fileName, inspection));
    }
}

package dev.gleaner.transfer;

import dev.gleaner.format.ImageCheck;
import dev.gleaner.format.ImageInspection;
import dev.gleaner.format.PixelFrame;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.remote.RemoteImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image of a source that waits to be decoded; exactly one of file and address is there.
 *
 * @param id       of its row
 * @param declared the size that the annotations give it
 * @param frame    which pixels its boxes are in, where the source is known for that
 */
public record PendingInspection(long id, String fileName, Optional<Path> file, Optional<RemoteAddress> address, Optional<PixelSize> declared,
        Optional<PixelFrame> frame) {

    /**
     * Decodes it, having fetched it first if it is elsewhere; touches no database, and may run on any thread.
     *
     * @param sized whether its source gives images their sizes, which then are compared
     */
    InspectedImage inspect(boolean sized, RemoteImages elsewhere) {
        Path here;
        try {
            here = address.isPresent() ? elsewhere.fetch(address.get()) : file.orElseThrow();
        } catch (IOException e) {
            return new InspectedImage(id, ImageInspection.unreachable(e.getMessage()), ImageCheck.unreachable(fileName, e.getMessage()));
        }
        ImageInspection inspection = ImageInspection.of(here);
        return new InspectedImage(id, inspection,
                sized ? ImageCheck.ofAnnotated(fileName, declared, frame, inspection) : ImageCheck.ofPlain(fileName, inspection));
    }
}

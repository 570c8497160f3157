package dev.gleaner.transfer;

import dev.gleaner.format.BoxCheck;
import dev.gleaner.format.ImageInspection.Picture;
import dev.gleaner.format.PixelFrame;
import dev.gleaner.glip.Box;
import java.util.Optional;

/**
 * A box of a source that waits to be fitted into its image.
 *
 * @param id       of its row
 * @param sourceId how the source tells it from others
 * @param box      as the source gives it
 * @param frame    the pixels it is in; empty where its image does not tell
 */
public record PendingBox(long id, String sourceId, Box box, String fileName, Picture picture, Optional<PixelFrame> frame) {

    /** @param usual the pixels that this source's boxes are in where an image does not tell */
    FittedBox fit(PixelFrame usual) {
        Box upright = frame.orElse(usual) == PixelFrame.STORED ? picture.orientation().upright(box, picture.stored()) : box;
        String label = sourceId.startsWith("object ") ? sourceId : "annotation " + sourceId;
        BoxCheck check = BoxCheck.of(label, upright, fileName, picture.upright());
        return new FittedBox(id, box, check.box(), check.finding());
    }
}

package dev.gleaner.transfer;

import dev.gleaner.format.BoxCheck;
import dev.gleaner.format.ImageInspection.Picture;
import dev.gleaner.format.PixelFrame;
import dev.gleaner.format.RelativeBox;
import dev.gleaner.format.SourceBox;
import dev.gleaner.glip.Box;
import java.util.Optional;

/**
 * A box of a source that waits to be fitted into its image.
 *
 * @param id       of its row
 * @param sourceId how the source tells it from others
 * @param box      as the source gives it
 * @param relative the box exactly, where the source gives it in fractions of its image
 * @param frame    the pixels it is in; empty where its image does not tell
 */
public record PendingBox(long id, String sourceId, Box box, Optional<RelativeBox> relative, String fileName, Picture picture,
        Optional<PixelFrame> frame) {

    /** @param usual the pixels that this source's boxes are in where an image does not tell */
    FittedBox fit(PixelFrame usual) {
        boolean stored = frame.orElse(usual) == PixelFrame.STORED;
        Box given = relative.map(part -> part.in(stored ? picture.stored() : picture.upright())).orElse(box);
        Box upright = stored ? picture.orientation().upright(given, picture.stored()) : given;
        BoxCheck check = BoxCheck.of(SourceBox.label(sourceId), upright, fileName, picture.upright());
        return new FittedBox(id, box, check.box(), check.finding());
    }
}

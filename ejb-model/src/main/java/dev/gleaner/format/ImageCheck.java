package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.ImageInspection.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares an image file with what its source says about it.
 *
 * @param usable   whether the image can be part of a dataset
 * @param frame    the pixels its boxes are in, where its declared size tells; empty where it fits both
 * @param findings what there is to report
 */
public record ImageCheck(boolean usable, Optional<PixelFrame> frame, List<Finding> findings) {

    public ImageCheck {
        findings = List.copyOf(findings);
    }

    /** An image that came without annotations: it only has to decode. */
    public static ImageCheck ofPlain(String fileName, ImageInspection inspection) {
        if (inspection.picture().isEmpty()) {
            return unreadable(fileName, inspection);
        }
        Picture picture = inspection.picture().get();
        return new ImageCheck(true, Optional.of(PixelFrame.UPRIGHT),
                picture.orientation().isUpright() ? List.of() : List.of(turned(fileName, picture, "it is taken upright")));
    }

    /**
     * An image that annotations name: it has to decode, and to be of the size that they give it. A size that is the file's as
     * stored, before its EXIF orientation, means that the boxes were drawn on the stored picture, unless it is known better.
     *
     * @param known which pixels the boxes are in, where the source is known for that
     */
    public static ImageCheck ofAnnotated(String fileName, Optional<PixelSize> declared, Optional<PixelFrame> known, ImageInspection inspection) {
        if (inspection.picture().isEmpty()) {
            return unreadable(fileName, inspection);
        }
        Picture picture = inspection.picture().get();
        List<Finding> findings = new ArrayList<>();
        if (declared.isEmpty()) {
            findings.add(new Finding(Code.SIZE_MISSING, fileName, "the annotations give no size; the file is " + picture.upright()));
        }
        boolean fitsUpright = declared.map(picture.upright()::equals).orElse(true);
        boolean fitsStored = declared.map(picture.stored()::equals).orElse(true);
        if (!fitsUpright && !fitsStored) {
            findings.add(new Finding(Code.SIZE_DIFFERS, fileName, "the annotations give its size as " + declared.get() + "; the file is "
                    + picture.upright() + (picture.orientation().swapsAxes() ? " upright, " + picture.stored() + " as stored" : "")));
            return new ImageCheck(false, Optional.empty(), findings);
        }
        if (picture.orientation().isUpright()) {
            return new ImageCheck(true, Optional.of(PixelFrame.UPRIGHT), findings);
        }
        if (known.isPresent()) {
            findings.add(turned(fileName, picture, "this kind of file has boxes in pixels of the " + (known.get() == PixelFrame.UPRIGHT ? "upright" : "stored")
                    + " picture, whatever size it gives"));
            return new ImageCheck(true, known, findings);
        }
        if (fitsUpright && fitsStored) {
            findings.add(turned(fileName, picture, "nothing here tells which pixels its boxes are in; they are taken as those of the"
                    + " source's other turned images, or upright if there are none"));
            return new ImageCheck(true, Optional.empty(), findings);
        }
        findings.add(turned(fileName, picture, fitsUpright
                ? "the annotations give the size of the upright picture, so its boxes are taken as they are"
                : "the annotations give the size " + picture.stored() + " of the stored picture, so its boxes are turned upright with it"));
        return new ImageCheck(true, Optional.of(fitsUpright ? PixelFrame.UPRIGHT : PixelFrame.STORED), findings);
    }

    /** An image elsewhere that could not be had. */
    public static ImageCheck unreachable(String fileName, String why) {
        return new ImageCheck(false, Optional.empty(), List.of(new Finding(Code.UNREACHABLE_IMAGE, fileName, why)));
    }

    private static ImageCheck unreadable(String fileName, ImageInspection inspection) {
        return new ImageCheck(false, Optional.empty(),
                List.of(new Finding(Code.UNREADABLE_IMAGE, fileName, inspection.problem().orElseThrow())));
    }

    private static Finding turned(String fileName, Picture picture, String consequence) {
        return new Finding(Code.EXIF_ORIENTATION, fileName, "stored with EXIF orientation " + picture.orientation().exif()
                + ", upright it is " + picture.upright() + "; " + consequence);
    }
}

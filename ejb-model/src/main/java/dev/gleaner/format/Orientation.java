package dev.gleaner.format;

import dev.gleaner.glip.Box;

/**
 * How a stored picture must be turned to stand upright: the value of EXIF tag 0x0112 (CIPA DC-008, section 4.6.4), 1 to 8.
 */
public record Orientation(int exif) {

    public static final Orientation UPRIGHT = new Orientation(1);

    public Orientation {
        if (exif < 1 || exif > 8) {
            throw new IllegalArgumentException("EXIF orientation " + exif + "; expected 1 to 8");
        }
    }

    public boolean isUpright() {
        return exif == 1;
    }

    /** Whether turning it upright swaps width and height. */
    public boolean swapsAxes() {
        return exif >= 5;
    }

    /** The size of the picture held upright. */
    public PixelSize upright(PixelSize stored) {
        return swapsAxes() ? stored.turned() : stored;
    }

    /**
     * Where a box lies once the picture is turned upright.
     *
     * @param box    in pixels of the stored picture
     * @param stored the stored picture's size
     */
    public Box upright(Box box, PixelSize stored) {
        double fromRight = stored.width() - (box.x() + box.width());
        double fromBottom = stored.height() - (box.y() + box.height());
        return switch (exif) {
            case 2 -> Box.xywh(fromRight, box.y(), box.width(), box.height());
            case 3 -> Box.xywh(fromRight, fromBottom, box.width(), box.height());
            case 4 -> Box.xywh(box.x(), fromBottom, box.width(), box.height());
            case 5 -> Box.xywh(box.y(), box.x(), box.height(), box.width());
            case 6 -> Box.xywh(fromBottom, box.x(), box.height(), box.width());
            case 7 -> Box.xywh(fromBottom, fromRight, box.height(), box.width());
            case 8 -> Box.xywh(box.y(), fromRight, box.height(), box.width());
            default -> box;
        };
    }
}

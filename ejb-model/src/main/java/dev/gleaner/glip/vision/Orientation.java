package dev.gleaner.glip.vision;

/** The eight ways a camera can be held, by their number in EXIF (tag 0x0112), and how a stored image is turned upright. */
enum Orientation {
    UPRIGHT, MIRRORED, UPSIDE_DOWN, FLIPPED, TRANSPOSED, TURN_RIGHT, TRANSVERSED, TURN_LEFT;

    /** The orientation with an EXIF number; numbers the standard does not know mean upright. */
    static Orientation ofExif(int number) {
        return number >= 1 && number <= values().length ? values()[number - 1] : UPRIGHT;
    }

    RgbImage upright(RgbImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int w = stored.width();
        int h = stored.height();
        boolean swapsSides = ordinal() >= TRANSPOSED.ordinal();
        int width = swapsSides ? h : w;
        byte[] rgb = new byte[stored.rgb().length];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int right = w - 1 - x;
                int up = h - 1 - y;
                int target = switch (this) {
                    case UPRIGHT -> y * width + x;
                    case MIRRORED -> y * width + right;
                    case UPSIDE_DOWN -> up * width + right;
                    case FLIPPED -> up * width + x;
                    case TRANSPOSED -> x * width + y;
                    case TURN_RIGHT -> x * width + up;
                    case TRANSVERSED -> right * width + up;
                    case TURN_LEFT -> right * width + y;
                };
                System.arraycopy(stored.rgb(), (y * w + x) * 3, rgb, target * 3, 3);
            }
        }
        return new RgbImage(width, swapsSides ? w : h, rgb);
    }
}

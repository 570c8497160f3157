package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.vision.RgbImage;

/** Drawn images whose boxes can be read off their pixels. */
final class Scene {

    private Scene() {
    }

    /** Black, with white rectangles in whole pixels. */
    static RgbImage of(int width, int height, Box... rectangles) {
        byte[] rgb = new byte[3 * width * height];
        for (Box box : rectangles) {
            for (int y = (int) box.y(); y < box.y() + box.height(); y++) {
                for (int x = (int) box.x(); x < box.x() + box.width(); x++) {
                    for (int channel = 0; channel < 3; channel++) {
                        rgb[3 * (y * width + x) + channel] = (byte) 255;
                    }
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** The smallest box around all pixels that are more white than black. */
    static Box white(RgbImage image) {
        int x1 = image.width();
        int y1 = image.height();
        int x2 = -1;
        int y2 = -1;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if (image.sample(x, y, 0) > 127) {
                    x1 = Math.min(x1, x);
                    y1 = Math.min(y1, y);
                    x2 = Math.max(x2, x);
                    y2 = Math.max(y2, y);
                }
            }
        }
        return Box.xyxyInclusive(x1, y1, x2, y2);
    }
}

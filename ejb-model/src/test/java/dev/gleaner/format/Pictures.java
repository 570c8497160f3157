package dev.gleaner.format;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small pictures for tests. */
public final class Pictures {

    private Pictures() {
    }

    /** A picture of this size, in the format of the file's extension. */
    public static void write(Path file, int width, int height) throws IOException {
        String name = file.getFileName().toString();
        Files.write(file, encoded(width, height, name.substring(name.lastIndexOf('.') + 1)));
    }

    /** A JPEG stored in this size, with an EXIF orientation. */
    public static void writeTurned(Path file, int width, int height, int orientation) throws IOException {
        Files.write(file, turned(encoded(width, height, "jpg"), orientation));
    }

    static byte[] encoded(int width, int height, String format) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (int i = 0; i < width; i += 5) {
            graphics.setColor(new Color(i * 37 % 256, i * 91 % 256, i * 13 % 256));
            graphics.fillRect(i, i % height, 4, 4);
        }
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }

    /** A black JPEG of 64x48 with one white rectangle, stored with an EXIF orientation. */
    static byte[] rectangle(int x, int y, int width, int height, int orientation) throws IOException {
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.fillRect(x, y, width, height);
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", out);
        return turned(out.toByteArray(), orientation);
    }

    /** Puts an EXIF block with nothing but the orientation behind the start-of-image marker. */
    static byte[] turned(byte[] jpeg, int orientation) {
        byte[] exif = {
            (byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
            'M', 'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0,
            0, 0, 0, 0};
        byte[] turned = new byte[jpeg.length + exif.length];
        System.arraycopy(jpeg, 0, turned, 0, 2);
        System.arraycopy(exif, 0, turned, 2, exif.length);
        System.arraycopy(jpeg, 2, turned, 2 + exif.length, jpeg.length - 2);
        return turned;
    }
}

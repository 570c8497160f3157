package dev.gleaner.scene;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.vision.RgbImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Scenes side by side with their boxes and kinds, to be looked at:
 * {@code ContactSheet file.png [TRAINING|TEST|SHIFTED] [seed] [plain]}.
 */
final class ContactSheet {

    private static final int COLUMNS = 6;
    private static final int ROWS = 4;

    private ContactSheet() {
    }

    static byte[] png(RgbImage image) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(SceneSet.buffered(image), "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SceneSettings settings(String name) {
        return switch (name) {
            case "TRAINING" -> SceneSettings.TRAINING;
            case "PLAIN" -> SceneSettings.PLAIN;
            case "DENSE" -> SceneSettings.DENSE;
            case "TEST" -> SceneSettings.TEST;
            case "SHIFTED" -> SceneSettings.SHIFTED;
            default -> throw new IllegalArgumentException("settings: " + name + ", expected TRAINING, PLAIN, DENSE, TEST or SHIFTED");
        };
    }

    public static void main(String[] arguments) throws IOException {
        SceneSettings settings = settings(arguments.length > 1 ? arguments[1] : "TRAINING");
        long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : 1;
        boolean plain = arguments.length > 3;
        BufferedImage sheet = new BufferedImage(COLUMNS * settings.width(), ROWS * settings.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        for (int i = 0; i < COLUMNS * ROWS; i++) {
            Scene scene = Scenes.draw(settings, seed, i);
            int left = i % COLUMNS * settings.width();
            int top = i / COLUMNS * settings.height();
            graphics.drawImage(SceneSet.buffered(scene.image()), left, top, null);
            for (SceneObject object : plain ? List.<SceneObject>of() : scene.objects()) {
                Box box = object.box();
                graphics.setColor(Color.GREEN);
                graphics.drawRect(left + (int) box.x(), top + (int) box.y(), (int) box.width() - 1, (int) box.height() - 1);
                graphics.setColor(Color.BLACK);
                graphics.drawString(object.kind().word(), left + (int) box.x() + 2, top + (int) box.y() + 11);
                graphics.setColor(Color.WHITE);
                graphics.drawString(object.kind().word(), left + (int) box.x() + 1, top + (int) box.y() + 10);
            }
        }
        ImageIO.write(sheet, "png", new File(arguments[0]));
        long start = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            Scenes.draw(settings, seed, i);
        }
        System.out.printf("%.1f ms a scene%n", (System.nanoTime() - start) / 200e6);
    }
}

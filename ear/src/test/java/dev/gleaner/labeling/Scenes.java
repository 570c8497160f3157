package dev.gleaner.labeling;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures for tests: coloured discs and squares on a plain ground, each of its own seed. */
final class Scenes {

    private Scenes() {
    }

    /** Draws {@code count} pictures of 160 x 120 pixels into a new folder. */
    static Path draw(Path folder, int count) {
        try {
            Files.createDirectories(folder);
            for (int i = 0; i < count; i++) {
                ImageIO.write(scene(new Random(i)), "png", folder.resolve("scene-%03d.png".formatted(i)).toFile());
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage scene(Random random) {
        BufferedImage image = new BufferedImage(160, 120, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        canvas.setColor(new Color(random.nextInt(1 << 24)));
        canvas.fillRect(0, 0, 160, 120);
        for (int thing = 0; thing < 4; thing++) {
            canvas.setColor(new Color(random.nextInt(1 << 24)));
            int size = 15 + random.nextInt(40);
            int x = random.nextInt(160 - size);
            int y = random.nextInt(120 - size);
            if (random.nextBoolean()) {
                canvas.fillOval(x, y, size, size);
            } else {
                canvas.fillRect(x, y, size, size);
            }
        }
        canvas.dispose();
        return image;
    }
}

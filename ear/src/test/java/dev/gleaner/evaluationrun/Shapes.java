package dev.gleaner.evaluationrun;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** Drawn images of discs and squares, with a COCO file that tells where they are. */
public final class Shapes {

    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;

    private Shapes() {
    }

    /**
     * Draws images into {@code folder/images} and writes {@code folder/shapes.json}.
     *
     * @param seed other seeds draw others
     * @return the dataset's source, as the interface takes it
     */
    public static Map<String, String> draw(Path folder, int images, long seed) {
        return draw(folder, images, seed, false);
    }

    /** As LVIS annotates: every other image says that it has no cross, which no image has; every third that squares may be missing. */
    static Map<String, String> drawFederated(Path folder, int images, long seed) {
        return draw(folder, images, seed, true);
    }

    private static Map<String, String> draw(Path folder, int images, long seed, boolean federated) {
        Random random = new Random(seed);
        List<String> pictures = new ArrayList<>();
        List<String> boxes = new ArrayList<>();
        try {
            Files.createDirectories(folder.resolve("images"));
            for (int image = 1; image <= images; image++) {
                String name = "shapes-" + image + ".png";
                String known = !federated ? "" : ",\"neg_category_ids\":[%s],\"not_exhaustive_category_ids\":[%s]"
                        .formatted(image % 2 == 0 ? "3" : "", image % 3 == 0 ? "2" : "");
                pictures.add("{\"id\":%d,\"file_name\":\"%s\",\"width\":%d,\"height\":%d%s}".formatted(image, name, WIDTH, HEIGHT, known));
                BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = picture.createGraphics();
                graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
                graphics.setColor(new Color(226, 232, 236));
                graphics.fillRect(0, 0, WIDTH, HEIGHT);
                for (int shape = 0; shape < 2; shape++) {
                    int size = 20 + random.nextInt(40);
                    int x = random.nextInt(WIDTH - size);
                    int y = random.nextInt(HEIGHT - size);
                    graphics.setColor(shape == 0 ? new Color(196, 48, 43) : new Color(44, 82, 190));
                    if (shape == 0) {
                        graphics.fillOval(x, y, size, size);
                    } else {
                        graphics.fillRect(x, y, size, size);
                    }
                    boxes.add("{\"id\":%d,\"image_id\":%d,\"category_id\":%d,\"bbox\":[%d,%d,%d,%d],\"area\":%d,\"iscrowd\":0}"
                            .formatted(boxes.size() + 1, image, shape + 1, x, y, size, size, size * size));
                }
                graphics.dispose();
                ImageIO.write(picture, "png", folder.resolve("images").resolve(name).toFile());
            }
            Path file = folder.resolve("shapes.json");
            String categories = federated
                    ? "{\"id\":1,\"name\":\"disc\",\"frequency\":\"f\"},{\"id\":2,\"name\":\"square\",\"frequency\":\"r\"},{\"id\":3,\"name\":\"cross\",\"frequency\":\"c\"}"
                    : "{\"id\":1,\"name\":\"disc\"},{\"id\":2,\"name\":\"square\"}";
            Files.writeString(file, "{\"categories\":[" + categories + "],\"images\":["
                    + String.join(",", pictures) + "],\"annotations\":[" + String.join(",", boxes) + "]}");
            return Map.of("type", "coco", "path", file.toString(), "images", folder.resolve("images").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

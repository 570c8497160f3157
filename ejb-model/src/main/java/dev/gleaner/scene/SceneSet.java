package dev.gleaner.scene;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.vision.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * Drawn scenes as files: images with a COCO file of their boxes beside them. Every fourth scene is a JPEG that lies on its side and
 * says so in its EXIF orientation; the boxes are those of the upright scene.
 */
public final class SceneSet {

    /** The COCO file's name. */
    public static final String COCO = "scenes.json";

    private static final int TURNED = 4;
    /** EXIF orientation 6: the first row of the file is the right side of the scene. */
    private static final byte[] TURNED_RIGHT = {(byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};

    private SceneSet() {
    }

    /**
     * Draws scenes into a folder, which appears when all of it is there; one that is there stays as it is.
     *
     * @param count scenes, numbered from 0
     * @return the COCO file
     */
    public static Path write(Path folder, SceneSettings settings, long seed, int count) throws IOException {
        if (!Files.exists(folder)) {
            AtomicFolder.write(folder, unfinished -> draw(unfinished, settings, seed, count));
        }
        return folder.resolve(COCO);
    }

    private static void draw(Path folder, SceneSettings settings, long seed, int count) throws IOException {
        List<Map<String, Object>> images = new ArrayList<>();
        List<Map<String, Object>> annotations = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            int id = number + 1;
            Scene scene = Scenes.draw(settings, seed, number);
            boolean turned = id % TURNED == 0;
            String name = "scene-%03d.%s".formatted(id, turned ? "jpg" : "png");
            if (turned) {
                writeTurned(scene.image(), folder.resolve(name));
            } else {
                ImageIO.write(buffered(scene.image()), "png", folder.resolve(name).toFile());
            }
            images.add(Map.of("id", id, "file_name", name, "width", settings.width(), "height", settings.height()));
            for (SceneObject object : scene.objects()) {
                annotations.add(Map.of("id", annotations.size() + 1, "image_id", id, "category_id", object.kind().ordinal() + 1, "iscrowd", 0,
                        "bbox", List.of(object.box().x(), object.box().y(), object.box().width(), object.box().height()),
                        "area", object.box().width() * object.box().height()));
            }
        }
        List<Map<String, Object>> categories = settings.domain().kinds().stream()
                .map(kind -> Map.<String, Object>of("id", kind.ordinal() + 1, "name", kind.word())).toList();
        new ObjectMapper().writeValue(folder.resolve(COCO).toFile(),
                Map.of("images", images, "annotations", annotations, "categories", categories));
    }

    /** Turned a quarter to the left, with the orientation that turns it back. */
    private static void writeTurned(RgbImage scene, Path file) throws IOException {
        BufferedImage turned = new BufferedImage(scene.height(), scene.width(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < scene.height(); y++) {
            for (int x = 0; x < scene.width(); x++) {
                turned.setRGB(y, scene.width() - 1 - x, rgb(scene, x, y));
            }
        }
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(turned, "jpg", jpeg);
        byte[] bytes = jpeg.toByteArray();
        try (OutputStream out = Files.newOutputStream(file)) {
            // The EXIF segment stands right after the two bytes that begin every JPEG.
            out.write(bytes, 0, 2);
            out.write(TURNED_RIGHT);
            out.write(bytes, 2, bytes.length - 2);
        }
    }

    /** An image as Java's own libraries take it. */
    static BufferedImage buffered(RgbImage image) {
        BufferedImage copy = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                copy.setRGB(x, y, rgb(image, x, y));
            }
        }
        return copy;
    }

    private static int rgb(RgbImage image, int x, int y) {
        return image.sample(x, y, 0) << 16 | image.sample(x, y, 1) << 8 | image.sample(x, y, 2);
    }
}

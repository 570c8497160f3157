package dev.gleaner.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Scenes of coloured shapes on plain ground, always the same, with a COCO file of their boxes. Every fourth scene is a JPEG that lies on its side
 * and says so in its EXIF orientation; the boxes are those of the upright scene.
 */
final class DemoScenes {

    static final int COUNT = 32;
    static final List<String> CATEGORIES = List.of("circle", "square", "triangle");

    private static final int WIDTH = 480;
    private static final int HEIGHT = 360;
    private static final long SEED = 20_260_101;
    private static final List<Color> COLOURS = List.of(new Color(0xd6, 0x2f, 0x2f), new Color(0x2e, 0x9e, 0x4f), new Color(0x2f, 0x5f, 0xd6),
            new Color(0xe6, 0xb8, 0x1f));

    /** EXIF orientation 6: the first row of the file is the right side of the scene. */
    private static final byte[] TURNED_RIGHT = {(byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};

    private final Random random = new Random(SEED);
    private final List<Map<String, Object>> images = new ArrayList<>();
    private final List<Map<String, Object>> annotations = new ArrayList<>();

    private DemoScenes() {
    }

    /**
     * Draws the scenes unless the folder is there already; it appears when it is complete.
     *
     * @return the COCO file, which has its images beside it
     */
    static Path drawInto(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
            Folders.delete(fresh);
            new DemoScenes().draw(Files.createDirectories(fresh));
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return folder.resolve("scenes.json");
    }

    private void draw(Path folder) throws IOException {
        for (int id = 1; id <= COUNT; id++) {
            BufferedImage scene = scene(id);
            String name = "scene-%02d.%s".formatted(id, id % 2 == 0 ? "jpg" : "png");
            if (id % 4 == 0) {
                writeTurned(scene, folder.resolve(name));
            } else {
                ImageIO.write(scene, id % 2 == 0 ? "jpg" : "png", folder.resolve(name).toFile());
            }
            images.add(Map.of("id", id, "file_name", name, "width", WIDTH, "height", HEIGHT));
        }
        List<Map<String, Object>> categories = CATEGORIES.stream()
                .map(name -> Map.<String, Object>of("id", CATEGORIES.indexOf(name) + 1, "name", name))
                .toList();
        new ObjectMapper().writeValue(folder.resolve("scenes.json").toFile(),
                Map.of("images", images, "annotations", annotations, "categories", categories));
    }

    private BufferedImage scene(int image) {
        BufferedImage scene = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scene.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        int grey = 190 + random.nextInt(50);
        graphics.setColor(new Color(grey, grey, grey - 10));
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        List<Rectangle> taken = new ArrayList<>();
        int shapes = 2 + random.nextInt(4);
        while (taken.size() < shapes) {
            int side = 40 + random.nextInt(80);
            Rectangle place = new Rectangle(random.nextInt(WIDTH - side), random.nextInt(HEIGHT - side), side, side);
            if (taken.stream().noneMatch(place::intersects)) {
                taken.add(place);
                int category = random.nextInt(CATEGORIES.size());
                graphics.setColor(COLOURS.get(random.nextInt(COLOURS.size())));
                graphics.fill(shape(category, place));
                annotations.add(Map.of("id", annotations.size() + 1, "image_id", image, "category_id", category + 1,
                        "bbox", List.of(place.x, place.y, side, side), "area", side * side, "iscrowd", 0));
            }
        }
        graphics.dispose();
        return scene;
    }

    private static Shape shape(int category, Rectangle place) {
        return switch (CATEGORIES.get(category)) {
            case "circle" -> new Ellipse2D.Double(place.x, place.y, place.width, place.height);
            case "square" -> place;
            default -> new Polygon(new int[] {place.x, place.x + place.width, place.x + place.width / 2},
                    new int[] {place.y + place.height, place.y + place.height, place.y}, 3);
        };
    }

    /** Turned a quarter to the left, with the orientation that turns it back. */
    private static void writeTurned(BufferedImage scene, Path file) throws IOException {
        BufferedImage turned = new BufferedImage(HEIGHT, WIDTH, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = turned.createGraphics();
        graphics.drawImage(scene, new AffineTransform(0, -1, 1, 0, 0, WIDTH), null);
        graphics.dispose();
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
}

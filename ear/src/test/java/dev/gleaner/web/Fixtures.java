package dev.gleaner.web;

import dev.gleaner.GleanerServer;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.imageio.ImageIO;

/** Projects, images, datasets and models for tests, each of its own, since all tests of a run share one server. */
final class Fixtures {

    static final Path TINY = Path.of("../ejb-model/src/test/resources/reference/tiny").toAbsolutePath().normalize();

    private Fixtures() {
    }

    /** A project nobody else uses; gives its name. */
    static String project(GleanerServer server) {
        String name = "project " + UUID.randomUUID();
        server.post("/api/projects", Map.of("name", name)).expect(201);
        return name;
    }

    /** Imports the tiny reference model; gives its id. */
    static long model(GleanerServer server, String project) {
        return server.post("/api/model-versions", modelFiles(project, "tiny")).expect(201).json().get("id").asLong();
    }

    static Map<String, Object> modelFiles(String project, String name) {
        return new HashMap<>(Map.of("project", project, "name", name, "checkpoint", TINY.resolve("tiny.pth").toString(),
                "config", TINY.resolve("tiny.yaml").toString(), "vocabulary", TINY.resolve("vocab.txt").toString(),
                "languageConfig", TINY.resolve("bert_config.json").toString()));
    }

    /** Registers a folder of images under its name and waits until it is imported; gives the dataset's id. */
    static long dataset(GleanerServer server, String project, Path folder) {
        return dataset(server, project, folder.getFileName().toString(), Map.of("type", "folder", "path", folder.toString()));
    }

    /** Registers a source and waits until it is imported or rejected; gives the dataset's id. */
    static long dataset(GleanerServer server, String project, String name, Map<String, String> source) {
        long id = server.post("/api/datasets", Map.of("name", name, "project", project, "source", source)).expect(202).json().get("id").asLong();
        server.await("dataset " + id + " is imported", () -> !status(server, "/api/datasets/" + id).equals("IMPORTING"));
        return id;
    }

    static long run(GleanerServer server, long dataset, long model) {
        return server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", model,
                "prompts", List.of(Map.of("category", "umbrella"), Map.of("category", "circle", "phrase", "red circle")),
                "thresholds", Map.of("default", 0.1))).expect(202).json().get("id").asLong();
    }

    static void awaitEnd(GleanerServer server, long run) {
        server.await("run " + run + " ends", () -> !List.of("STARTING", "RUNNING").contains(status(server, "/api/labeling-runs/" + run)));
    }

    static String status(GleanerServer server, String path) {
        return server.get(path).expect(200).json().get("status").asText();
    }

    /** Draws this many images of 120 x 80 pixels, image-0.png and so on, no two alike. */
    static Path images(Path folder, int number) {
        try {
            Files.createDirectories(folder);
            for (int i = 0; i < number; i++) {
                ImageIO.write(picture(120, 80, i), "png", folder.resolve("image-" + i + ".png").toFile());
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A JPEG of 120 x 80 stored pixels whose EXIF says that it was taken with the camera turned: upright it is 80 x 120. */
    static void turnedImage(Path file) {
        byte[] exif = {
            (byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
        try {
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.write(picture(120, 80, 3), "jpeg", jpeg);
            ByteArrayOutputStream turned = new ByteArrayOutputStream();
            turned.write(jpeg.toByteArray(), 0, 2);
            turned.write(exif);
            turned.write(jpeg.toByteArray(), 2, jpeg.size() - 2);
            Files.createDirectories(file.getParent());
            Files.write(file, turned.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage picture(int width, int height, int seed) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(230, 235, 240));
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(new Color(200, 40, 40));
        graphics.fillOval(8 + seed % 40, 10 + seed / 40, 30, 30);
        graphics.setColor(new Color(40, 70, 200));
        graphics.fillRect(70, 35 + seed % 20, 30, 24);
        graphics.dispose();
        return image;
    }
}

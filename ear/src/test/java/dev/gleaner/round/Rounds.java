package dev.gleaner.round;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.evaluationrun.Evaluating;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import javax.imageio.ImageIO;

/** What a user of the REST interface does to run rounds, and to see what came of them. */
final class Rounds {

    private static final Set<String> ACTIVE = Set.of("STARTING", "RUNNING");
    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;
    private static final int SIDE = 40;

    final GleanerServer server;
    final Evaluating evaluating;
    final long gold;
    final long heldOut;
    final long open;

    /** In a project of its own, whose champion is the tiny model: images with gold, others to measure on, others that nobody has labelled. */
    Rounds(GleanerServer server, Path folder, int openImages) {
        this.server = server;
        evaluating = new Evaluating(server);
        gold = evaluating.register("gold", draw(folder.resolve("gold"), 12, 1, true));
        heldOut = evaluating.register("held out", draw(folder.resolve("held-out"), 10, 2, true));
        open = evaluating.register("open", draw(folder.resolve("open"), openImages, 3, false));
        server.post("/api/model-versions/" + evaluating.model + "/promote", Map.of()).expect(200);
    }

    /** Another dataset with gold, of scenes of its own. */
    long registerGold(String name, Path folder, int images) {
        return evaluating.register(name, draw(folder.resolve(name), images, name.hashCode(), true));
    }

    /**
     * Draws a red disc on the left and a blue square on the right, both near always the same place: so easy that even the tiny model
     * learns something of it within seconds.
     */
    private static Map<String, String> draw(Path folder, int images, long seed, boolean boxed) {
        Random random = new Random(seed);
        List<String> pictures = new ArrayList<>();
        List<String> boxes = new ArrayList<>();
        try {
            Path pictureFolder = Files.createDirectories(folder.resolve("images"));
            for (int image = 1; image <= images; image++) {
                String name = "image-" + image + ".png";
                pictures.add("{\"id\":%d,\"file_name\":\"%s\",\"width\":%d,\"height\":%d}".formatted(image, name, WIDTH, HEIGHT));
                BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = picture.createGraphics();
                graphics.setColor(new Color(210 + random.nextInt(30), 215 + random.nextInt(30), 220 + random.nextInt(30)));
                graphics.fillRect(0, 0, WIDTH, HEIGHT);
                for (int shape = 0; shape < 2; shape++) {
                    int x = (shape == 0 ? 20 : 100) + random.nextInt(5) - 2;
                    int y = 40 + random.nextInt(5) - 2;
                    graphics.setColor(shape == 0 ? new Color(196, 48, 43) : new Color(44, 82, 190));
                    if (shape == 0) {
                        graphics.fillOval(x, y, SIDE, SIDE);
                    } else {
                        graphics.fillRect(x, y, SIDE, SIDE);
                    }
                    boxes.add("{\"id\":%d,\"image_id\":%d,\"category_id\":%d,\"bbox\":[%d,%d,%d,%d],\"area\":%d,\"iscrowd\":0}"
                            .formatted(boxes.size() + 1, image, shape + 1, x, y, SIDE, SIDE, SIDE * SIDE));
                }
                graphics.dispose();
                ImageIO.write(picture, "png", pictureFolder.resolve(name).toFile());
            }
            if (!boxed) {
                return Map.of("type", "folder", "path", pictureFolder.toString());
            }
            Path file = folder.resolve("boxes.json");
            Files.writeString(file, "{\"categories\":[{\"id\":1,\"name\":\"disc\"},{\"id\":2,\"name\":\"square\"}],\"images\":[" + String.join(",", pictures)
                    + "],\"annotations\":[" + String.join(",", boxes) + "]}");
            return Map.of("type", "coco", "path", file.toString(), "images", pictureFolder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An order for a training of so many steps. */
    Map<String, Object> order(int steps, Map<String, Object> more) {
        Map<String, Object> order = new HashMap<>(Map.of("dataset", gold, "gold", heldOut, "unlabelled", List.of(open), "training", training(steps),
                "selection", List.of(Map.of("strategy", "fixed", "least", 0.6))));
        order.putAll(more);
        return order;
    }

    static Map<String, Object> training(int steps) {
        return Map.of("steps", steps, "batch", 1, "learningRate", 0.003, "languageLearningRate", 0.0003, "weightDecay", 0.0001, "schedule", "cosine",
                "augmentation", "none", "regularise", false, "checkpointEvery", 5);
    }

    long start(Map<String, Object> order) {
        return Evaluating.id(server.post("/api/training-rounds", order).expect(202).json());
    }

    JsonNode get(long round) {
        return evaluating.get("/api/training-rounds/" + round);
    }

    JsonNode await(long round, String what, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        server.await("round " + round + " " + what, () -> {
            last[0] = get(round);
            return condition.test(last[0]) || !ACTIVE.contains(last[0].get("status").textValue());
        });
        if (!condition.test(last[0])) {
            throw new AssertionError("round " + round + " never " + what + ": " + last[0]);
        }
        return last[0];
    }

    JsonNode awaitRest(long round) {
        return await(round, "is at rest", view -> !ACTIVE.contains(view.get("status").textValue()));
    }

    JsonNode awaitCompleted(long round) {
        JsonNode view = awaitRest(round);
        if (!view.get("status").textValue().equals("COMPLETED")) {
            throw new AssertionError(view.toString());
        }
        return view;
    }

    /** What a phase has done, 0 before it begins. */
    static int done(JsonNode round, String phase) {
        for (JsonNode known : round.get("phases")) {
            if (known.get("phase").textValue().equals(phase)) {
                return known.path("done").intValue();
            }
        }
        return 0;
    }

    JsonNode modelVersion(JsonNode id) {
        return evaluating.get("/api/model-versions/" + id);
    }

    List<JsonNode> samples(long round) {
        return evaluating.items("/api/training-rounds/" + round + "/samples", 3);
    }
}

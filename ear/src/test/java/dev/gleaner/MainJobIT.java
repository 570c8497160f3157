package dev.gleaner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way from official weights and a folder of photos to labels, over REST alone. */
@ExtendWith(GleanerServerExtension.class)
class MainJobIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path REFERENCE = Path.of(System.getProperty("gleaner.reference")).toAbsolutePath().normalize();
    /** In the default project; other tests on the same server keep to projects of their own. */
    private static final String MODEL = "main-job";
    private static final List<Map<String, String>> PROMPTS = List.of(
            Map.of("category", "raccoon"), Map.of("category", "shape", "phrase", "red circle"), Map.of("category", "shape", "phrase", "blue square"));
    /** Low enough for weights that were never trained on photos to propose boxes on nearly every one. */
    private static final Map<String, Double> THRESHOLDS = Map.of("default", 0.25);

    record Found(String category, String phrase, Box box, double score) {

        static Found of(JsonNode json) {
            JsonNode bbox = json.get("bbox");
            return new Found(json.get("category").textValue(), json.get("phrase").textValue(),
                    Box.xywh(bbox.get(0).doubleValue(), bbox.get(1).doubleValue(), bbox.get(2).doubleValue(), bbox.get(3).doubleValue()),
                    json.get("score").doubleValue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"image0", "image1"})
    void anImportedModelDetectsWhatTheOfficialCodeDetects(String image, GleanerServer server) throws IOException {
        Path model = REFERENCE.resolve("tiny");
        List<String> classes = texts(JSON.readTree(model.resolve("tiny_config.json").toFile()).at("/config/classes"));
        List<Found> found = detect(server, model.resolve(image + ".png"), importTiny(server),
                classes.stream().map(name -> Map.of("category", name)).toList(), Map.of("default", 0.0));

        Map<String, Npz.Array> official = Npz.read(model.resolve(image + "_classes.npz"));
        double[] boxes = official.get("det_boxes_original_frame").values();
        double[] scores = official.get("det_scores").values();
        int[] labels = official.get("det_labels").ints();
        assertThat(scores).isNotEmpty();
        assertThat(found).hasSameSizeAs(scores);
        Set<Found> left = new HashSet<>(found);
        for (int i = 0; i < scores.length; i++) {
            String label = classes.get(labels[i] - 1);
            double score = scores[i];
            Box box = Box.xyxyInclusive(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]);
            Found same = left.stream().filter(f -> f.category().equals(label) && f.box().iou(box) > 0.99 && Math.abs(f.score() - score) < 1e-3)
                    .findFirst().orElseThrow(() -> new AssertionError("no detection like " + label + " " + box + " " + score));
            left.remove(same);
        }
    }

    @Test
    void photosAreLabeledListedAndExported(GleanerServer server) {
        Path photos = RealPhotos.raccoons();
        long model = importTiny(server);
        JsonNode dataset = register(server, "raccoons", "voc", photos.resolve("Annotations"), photos.resolve("JPEGImages"));
        assertThat(dataset.get("images").intValue()).isEqualTo(160);

        JsonNode run = label(server, dataset.get("id").longValue(), model);
        assertThat(run.get("done").intValue()).isEqualTo(160);
        assertThat(run.get("quarantined").intValue()).isZero();

        Map<Long, List<Found>> proposals = proposals(server, dataset.get("id").longValue(), run.get("id").longValue());
        List<JsonNode> images = items(server, "/api/datasets/" + dataset.get("id") + "/images?limit=50");
        assertThat(images).hasSize(160);
        assertThat(proposals.values().stream().mapToInt(List::size).sum()).isGreaterThan(160);
        for (int i = 0; i < images.size(); i += 20) {
            JsonNode image = images.get(i);
            assertThat(proposals.getOrDefault(image.get("id").longValue(), List.of()))
                    .as(image.get("fileName").textValue())
                    .containsExactlyInAnyOrderElementsOf(
                            detect(server, photos.resolve("JPEGImages").resolve(image.get("fileName").textValue()), model, PROMPTS, THRESHOLDS));
        }

        int proposed = proposals.values().stream().mapToInt(List::size).sum();
        int imported = dataset.get("annotations").intValue();
        assertThatCocoToolsAccept(server.get("/api/datasets/" + dataset.get("id") + "/export?format=coco").expect(200).json(), 160, proposed + imported);
    }

    /** What pycocotools relies on: unique integer ids, references that lead somewhere, boxes of four numbers with their area. */
    private static void assertThatCocoToolsAccept(JsonNode coco, int images, int annotations) {
        Set<Long> imageIds = ids(coco.get("images"));
        Set<Long> categoryIds = ids(coco.get("categories"));
        assertThat(imageIds).hasSize(images);
        assertThat(ids(coco.get("annotations"))).hasSize(annotations);
        for (JsonNode annotation : coco.get("annotations")) {
            assertThat(imageIds).contains(annotation.get("image_id").longValue());
            assertThat(categoryIds).contains(annotation.get("category_id").longValue());
            JsonNode bbox = annotation.get("bbox");
            assertThat(bbox).hasSize(4).allMatch(JsonNode::isNumber);
            assertThat(annotation.get("area").doubleValue()).isEqualTo(bbox.get(2).doubleValue() * bbox.get(3).doubleValue());
            assertThat(annotation.get("iscrowd").intValue()).isZero();
        }
    }

    private static Set<Long> ids(JsonNode entries) {
        Set<Long> ids = new HashSet<>();
        for (JsonNode entry : entries) {
            assertThat(entry.get("id").isIntegralNumber() && ids.add(entry.get("id").longValue())).as("an id of its own: %s", entry).isTrue();
        }
        return ids;
    }

    /** The reference's small model as a version; imported by the first test that asks. */
    static long importTiny(GleanerServer server) {
        for (JsonNode version : items(server, "/api/model-versions?limit=50")) {
            if (version.get("name").textValue().equals(MODEL)) {
                return version.get("id").longValue();
            }
        }
        Path model = REFERENCE.resolve("tiny");
        return server.post("/api/model-versions", Map.of("name", MODEL,
                "checkpoint", model.resolve("tiny.pth").toString(), "config", model.resolve("tiny.yaml").toString(),
                "vocabulary", model.resolve("vocab.txt").toString(), "languageConfig", model.resolve("bert_config.json").toString()))
                .expect(201).json().get("id").longValue();
    }

    /** Registers a source and waits until it is ready. */
    static JsonNode register(GleanerServer server, String name, String type, Path path, Path images) {
        Map<String, String> source = new LinkedHashMap<>(Map.of("type", type, "path", path.toString()));
        if (images != null) {
            source.put("images", images.toString());
        }
        long id = server.post("/api/datasets", Map.of("name", name, "source", source)).expect(202).json().get("id").longValue();
        server.await("dataset " + id + " is imported", () -> !server.get("/api/datasets/" + id).expect(200).json().get("status").textValue().equals("IMPORTING"));
        JsonNode dataset = server.get("/api/datasets/" + id).json();
        assertThat(dataset.get("status").textValue()).as("%s", dataset).isEqualTo("READY");
        return dataset;
    }

    /** Labels a dataset and waits until the run has come to its end. */
    static JsonNode label(GleanerServer server, long dataset, long model) {
        long run = start(server, dataset, model);
        awaitCompletion(server, run);
        return server.get("/api/labeling-runs/" + run).expect(200).json();
    }

    static long start(GleanerServer server, long dataset, long model) {
        return server.post("/api/labeling-runs", Map.of("dataset", dataset, "modelVersion", model, "prompts", PROMPTS, "thresholds", THRESHOLDS))
                .expect(202).json().get("id").longValue();
    }

    static void awaitCompletion(GleanerServer server, long run) {
        server.await("run " + run + " is completed", () -> {
            JsonNode state = server.get("/api/labeling-runs/" + run).expect(200).json();
            assertThat(state.get("status").textValue()).as("%s", state).isIn("STARTING", "RUNNING", "COMPLETED");
            return state.get("status").textValue().equals("COMPLETED");
        });
    }

    /** What a run proposed, by image. */
    static Map<Long, List<Found>> proposals(GleanerServer server, long dataset, long run) {
        Map<Long, List<Found>> byImage = new LinkedHashMap<>();
        for (JsonNode annotation : items(server, "/api/datasets/" + dataset + "/annotations?status=PROPOSED&limit=500")) {
            assertThat(annotation.get("labelingRun").longValue()).isEqualTo(run);
            byImage.computeIfAbsent(annotation.get("image").longValue(), image -> new ArrayList<>()).add(Found.of(annotation));
        }
        return byImage;
    }

    /** Every item of a list, page by page. */
    static List<JsonNode> items(GleanerServer server, String path) {
        List<JsonNode> items = new ArrayList<>();
        JsonNode next = null;
        do {
            JsonNode page = server.get(path + (next == null ? "" : "&after=" + next)).expect(200).json();
            page.get("items").forEach(items::add);
            next = page.get("next");
        } while (next != null && !next.isNull());
        return items;
    }

    private static List<Found> detect(GleanerServer server, Path image, long model, List<Map<String, String>> prompts, Map<String, Double> thresholds) {
        try {
            JsonNode answer = server.postMultipart("/api/detect", Map.of("image", image, "modelVersion", model,
                    "prompts", JSON.writeValueAsString(prompts), "thresholds", JSON.writeValueAsString(thresholds))).expect(200).json();
            return StreamSupport.stream(answer.get("detections").spliterator(), false).map(Found::of).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue).toList();
    }
}

package dev.gleaner.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Ground truth and detections in the JSON of COCO and LVIS, read as a stream; outlines and masks are passed over.
 * Everything that cannot be used is an {@link IOException} that names the place in the file.
 */
public final class CocoJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private record Image(
            @JsonProperty(required = true) long id,
            @JsonProperty("neg_category_ids") Set<Long> absent,
            @JsonProperty("not_exhaustive_category_ids") Set<Long> notExhaustive) {
    }

    private record Category(@JsonProperty(required = true) long id, String name, String frequency) {
    }

    private record Annotation(
            @JsonProperty(required = true) long id,
            @JsonProperty(value = "image_id", required = true) long imageId,
            @JsonProperty(value = "category_id", required = true) long categoryId,
            @JsonProperty(required = true) double[] bbox,
            Double area,
            Boolean iscrowd,
            Boolean ignore) {
    }

    private record Result(
            @JsonProperty(value = "image_id", required = true) long imageId,
            @JsonProperty(value = "category_id", required = true) long categoryId,
            @JsonProperty(required = true) double[] bbox,
            @JsonProperty(required = true) double score) {
    }

    private CocoJson() {
    }

    /**
     * One object with the lists {@code images}, {@code annotations} and {@code categories}. An annotation without an area has
     * that of its box.
     */
    public static GroundTruth readTruth(Path file) throws IOException {
        List<TruthImage> images = new ArrayList<>();
        List<TruthCategory> categories = new ArrayList<>();
        List<TruthBox> boxes = new ArrayList<>();
        read(file, json -> {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("expected one object with the lists images, annotations and categories");
            }
            Set<String> missing = new TreeSet<>(Set.of("images", "annotations", "categories"));
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                missing.remove(field);
                json.nextToken();
                switch (field) {
                    case "images" -> readList(json, Image.class, image -> images.add(image(image)));
                    case "categories" -> readList(json, Category.class, category -> categories.add(category(category)));
                    case "annotations" -> readList(json, Annotation.class, annotation -> boxes.add(truth(annotation)));
                    default -> json.skipChildren();
                }
            }
            if (!missing.isEmpty()) {
                throw new IllegalArgumentException("there is no list " + String.join(", ", missing));
            }
        });
        return new GroundTruth(images, categories, boxes);
    }

    /** A list of results, each with {@code image_id}, {@code category_id}, {@code bbox} and {@code score}. */
    public static List<DetectedBox> readDetections(Path file) throws IOException {
        List<DetectedBox> detections = new ArrayList<>();
        read(file, json -> {
            json.nextToken();
            readList(json, Result.class,
                    result -> detections.add(new DetectedBox(result.imageId, result.categoryId, box(result.bbox), result.score)));
        });
        return detections;
    }

    private interface Reading {
        void from(JsonParser json) throws IOException;
    }

    private static void read(Path file, Reading reading) throws IOException {
        try (JsonParser json = JSON.createParser(file.toFile())) {
            try {
                reading.from(json);
            } catch (JsonProcessingException e) {
                throw refusal(file, json, e.getOriginalMessage(), e);
            } catch (IllegalArgumentException e) {
                throw refusal(file, json, e.getMessage(), e);
            }
        }
    }

    private static IOException refusal(Path file, JsonParser json, String why, Exception cause) {
        var where = json.currentTokenLocation();
        return new IOException(file + ", line " + where.getLineNr() + ", column " + where.getColumnNr() + ": " + why, cause);
    }

    private static <T> void readList(JsonParser json, Class<T> type, Consumer<T> use) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException("expected a list");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            use.accept(JSON.readValue(json, type));
        }
    }

    private static TruthImage image(Image image) {
        return new TruthImage(image.id, image.absent == null ? Set.of() : image.absent,
                image.notExhaustive == null ? Set.of() : image.notExhaustive);
    }

    private static TruthCategory category(Category category) {
        return new TruthCategory(category.id, category.name, Optional.ofNullable(category.frequency).map(CocoJson::frequency));
    }

    private static Frequency frequency(String letter) {
        return switch (letter) {
            case "r" -> Frequency.RARE;
            case "c" -> Frequency.COMMON;
            case "f" -> Frequency.FREQUENT;
            default -> throw new IllegalArgumentException("frequency is \"" + letter + "\"; expected r, c or f");
        };
    }

    private static TruthBox truth(Annotation annotation) {
        Box box = box(annotation.bbox);
        return new TruthBox(annotation.id, annotation.imageId, annotation.categoryId, box,
                annotation.area == null ? box.area() : annotation.area,
                Boolean.TRUE.equals(annotation.iscrowd), Boolean.TRUE.equals(annotation.ignore));
    }

    private static Box box(double[] bbox) {
        if (bbox == null || bbox.length != 4) {
            throw new IllegalArgumentException("bbox has " + (bbox == null ? 0 : bbox.length) + " numbers; expected [x, y, width, height]");
        }
        return Box.xywh(bbox[0], bbox[1], bbox[2], bbox[3]);
    }
}

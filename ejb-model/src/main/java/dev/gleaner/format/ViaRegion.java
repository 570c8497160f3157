package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Box;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A region of the VGG Image Annotator 2, as its tables have it: a shape in pixels, and attributes that whoever annotates invents.
 *
 * @param kind     {@code rect}, {@code polygon}...; empty where the row has no region, as that of an image without one
 * @param category the attribute that names the thing: the only one, or that of a usual name; empty where nothing tells
 * @param box      the upright box around the shape; empty where there is none
 */
record ViaRegion(String kind, Optional<String> category, Optional<Box> box) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> USUAL = List.of("class", "category", "label", "name", "type", "object");

    static ViaRegion parse(String shape, String attributes) {
        JsonNode place = json(shape);
        return new ViaRegion(place.path("name").asText(), category(json(attributes)), box(place));
    }

    boolean isBox() {
        return kind.equals("rect");
    }

    private static JsonNode json(String text) {
        try {
            return text == null || text.isBlank() ? MissingNode.getInstance() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static Optional<String> category(JsonNode attributes) {
        List<Map.Entry<String, JsonNode>> given = attributes.properties().stream().filter(attribute -> text(attribute.getValue()).isPresent()).toList();
        if (given.size() == 1) {
            return text(given.get(0).getValue());
        }
        return USUAL.stream().flatMap(name -> given.stream().filter(attribute -> attribute.getKey().equalsIgnoreCase(name))).findFirst()
                .flatMap(attribute -> text(attribute.getValue()));
    }

    /** A text, or the only box that is ticked. */
    private static Optional<String> text(JsonNode value) {
        List<String> ticked = value.isObject()
                ? value.properties().stream().filter(option -> option.getValue().asBoolean()).map(Map.Entry::getKey).toList() : List.of(value.asText());
        return ticked.size() == 1 && !ticked.get(0).isBlank() ? Optional.of(ticked.get(0).strip()) : Optional.empty();
    }

    private static Optional<Box> box(JsonNode shape) {
        return switch (shape.path("name").asText()) {
            case "rect" -> numbers(shape, "x", "y", "width", "height")
                    .map(n -> Box.xywh(n.get(0).doubleValue(), n.get(1).doubleValue(), n.get(2).doubleValue(), n.get(3).doubleValue()));
            case "circle" -> numbers(shape, "cx", "cy", "r", "r").map(ViaRegion::round);
            case "ellipse" -> numbers(shape, "cx", "cy", "rx", "ry").map(ViaRegion::round);
            case "polygon", "polyline" -> points(shape).map(Decimals::around).map(Decimals::between);
            default -> Optional.empty();
        };
    }

    private static Box round(List<BigDecimal> n) {
        return Decimals.between(List.of(n.get(0).subtract(n.get(2)), n.get(1).subtract(n.get(3)), n.get(0).add(n.get(2)), n.get(1).add(n.get(3))));
    }

    private static Optional<List<BigDecimal>> points(JsonNode shape) {
        List<String> points = new ArrayList<>();
        for (int i = 0; shape.path("all_points_x").has(i) && shape.path("all_points_y").has(i); i++) {
            points.add(shape.path("all_points_x").get(i).asText());
            points.add(shape.path("all_points_y").get(i).asText());
        }
        return Decimals.numbers(points.stream()).filter(numbers -> numbers.size() >= 6);
    }

    private static Optional<List<BigDecimal>> numbers(JsonNode shape, String... names) {
        return Decimals.numbers(Stream.of(names).map(name -> shape.path(name).asText()));
    }
}

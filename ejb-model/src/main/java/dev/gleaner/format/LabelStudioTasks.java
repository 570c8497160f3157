package dev.gleaner.format;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Label Studio's tasks tell, whether they are exported as JSON, as JSON-MIN or as a table. See {@link LabelStudioReader}. */
final class LabelStudioTasks {

    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final Pattern UPLOAD_PREFIX = Pattern.compile("^[0-9a-f]{8}-");
    private static final Pattern IMAGE_NAME = Pattern.compile("(?is).*\\.(jpe?g|png|bmp|gif|tiff?|webp)(\\?.*)?");
    /** What the labels of a region are called, and what shapes have them. */
    private static final Set<String> LABELS = Set.of("rectanglelabels", "polygonlabels", "ellipselabels", "labels");

    private final ImageFiles images;
    private final Queue<SourceItem> found;
    private final Set<String> categories = new HashSet<>();
    private long number;
    private long named;

    /** @param found where the tasks' images, categories, boxes and findings go */
    LabelStudioTasks(ImageFiles images, Queue<SourceItem> found) {
        this.images = images;
        this.found = found;
    }

    private String label() {
        return "task " + number;
    }

    /** All tasks were read. */
    void end() throws IOException {
        images.unnamed(named).ifPresent(found::add);
    }

    /** In place of a task there is something else. */
    void malformed(String what) {
        number++;
        found.add(new Finding(Code.MALFORMED_ENTRY, null, label() + " is " + what + "; expected an object"));
    }

    /** The next task. */
    void task(JsonNode task) throws IOException {
        number++;
        boolean minimal = !task.path("data").isObject();
        Optional<String> reference = reference(minimal ? task : task.path("data"));
        if (reference.isEmpty()) {
            found.add(new Finding(Code.MALFORMED_ENTRY, null, label() + " (id " + task.path("id").asText("missing") + "): there is no image in its data; expected one such as "
                    + "\"image\": \"/data/upload/1/a.jpg\""));
            return;
        }
        List<JsonNode> regions = minimal ? minimalRegions(task) : regions(task);
        String name = fileName(reference.get());
        ImageFiles.Lookup lookup = images.find(name, UPLOAD_PREFIX.matcher(name.substring(name.lastIndexOf('/') + 1)).replaceFirst(""),
                RemoteAddress.of(reference.get()));
        // One that is not here is told apart by its whole address.
        String fileName = lookup.address().map(RemoteAddress::name).orElse(lookup.fileName());
        // References are addresses: that a file was found by a part of one is no news.
        lookup.finding().filter(finding -> finding.code() != Code.FILE_NAME_MENDED).ifPresent(found::add);
        named += lookup.file().isPresent() ? 1 : 0;
        found.add(new SourceImage(label(), fileName, lookup.file(), lookup.address(),
                regions.stream().map(LabelStudioTasks::size).flatMap(Optional::stream).findFirst(), Optional.empty()));
        Set<String> labelled = new HashSet<>();
        regions.stream().filter(region -> region.path("type").asText().equals("labels")).forEach(region -> labelled.add(region.path("id").asText()));
        for (int i = 0; i < regions.size(); i++) {
            JsonNode region = regions.get(i);
            if (!(region.path("type").asText().equals("rectangle") && labelled.contains(region.path("id").asText()))) {
                region("region " + (i + 1) + " of " + label(), fileName, region);
            }
        }
    }

    /** The field {@code image}, or the first that looks like one. */
    private static Optional<String> reference(JsonNode data) {
        if (data.path("image").isTextual()) {
            return Optional.of(data.path("image").textValue());
        }
        return data.properties().stream().map(Map.Entry::getValue).filter(JsonNode::isTextual).map(JsonNode::textValue)
                .filter(text -> IMAGE_NAME.matcher(text).matches()).findFirst();
    }

    /** What an address says of the file: the path of a local file, otherwise the last part; a plain relative path as it is. */
    private static String fileName(String reference) {
        int local = reference.indexOf("?d=");
        String name;
        if (local >= 0) {
            String path = reference.substring(local + 3);
            name = ImageFiles.decoded(path.contains("&") ? path.substring(0, path.indexOf('&')) : path);
        } else if (reference.contains("://") || reference.startsWith("/")) {
            String path = reference.replaceFirst("[?#].*", "");
            name = ImageFiles.decoded(path.substring(path.lastIndexOf('/') + 1));
        } else {
            name = reference;
        }
        return name.replace('\0', '\ufffd');
    }

    private List<JsonNode> regions(JsonNode task) {
        List<JsonNode> given = new ArrayList<>();
        task.path("annotations").forEach(given::add);
        task.path("completions").forEach(given::add);
        List<JsonNode> counting = given.stream().filter(annotation -> !annotation.path("was_cancelled").asBoolean()).toList();
        if (counting.size() > 1) {
            found.add(new Finding(Code.SEVERAL_ANNOTATIONS, null, label() + " (id " + task.path("id").asText("missing") + ") has " + counting.size()
                    + " annotations; the ground truth was taken, or else the latest"));
        } else if (counting.isEmpty() && !given.isEmpty()) {
            found.add(new Finding(Code.NOT_TAKEN, null, label() + " (id " + task.path("id").asText("missing") + ") was skipped; it was taken as without boxes"));
        }
        if (Stream.of(task.path("predictions")).flatMap(predictions -> predictions.valueStream()).anyMatch(JsonNode::isObject)) {
            found.add(new Finding(Code.NOT_TAKEN, null, label() + " (id " + task.path("id").asText("missing") + ") has predictions; only annotations were taken"));
        }
        Comparator<JsonNode> later = Comparator.comparing((JsonNode annotation) -> annotation.path("ground_truth").asBoolean())
                .thenComparing(annotation -> annotation.path("updated_at").asText(annotation.path("created_at").asText("")));
        return counting.stream().max(later).map(annotation -> annotation.path("result").valueStream().toList()).orElse(List.of());
    }

    /** JSON-MIN has what is in a region's value, and beside it the size of its image. */
    private static List<JsonNode> minimalRegions(JsonNode task) {
        List<JsonNode> regions = new ArrayList<>();
        task.properties().stream().map(Map.Entry::getValue).filter(JsonNode::isArray).forEach(list -> list.forEach(value -> LABELS.stream()
                .filter(value::has).findFirst().ifPresent(type -> {
                    var region = JSON.createObjectNode().put("type", type);
                    region.set("value", value);
                    region.set("original_width", value.get("original_width"));
                    region.set("original_height", value.get("original_height"));
                    regions.add(region);
                })));
        return regions;
    }

    private static Optional<PixelSize> size(JsonNode region) {
        int width = region.path("original_width").asInt();
        int height = region.path("original_height").asInt();
        return width > 0 && height > 0 ? Optional.of(new PixelSize(width, height)) : Optional.empty();
    }

    private void region(String id, String fileName, JsonNode region) {
        String type = region.path("type").asText("missing");
        JsonNode value = region.path("value");
        if (!LABELS.contains(type)) {
            found.add(new Finding(Code.NOT_TAKEN, fileName, id + " is of type " + type + ", which is no labelled box; it was left out"));
            return;
        }
        List<String> labels = value.path(type).valueStream().map(JsonNode::asText).filter(SourceCategory::isName).map(String::strip).toList();
        if (labels.isEmpty()) {
            found.add(new Finding(Code.NOT_TAKEN, fileName, id + " has no label; it was left out"));
            return;
        }
        if (region.path("image_rotation").asInt() % 360 != 0) {
            found.add(new Finding(Code.INVALID_BOX, fileName, id + ": image_rotation is " + region.path("image_rotation").asText()
                    + "; expected 0, as nothing tells which way its box was turned"));
            return;
        }
        Optional<SourceBox> box = place(id, fileName, type, value, size(region)).map(place -> place.relative == null
                ? new SourceBox(id, label(), "", place.pixels, crowd(region)) : new SourceBox(id, label(), "", place.relative, crowd(region)));
        if (box.isEmpty()) {
            found.add(new Finding(Code.INVALID_BOX, fileName, id + ": value is " + shortened(value) + "; expected finite numbers x, y, width and height in percent"));
            return;
        }
        for (String label : labels) {
            String category = label.replace('\0', '\ufffd');
            if (categories.add(category)) {
                found.add(new SourceCategory(category, category));
            }
            SourceBox given = box.get();
            found.add(new SourceBox(id, given.imageId(), category, given.box(), given.crowd(), given.relative()));
        }
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    private static boolean crowd(JsonNode region) {
        return region.path("meta").path("text").valueStream().anyMatch(text -> text.asText().equals(LabelStudioWriter.CROWD));
    }

    /** Either of both. */
    private record Place(RelativeBox relative, Box pixels) {
    }

    private Optional<Place> place(String id, String fileName, String type, JsonNode value, Optional<PixelSize> size) {
        double rotation = value.path("rotation").asDouble();
        if (value.has("points")) {
            List<String> points = new ArrayList<>();
            value.path("points").forEach(point -> point.forEach(number -> points.add(number.asText())));
            Optional<List<BigDecimal>> read = Decimals.numbers(points.stream()).filter(numbers -> numbers.size() >= 6 && numbers.size() % 2 == 0);
            read.ifPresent(numbers -> boxed(id, fileName, "polygon"));
            return read.map(Decimals::around).map(edges -> new Place(percent(edges.get(0), edges.get(1), edges.get(2).subtract(edges.get(0)), edges.get(3).subtract(edges.get(1))), null));
        }
        boolean ellipse = value.has("radiusX");
        Optional<RelativeBox> box = ellipse ? numbers(value, "x", "y", "radiusX", "radiusY").map(n -> percent(n.get(0).subtract(n.get(2)),
                n.get(1).subtract(n.get(3)), n.get(2).add(n.get(2)), n.get(3).add(n.get(3))))
                : numbers(value, "x", "y", "width", "height").map(n -> percent(n.get(0), n.get(1), n.get(2), n.get(3)));
        if (box.isEmpty() || rotation == 0 && !ellipse) {
            return box.map(relative -> new Place(relative, null));
        }
        if (rotation == 0) {
            boxed(id, fileName, "ellipse");
            return box.map(relative -> new Place(relative, null));
        }
        if (size.isEmpty()) {
            return Optional.empty();
        }
        Box upright = box.get().in(size.get());
        boxed(id, fileName, (ellipse ? "ellipse" : "rectangle") + " turned by " + value.path("rotation").asText() + " degrees");
        // A rectangle turns about its top-left corner, an ellipse about its middle.
        return Optional.of(new Place(null, ellipse
                ? Decimals.turned(upright, rotation, upright.x() + upright.width() / 2, upright.y() + upright.height() / 2)
                : Decimals.turned(upright, rotation, upright.x(), upright.y())));
    }

    private static Optional<List<BigDecimal>> numbers(JsonNode value, String... names) {
        return Decimals.numbers(Stream.of(names).map(name -> value.path(name).asText()));
    }

    private static RelativeBox percent(BigDecimal x, BigDecimal y, BigDecimal width, BigDecimal height) {
        return RelativeBox.Convention.PERCENT.read(List.of(x, y, width, height));
    }

    private void boxed(String id, String fileName, String shape) {
        found.add(new Finding(Code.SHAPE_BOXED, fileName, id + " is a " + shape + "; the upright box around it was taken"));
    }
}

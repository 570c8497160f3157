package dev.gleaner.cvat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.InvalidInput;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The JSON of the function platform nuclio, as far as CVAT's server reads it: {@code cvat/apps/lambda_manager/views.py} of CVAT 2.x, which takes
 * whatever is listed here for a serverless function.
 */
final class NuclioJson {

    /** Of a body; the text of an image is a third longer than its bytes. */
    static final int MOST_BYTES = 64 << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static {
        MAPPER.getFactory().setStreamReadConstraints(StreamReadConstraints.builder().maxStringLength(MOST_BYTES).build());
    }

    private NuclioJson() {
    }

    /**
     * What CVAT sends to have a frame labeled.
     *
     * @param image     encoded
     * @param threshold the least score of all labels, 0 to 1; empty where the project's own hold, as CVAT never sends 0
     */
    record Invocation(byte[] image, Optional<Double> threshold) {
    }

    /** @throws InvalidInput if it is none */
    static Invocation invocation(byte[] body) {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (IOException e) {
            throw new InvalidInput("body", body.length + " bytes", "well-formed JSON");
        }
        JsonNode image = json.path("image");
        if (!image.isTextual() || image.textValue().isEmpty()) {
            throw new InvalidInput("image", image.isMissingNode() ? null : start(image.toString()), "an encoded image in base 64");
        }
        JsonNode threshold = json.path("threshold");
        boolean given = !threshold.isMissingNode() && !threshold.isNull();
        if (given && !(threshold.isNumber() && threshold.doubleValue() >= 0 && threshold.doubleValue() <= 1)) {
            throw new InvalidInput("threshold", start(threshold.toString()), "a number from 0 to 1");
        }
        try {
            return new Invocation(Base64.getMimeDecoder().decode(image.textValue()), given ? Optional.of(threshold.doubleValue()) : Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new InvalidInput("image", start(image.textValue()), "an encoded image in base 64");
        }
    }

    private static String start(String text) {
        return text.length() > 50 ? text.substring(0, 50) + "..." : text;
    }

    /** All functions, by their ids. @param port where this server is called directly */
    static byte[] functions(List<CvatFunction> functions, int port) {
        ObjectNode all = MAPPER.createObjectNode();
        functions.forEach(function -> all.set(function.id(), json(function, port)));
        return bytes(all);
    }

    static byte[] function(CvatFunction function, int port) {
        return bytes(json(function, port));
    }

    private static ObjectNode json(CvatFunction function, int port) {
        ObjectNode json = MAPPER.createObjectNode();
        ObjectNode metadata = json.putObject("metadata").put("name", function.id()).put("namespace", "nuclio");
        metadata.putObject("labels").put("nuclio.io/project-name", "cvat");
        ArrayNode labels = MAPPER.createArrayNode();
        for (int i = 0; i < function.labels().size(); i++) {
            labels.addObject().put("id", i + 1).put("name", function.labels().get(i)).put("type", "rectangle");
        }
        // Annotations are texts, the labels too.
        metadata.putObject("annotations").put("name", "Gleaner: " + function.projectName()).put("type", "detector").put("framework", "pytorch")
                .put("version", Long.toString(function.modelVersion())).put("spec", labels.toString());
        json.putObject("spec").put("description", "%s (Gleaner %d), the champion of the project %s"
                .formatted(function.modelName(), function.modelVersion(), function.projectName()));
        json.putObject("status").put("state", "ready").put("httpPort", port);
        return json;
    }

    /** What was found on a frame. */
    static byte[] found(List<CvatBox.Found> found) {
        ArrayNode all = MAPPER.createArrayNode();
        for (CvatBox.Found one : found) {
            ObjectNode json = all.addObject().put("confidence", String.format(Locale.ROOT, "%.4f", one.score())).put("label", one.box().label())
                    .put("type", "rectangle");
            json.putArray("points").add(one.box().left()).add(one.box().top()).add(one.box().right()).add(one.box().bottom());
        }
        return bytes(all);
    }

    static byte[] error(String message) {
        return bytes(MAPPER.createObjectNode().put("error", message));
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}

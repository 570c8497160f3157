package dev.gleaner.labelstudio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.InvalidInput;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/** What all of Label Studio's JSON has in common. */
final class LabelStudioJson {

    static final ObjectMapper MAPPER = new ObjectMapper();
    /** The type of regions that are boxes, and the field of their labels. */
    static final String RECTANGLE = "rectanglelabels";

    private LabelStudioJson() {
    }

    /** What its calls name a project by: its number and the second in which it was made. */
    static String identity(JsonNode project) {
        Instant created = instant(project.path("created_at"));
        return project.path("id").asLong() + (created == null ? "" : "." + created.getEpochSecond());
    }

    /** Null if it is no time. */
    static Instant instant(JsonNode text) {
        try {
            return text.isTextual() ? Instant.parse(text.textValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Null if there is no such text. */
    static String text(JsonNode json, String field) {
        return json.path(field).isTextual() ? json.get(field).textValue() : null;
    }

    static double clip(double value, double most) {
        return Math.max(0, Math.min(most, value));
    }

    /** @throws InvalidInput if it is no object or list */
    static JsonNode read(byte[] body) {
        try {
            JsonNode json = MAPPER.readTree(body);
            if (json == null || !json.isContainerNode()) {
                throw new InvalidInput("body", null, "a JSON object");
            }
            return json;
        } catch (JsonProcessingException e) {
            // Without the text: it may hold tokens.
            throw new InvalidInput("body", null, "well-formed JSON; line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
    }

    static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}

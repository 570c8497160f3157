package dev.gleaner.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.event.GleanerEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The JSON that a webhook gets: {@code {"id", "type", "time", "project", "data"}}. */
final class WebhookBody {

    /** The type of what is sent to try a webhook. */
    static final String TEST = "test";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private WebhookBody() {
    }

    static String of(UUID id, GleanerEvent event, Instant now) {
        return of(id, event.type().label(), now, event.project(), event.data());
    }

    static String ofTest(UUID id, long project, Instant now) {
        return of(id, TEST, now, project, Map.of());
    }

    private static String of(UUID id, String type, Instant now, long project, Map<String, Object> data) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id.toString());
        body.put("type", type);
        body.put("time", now.toString());
        body.put("project", project);
        body.put("data", new TreeMap<>(data));
        try {
            return MAPPER.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("ids and texts can be written", e);
        }
    }
}

package dev.gleaner.labelstudio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.gleaner.platform.StandInServer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * A stand-in for Label Studio 1.23.2, not the real one: it does what was recorded of that one. Images need the header {@code Authorization: Token}
 * with the legacy token, or {@code Bearer} with an access token that the personal token was exchanged for; predictions are kept as they come, so
 * that those sent twice are there twice.
 */
public final class StandInLabelStudio extends StandInServer {

    public static final String LEGACY = "0123456789abcdef0123456789abcdef01234567";
    public static final String PERSONAL = "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ACCESS = "access-token-";

    private final List<ObjectNode> predictions = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, byte[]> images = new ConcurrentHashMap<>();
    private final AtomicInteger accesses = new AtomicInteger();
    private volatile ArrayNode tasks = JSON.createArrayNode();
    private volatile String export = "[]";
    private volatile String labelConfig = LabelStudioJson.setup(Recorded.body("setup")).labelConfig();

    /** Serves a picture at a path. */
    public void image(String path, byte[] picture) {
        images.put(path, picture);
    }

    /** @param count of tasks, numbered from 1 @param address of the image of each */
    public void tasks(int count, IntFunction<String> address) {
        ArrayNode all = JSON.createArrayNode();
        for (int i = 1; i <= count; i++) {
            ObjectNode task = all.addObject().put("id", i).put("project", 1);
            task.putObject("data").put("image", address.apply(i));
        }
        tasks = all;
    }

    public void labelConfig(String xml) {
        labelConfig = xml;
    }

    /** What the export as JSON has. */
    public void export(String json) {
        export = json;
    }

    /** What the next import of predictions meets. */
    public void next(Mishap next) {
        next(next, "POST .*/import/predictions");
    }

    /** The predictions it has of a task. */
    public List<JsonNode> predictions(long task) {
        return predictions.stream().filter(prediction -> prediction.get("task").asLong() == task).map(JsonNode.class::cast).toList();
    }

    /** It asked for a prediction of a task, and was answered with no box. */
    public void predicted(long task, String version) {
        ObjectNode stored = JSON.createObjectNode().put("task", task).put("model_version", version).put("id", predictions.size() + 1);
        stored.putArray("result");
        predictions.add(stored);
    }

    public int predictionCount() {
        return predictions.size();
    }

    @Override
    protected void serve(HttpExchange exchange, byte[] body) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replace("null", "");
        if (path.equals("/api/token/refresh/")) {
            boolean known = JSON.readTree(body).path("refresh").asText().equals(PERSONAL);
            send(exchange, known ? 200 : 401, known ? "{\"access\":\"" + ACCESS + accesses.incrementAndGet() + "\"}" : "{}");
        } else if (!authorization.equals("Token " + LEGACY) && !authorization.equals("Bearer " + ACCESS + accesses.get())) {
            send(exchange, 401, "{\"detail\":\"Authentication credentials were not provided.\"}");
        } else if (images.containsKey(path + (path.equals("/data/local-files/") ? "?" + query : ""))) {
            send(exchange, 200, images.get(path + (path.equals("/data/local-files/") ? "?" + query : "")));
        } else if (path.equals("/api/projects/1")) {
            send(exchange, 200, JSON.createObjectNode().put("id", 1).put("title", "fixtures").put("created_at", "2026-11-23T11:18:43.993855Z")
                    .put("label_config", labelConfig).toString());
        } else if (path.equals("/api/tasks")) {
            page(exchange, query);
        } else if (path.equals("/api/projects/1/import/predictions")) {
            imported(exchange, body);
        } else if (path.equals("/api/predictions/")) {
            send(exchange, 200, JSON.valueToTree(predictions(Long.parseLong(query.replaceFirst(".*task=", "")))).toString());
        } else if (path.matches("/api/predictions/[0-9]+/") && exchange.getRequestMethod().equals("PATCH")) {
            ObjectNode there = predictions.get(Integer.parseInt(path.replaceAll("[^0-9]", "")) - 1);
            there.setAll((ObjectNode) JSON.readTree(body));
            send(exchange, 200, there.toString());
        } else if (path.equals("/api/projects/1/export")) {
            send(exchange, 200, exported(query));
        } else {
            send(exchange, 404, "{\"detail\":\"Not found.\"}");
        }
    }

    private void page(HttpExchange exchange, String query) throws IOException {
        int page = Integer.parseInt(query.replaceFirst(".*&page=([0-9]+).*", "$1"));
        int size = Integer.parseInt(query.replaceFirst(".*&page_size=([0-9]+).*", "$1"));
        JsonNode filter = query.contains("query=") ? JSON.readTree(query.replaceFirst(".*query=(.*)", "$1")).at("/filters/items/0") : null;
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode task : filter == null ? tasks : JSON.readTree(export)) {
            if (filter == null || Instant.parse(task.get("updated_at").asText()).compareTo(Instant.parse(filter.get("value").asText())) >= 0) {
                all.add(task);
            }
        }
        List<JsonNode> some = all.subList(Math.min(all.size(), (page - 1) * size), Math.min(all.size(), page * size));
        if (some.isEmpty() && page > 1) {
            send(exchange, 404, "{\"detail\":\"Invalid page.\"}");
            return;
        }
        ObjectNode answer = JSON.createObjectNode().put("total", all.size());
        answer.putArray("tasks").addAll(some);
        send(exchange, 200, answer.toString());
    }

    /** All of the export, or the tasks that are asked for. */
    private String exported(String query) throws IOException {
        List<String> ids = Pattern.compile("ids\\[\\]=([0-9]+)").matcher(query).results().map(id -> id.group(1)).toList();
        ArrayNode some = JSON.createArrayNode();
        JSON.readTree(export).forEach(task -> {
            if (ids.isEmpty() || ids.contains(task.get("id").asText())) {
                some.add(task);
            }
        });
        return some.toString();
    }

    private void imported(HttpExchange exchange, byte[] body) throws IOException {
        Mishap met = mishap(exchange);
        if (met == Mishap.REFUSED) {
            send(exchange, 503, "{}");
            return;
        }
        for (JsonNode prediction : JSON.readTree(body)) {
            ObjectNode stored = prediction.deepCopy();
            predictions.add(stored.put("id", predictions.size() + 1));
        }
        if (met == Mishap.LOST_ANSWER) {
            exchange.close();
            return;
        }
        send(exchange, 201, "{\"created\":" + JSON.readTree(body).size() + "}");
    }
}

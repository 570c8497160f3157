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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * A stand-in for Label Studio 1.23.2, not the real one: it does what was recorded of that one, and refuses what that one refuses. Everything needs the
 * header {@code Authorization: Token} with the legacy token, or {@code Bearer} with an access token that the personal token was exchanged for, and none of
 * the other kind. It has one project, of the number 1. Predictions are checked as {@link StandInLabelStudioRules} has it, and one that is wrong spoils all that
 * come with it; those that are taken are kept as they come, so that those sent twice are there twice.
 */
public final class StandInLabelStudio extends StandInServer {

    public static final String LEGACY = "0123456789abcdef0123456789abcdef01234567";
    public static final String PERSONAL = "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ACCESS = "access-token-";
    /** The form in which the data manager takes the filter; a time in any other form was refused. */
    private static final String CHANGED_SINCE = ".*query=\\{\"filters\":\\{\"conjunction\":\"and\",\"items\":\\[\\{\"filter\":\"filter:tasks:updated_at\","
            + "\"operator\":\"greater_or_equal\",\"type\":\"Datetime\",\"value\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z\"}]}}";

    private final List<ObjectNode> predictions = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, byte[]> images = new ConcurrentHashMap<>();
    private final AtomicInteger accesses = new AtomicInteger();
    private volatile ArrayNode tasks = JSON.createArrayNode();
    private volatile String export = "[]";
    private volatile String labelConfig = BackEndJson.setup(Recorded.body("setup")).labelConfig();

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
        String method = exchange.getRequestMethod();
        boolean hasBody = !method.equals("GET");
        if (hasBody && !String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")).matches("application/json(;.*)?")) {
            refuse(exchange, 415, "Unsupported media type in request.");
            return;
        }
        String call = method + " " + path;
        if (call.equals("POST /api/token/refresh/")) {
            boolean known = JSON.readTree(body).path("refresh").asText().equals(PERSONAL);
            send(exchange, known ? 200 : 401, known ? "{\"access\":\"" + ACCESS + accesses.incrementAndGet() + "\"}" : "{}");
            return;
        }
        if (!authorization.equals("Token " + LEGACY) && !authorization.equals("Bearer " + ACCESS + accesses.get())) {
            refuse(exchange, 401, "Authentication credentials were not provided.");
            return;
        }
        String image = path + (path.equals("/data/local-files/") ? "?" + query : "");
        if (method.equals("GET") && images.containsKey(image)) {
            send(exchange, 200, images.get(image));
        } else if (call.equals("GET /api/projects/1")) {
            send(exchange, 200, JSON.createObjectNode().put("id", 1).put("title", "fixtures").put("created_at", "2026-11-23T11:18:43.993855Z")
                    .put("label_config", labelConfig).toString());
        } else if (call.equals("GET /api/tasks") && query.matches("(.*&)?project=1(&.*)?")) {
            page(exchange, query);
        } else if (call.equals("POST /api/projects/1/import/predictions")) {
            imported(exchange, body);
        } else if (call.equals("GET /api/predictions/")) {
            long task = Long.parseLong(query.replaceFirst(".*task=", ""));
            if (knownTasks().contains(task)) {
                send(exchange, 200, JSON.valueToTree(predictions(task)).toString());
            } else {
                refuse(exchange, 400, "Select a valid choice. That choice is not one of the available choices.");
            }
        } else if (call.matches("PATCH /api/predictions/[0-9]+/")) {
            replaced(exchange, Integer.parseInt(path.replaceAll("[^0-9]", "")), body);
        } else if (call.equals("GET /api/projects/1/export") && query.matches("exportType=JSON(&.*)?")) {
            send(exchange, 200, exported(query));
        } else {
            refuse(exchange, path.startsWith("/api/projects/1") || path.matches("/api/(tasks|predictions/|token/refresh/)") ? 405 : 404, "Not found, or not so.");
        }
    }

    private static void refuse(HttpExchange exchange, int status, String detail) throws IOException {
        send(exchange, status, JSON.createObjectNode().put("status_code", status).put("version", "1.23.2").put("detail", detail).toString());
    }

    private Set<Long> knownTasks() throws IOException {
        Set<Long> known = new HashSet<>();
        tasks.forEach(task -> known.add(task.get("id").asLong()));
        JSON.readTree(export).forEach(task -> known.add(task.get("id").asLong()));
        return known;
    }

    private void page(HttpExchange exchange, String query) throws IOException {
        int page = Integer.parseInt(query.replaceFirst(".*&page=([0-9]+).*", "$1"));
        int size = Integer.parseInt(query.replaceFirst(".*&page_size=([0-9]+).*", "$1"));
        if (query.contains("query=") && !query.matches(CHANGED_SINCE)) {
            refuse(exchange, 400, "expected the tasks that changed since a time, in microseconds and of the time zone Z");
            return;
        }
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
        JsonNode list = JSON.readTree(body);
        Set<Long> known = knownTasks();
        LabelConfig config = LabelConfig.parse(labelConfig);
        Optional<String> fault = !list.isArray() ? Optional.of("Expected a list of items.")
                : StreamSupport.stream(list.spliterator(), false).map(one -> !known.contains(one.path("task").asLong()) ? "the task is not of this project"
                : StandInLabelStudioRules.fault(one, config).orElse("")).filter(one -> !one.isEmpty()).findFirst();
        if (fault.isPresent()) {
            refuse(exchange, 400, fault.get());
            return;
        }
        for (JsonNode prediction : list) {
            ObjectNode stored = prediction.deepCopy();
            predictions.add(stored.put("id", predictions.size() + 1));
        }
        if (met == Mishap.LOST_ANSWER) {
            exchange.close();
            return;
        }
        send(exchange, 201, "{\"created\":" + list.size() + "}");
    }

    private void replaced(HttpExchange exchange, int id, byte[] body) throws IOException {
        JsonNode prediction = JSON.readTree(body);
        Optional<String> fault = StandInLabelStudioRules.fault(prediction, LabelConfig.parse(labelConfig));
        if (id < 1 || id > predictions.size()) {
            refuse(exchange, 404, "Not found.");
        } else if (fault.isPresent()) {
            refuse(exchange, 400, fault.get());
        } else {
            predictions.get(id - 1).setAll((ObjectNode) prediction);
            send(exchange, 200, predictions.get(id - 1).toString());
        }
    }
}

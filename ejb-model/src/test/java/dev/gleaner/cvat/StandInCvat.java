package dev.gleaner.cvat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.gleaner.platform.StandInServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;

/**
 * A stand-in for CVAT, not the real one, written from CVAT's sources and compared with a server of 2.54.1: a task of images, its labels, jobs and
 * shapes, and the queue of a function. Shapes that are added are kept as they come, so that those sent twice are there twice.
 */
public final class StandInCvat extends StandInServer {

    public static final String TOKEN = "zT3kXa91.personal-access-token-of-the-tests";
    public static final String LEGACY = "0123456789abcdef0123456789abcdef01234567";
    public static final long TASK = 5;
    /** Whose task it is. */
    public static final long PROJECT = 3;
    public static final long FUNCTION = 12;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<byte[]> frames = new CopyOnWriteArrayList<>();
    private final List<ObjectNode> shapes = new CopyOnWriteArrayList<>();
    private final Map<String, Queue<String>> requests = new HashMap<>();
    private final List<JsonNode> updates = new CopyOnWriteArrayList<>();
    private final List<JsonNode> completed = new CopyOnWriteArrayList<>();
    private final List<JsonNode> failures = new CopyOnWriteArrayList<>();
    private final List<OutputStream> watchers = new CopyOnWriteArrayList<>();
    private volatile String labels = "[{\"id\":31,\"name\":\"disc\",\"type\":\"any\"},{\"id\":32,\"name\":\"square\",\"type\":\"rectangle\"}]";
    /** Null for one job of all frames that nobody has begun, as CVAT makes one with each task. */
    private volatile String jobs;
    private volatile String deleted = "[]";
    private volatile String tracks = "[]";
    private volatile boolean tellsOfRequests = true;

    /** Adds an image as the task's next frame. */
    public void frame(byte[] picture) {
        frames.add(picture);
    }

    /** The frames that somebody deleted, as a list. */
    public void deleted(String json) {
        deleted = json;
    }

    public void labels(String json) {
        labels = json;
    }

    /** A job of all frames. @param state {@code in progress} or {@code completed} */
    public void job(String assignee, String state) {
        jobs = job(frames.size(), assignee, state);
    }

    private static String job(int frames, String assignee, String state) {
        return "[{\"id\":8,\"task_id\":5,\"type\":\"annotation\",\"state\":\"%s\",\"stage\":\"annotation\",\"start_frame\":0,\"stop_frame\":%d,\"assignee\":%s}]"
                .formatted(state, frames - 1, assignee == null ? "null" : "{\"id\":3,\"username\":\"" + assignee + "\"}");
    }

    /** Jobs of its task, or of others. What has no {@code updated_date} was changed at the beginning of 2026. */
    public void jobs(String json) {
        jobs = json;
    }

    /** The jobs that a list is asked for, by what they are filtered and sorted by. */
    private Answer jobsOf(String query) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode job : JSON.readTree(jobs == null ? job(frames.size(), null, "new") : jobs)) {
            ObjectNode one = job.deepCopy();
            if (!one.has("updated_date")) {
                one.put("updated_date", "2026-01-01T08:00:00Z");
            }
            String filter = query.contains("filter=") ? query.replaceFirst(".*filter=(.*?)&sort.*", "$1") : null;
            boolean isOfTask = !query.contains("task_id=") || query.matches(".*task_id=" + one.path("task_id").asLong(TASK) + "(&.*)?");
            if (isOfTask && (filter == null || holds(JSON.readTree(filter), one))) {
                found.add(one);
            }
        }
        if (query.contains("sort=updated_date,id")) {
            found.sort(Comparator.comparing((JsonNode job) -> Instant.parse(job.get("updated_date").asText())).thenComparing(job -> job.get("id").asLong()));
        }
        int page = Integer.parseInt(query.replaceFirst(".*[&]page=([0-9]+).*", "$1"));
        int size = Integer.parseInt(query.replaceFirst(".*page_size=([0-9]+).*", "$1"));
        List<JsonNode> some = found.subList(Math.min(found.size(), (page - 1) * size), Math.min(found.size(), page * size));
        return Answer.of("{\"count\":%d,\"next\":%s,\"previous\":null,\"results\":%s}".formatted(found.size(),
                page * size < found.size() ? "\"" + address() + "/api/jobs?page=" + (page + 1) + "\"" : "null", some));
    }

    /** As CVAT's lists read JSON Logic. */
    private static boolean holds(JsonNode rule, JsonNode job) {
        String operator = rule.fieldNames().next();
        JsonNode of = rule.get(operator);
        if (operator.equals("or") || operator.equals("and")) {
            return StreamSupport.stream(of.spliterator(), false).filter(part -> holds(part, job)).count() >= (operator.equals("or") ? 1 : of.size());
        }
        JsonNode field = job.get(of.get(0).get("var").asText());
        int order = field.isNumber() ? Long.compare(field.asLong(), of.get(1).asLong()) : Instant.parse(field.asText()).compareTo(Instant.parse(of.get(1).asText()));
        return switch (operator) {
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            case "==" -> order == 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    public void tracks(String json) {
        tracks = json;
    }

    /** Somebody draws a shape, or a model does. */
    public void shape(String json) {
        try {
            keep((ObjectNode) JSON.readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody deletes all shapes. */
    public void clear() {
        shapes.clear();
    }

    public List<JsonNode> shapes() {
        return List.copyOf(shapes);
    }

    /** As an earlier CVAT, which has no events of its queues. */
    public void tellsNothing() {
        tellsOfRequests = false;
    }

    /** Somebody asks for something to be labeled. @param params as JSON */
    public void request(String category, String id, String params) {
        synchronized (requests) {
            requests.computeIfAbsent(category, any -> new ArrayDeque<>()).add("{\"ar_id\":\"" + id + "\",\"ar_params\":" + params + "}");
        }
        for (OutputStream watcher : watchers) {
            try {
                watcher.write((": alive\n\nevent: newrequest\ndata: {\"request_category\": \"" + category + "\"}\n\n").getBytes(StandardCharsets.UTF_8));
                watcher.flush();
            } catch (IOException e) {
                watchers.remove(watcher);
            }
        }
    }

    public boolean isWatched() {
        return !watchers.isEmpty();
    }

    public List<JsonNode> updates() {
        return List.copyOf(updates);
    }

    public List<JsonNode> completed() {
        return List.copyOf(completed);
    }

    public List<JsonNode> failures() {
        return List.copyOf(failures);
    }

    @Override
    protected void serve(HttpExchange exchange, byte[] body) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String method = exchange.getRequestMethod();
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!authorization.equals("Bearer " + TOKEN) && !authorization.equals("Token " + LEGACY)) {
            send(exchange, 401, "{\"detail\":\"Invalid token.\"}");
            return;
        }
        String accept = String.valueOf(exchange.getRequestHeaders().getFirst("Accept"));
        if (!accept.contains("application/vnd.cvat+json") && !accept.contains("*/*")) {
            send(exchange, 406, "{\"detail\":\"Could not satisfy the request Accept header.\"}");
            return;
        }
        Mishap met = mishap(exchange);
        if (met == Mishap.REFUSED) {
            send(exchange, 503, "{}");
            return;
        }
        Answer answer = answer(method, path, query, body);
        if (met == Mishap.LOST_ANSWER) {
            exchange.close();
        } else if (answer.bytes == null) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write("retry: 50\n\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            watchers.add(out);
        } else {
            send(exchange, answer.status, answer.bytes);
        }
    }

    /** @param bytes null for a stream of events */
    private record Answer(int status, byte[] bytes) {
        static Answer of(String json) {
            return new Answer(200, json.getBytes(StandardCharsets.UTF_8));
        }
    }

    private Answer answer(String method, String path, String query, byte[] body) throws IOException {
        String task = "/api/tasks/" + TASK;
        String function = "/api/functions/" + FUNCTION;
        String queue = "/api/functions/queues/function:" + FUNCTION;
        if (method.equals("GET") && path.equals(task)) {
            return Answer.of(task());
        } else if (method.equals("GET") && path.equals("/api/projects/" + PROJECT)) {
            return Answer.of("{\"id\":3,\"name\":\"town\",\"created_date\":\"2026-01-01T08:00:00.000001Z\"}");
        } else if (method.equals("GET") && path.equals("/api/tasks") && query.contains("project_id=3")) {
            // A task that nobody has given images yet has no size, and one that is being made has no frames.
            return Answer.of(("{\"count\":3,\"next\":null,\"previous\":null,\"results\":[{\"id\":4,\"name\":\"new\",\"size\":0,\"project_id\":3},"
                    + "{\"id\":6,\"name\":\"without images\",\"mode\":\"\",\"project_id\":3},%s]}").formatted(task()));
        } else if (method.equals("GET") && path.equals(task + "/data/meta")) {
            ArrayNode names = JSON.createArrayNode();
            for (int i = 0; i < frames.size(); i++) {
                names.addObject().put("name", "photos/shape " + i + ".png").put("width", 160).put("height", 120);
            }
            return Answer.of("{\"size\":%d,\"start_frame\":0,\"deleted_frames\":%s,\"frames\":%s}".formatted(frames.size(), deleted, names));
        } else if (method.equals("GET") && path.equals(task + "/data") && query.startsWith("type=frame&number=") && query.endsWith("&quality=original")) {
            return new Answer(200, frames.get(Integer.parseInt(query.replaceAll("[^0-9]", ""))));
        } else if (method.equals("GET") && path.equals("/api/labels") && (query.contains("task_id=5") || query.contains("project_id=3"))) {
            // A page has one label, whatever was asked for.
            JsonNode all = JSON.readTree(labels);
            int page = Integer.parseInt(query.replaceFirst(".*[&]page=([0-9]+).*", "$1"));
            String next = page < all.size() ? "\"" + address() + "/api/labels?page=" + (page + 1) + "\"" : "null";
            return Answer.of("{\"count\":%d,\"next\":%s,\"previous\":null,\"results\":[%s]}".formatted(all.size(), next, all.get(page - 1)));
        } else if (method.equals("GET") && path.equals("/api/labels")) {
            // Of a task or a project that is not there.
            return new Answer(500, "<!DOCTYPE html><html lang=\"en\">".getBytes(StandardCharsets.UTF_8));
        } else if (method.equals("GET") && path.equals("/api/jobs") && (query.contains("task_id=") || query.contains("project_id=3"))) {
            return jobsOf(query);
        } else if (method.equals("GET") && path.equals(task + "/annotations")) {
            return Answer.of("{\"version\":0,\"tags\":[],\"shapes\":" + JSON.valueToTree(shapes) + ",\"tracks\":" + tracks + "}");
        } else if (method.equals("PATCH") && path.equals(task + "/annotations") && query.equals("action=create")) {
            return created(JSON.readTree(body));
        } else if (method.equals("GET") && path.equals(function)) {
            return Answer.of("{\"id\":12,\"provider\":\"native\",\"kind\":\"detector\"}");
        } else if (method.equals("POST") && path.equals(queue + "/requests/acquire")) {
            return acquired(JSON.readTree(body));
        } else if (method.equals("GET") && path.equals(queue + "/watch") && tellsOfRequests) {
            return new Answer(200, null);
        } else if (method.equals("POST") && path.matches(queue + "/requests/[^/]+/(update|complete|fail)")) {
            ObjectNode told = ((ObjectNode) JSON.readTree(body)).put("ar_id", path.replaceFirst(".*/requests/", "").replaceFirst("/.*", ""));
            (path.endsWith("update") ? updates : path.endsWith("complete") ? completed : failures).add(told);
            return path.contains("/withdrawn/") ? new Answer(404, new byte[0]) : Answer.of("{}");
        }
        return new Answer(404, "{\"detail\":\"Not found.\"}".getBytes(StandardCharsets.UTF_8));
    }

    private String task() {
        return "{\"id\":5,\"name\":\"street\",\"size\":%d,\"mode\":\"annotation\",\"project_id\":3,\"created_date\":\"2026-01-01T09:00:00.5+01:00\"}"
                .formatted(frames.size());
    }

    private Answer created(JsonNode body) {
        for (String field : List.of("version", "tags", "shapes", "tracks")) {
            if (!body.has(field)) {
                return new Answer(400, ("{\"" + field + "\":[\"This field is required.\"]}").getBytes(StandardCharsets.UTF_8));
            }
        }
        List<JsonNode> made = new ArrayList<>();
        body.get("shapes").forEach(shape -> made.add(keep(shape.deepCopy())));
        return Answer.of("{\"version\":1,\"tags\":[],\"shapes\":" + JSON.valueToTree(made) + ",\"tracks\":[]}");
    }

    private ObjectNode keep(ObjectNode shape) {
        shape.put("id", shapes.size() + 100).put("rotation", shape.path("rotation").asDouble());
        shapes.add(shape);
        return shape;
    }

    private Answer acquired(JsonNode asked) {
        if (!asked.path("agent_id").asText().matches("[0-9a-f]{32}")) {
            return new Answer(400, new byte[0]);
        }
        synchronized (requests) {
            Queue<String> waiting = requests.get(asked.path("request_category").asText());
            return Answer.of("{\"ar_assignment\":" + (waiting == null || waiting.isEmpty() ? "null" : waiting.remove()) + "}");
        }
    }
}

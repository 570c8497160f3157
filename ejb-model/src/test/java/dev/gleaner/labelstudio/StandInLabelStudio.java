package dev.gleaner.labelstudio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A stand-in for Label Studio 1.23.2, not the real one: it does what was recorded of that one. Images need the header {@code Authorization: Token}
 * with the legacy token, or {@code Bearer} with an access token that the personal token was exchanged for; predictions are kept as they come, so
 * that those sent twice are there twice.
 */
public final class StandInLabelStudio implements AutoCloseable {

    public static final String LEGACY = "0123456789abcdef0123456789abcdef01234567";
    public static final String PERSONAL = "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ACCESS = "access-token-";

    /** What the next import of predictions meets: nothing; an error before anything is stored; or the line is cut after everything was. */
    public enum Mishap { NONE, REFUSED, LOST_ANSWER }

    private final HttpServer server;
    private final List<ObjectNode> predictions = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, byte[]> images = new ConcurrentHashMap<>();
    private final AtomicInteger accesses = new AtomicInteger();
    private volatile ArrayNode tasks = JSON.createArrayNode();
    private volatile String export = "[]";
    private volatile String labelConfig = LabelStudioJson.setup(Recorded.body("setup")).labelConfig();
    private volatile Mishap mishap = Mishap.NONE;

    public StandInLabelStudio() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::serve);
        server.start();
    }

    /** Without a slash at its end. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

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

    public void next(Mishap next) {
        mishap = next;
    }

    /** The predictions it has of a task. */
    public List<JsonNode> predictions(long task) {
        return predictions.stream().filter(prediction -> prediction.get("task").asLong() == task).map(JsonNode.class::cast).toList();
    }

    public int predictionCount() {
        return predictions.size();
    }

    /** {@code POST /api/projects/1/import/predictions}, in their order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** The headers Authorization that came, an empty text where there was none. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        byte[] body = exchange.getRequestBody().readAllBytes();
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replace("null", "");
        calls.add(exchange.getRequestMethod() + " " + path);
        authorizations.add(authorization);
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
            send(exchange, 200, export);
        } else {
            send(exchange, 404, "{\"detail\":\"Not found.\"}");
        }
    }

    private void page(HttpExchange exchange, String query) throws IOException {
        int page = Integer.parseInt(query.replaceFirst(".*&page=([0-9]+).*", "$1"));
        int size = Integer.parseInt(query.replaceFirst(".*&page_size=([0-9]+).*", "$1"));
        List<JsonNode> some = new ArrayList<>();
        for (int i = (page - 1) * size; i < Math.min(tasks.size(), page * size); i++) {
            some.add(tasks.get(i));
        }
        if (some.isEmpty() && page > 1) {
            send(exchange, 404, "{\"detail\":\"Invalid page.\"}");
            return;
        }
        ObjectNode answer = JSON.createObjectNode().put("total", tasks.size());
        answer.putArray("tasks").addAll(some);
        send(exchange, 200, answer.toString());
    }

    private void imported(HttpExchange exchange, byte[] body) throws IOException {
        Mishap met = mishap;
        mishap = Mishap.NONE;
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

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        send(exchange, status, json.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

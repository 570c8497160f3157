package dev.gleaner.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** Stands in for a host of images: on loopback, with what a test puts there, by its path as it is asked for. */
public final class StandInHost implements AutoCloseable {

    /** What becomes of a request. */
    @FunctionalInterface
    public interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    public StandInHost() throws IOException {
        this(0);
    }

    /** @param port 0 for any that is free */
    public StandInHost(int port) throws IOException {
        this(HttpServer.create(loopback(port), 0), "http://");
    }

    /** By https. */
    public StandInHost(SSLContext keys) throws IOException {
        this(encrypted(keys), "https://");
    }

    private StandInHost(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private static InetSocketAddress loopback(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
    }

    private static HttpServer encrypted(SSLContext keys) throws IOException {
        HttpsServer server = HttpsServer.create(loopback(0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(keys));
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            asked.add(path);
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            answers.getOrDefault(path, status(404)).to(exchange);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** As the allow-list has it. */
    public String host() {
        return "127.0.0.1:" + port();
    }

    public String url(String path) {
        return scheme + host() + path;
    }

    /** @param path encoded */
    public void put(String path, Answer answer) {
        answers.put(path, answer);
    }

    public void put(String path, byte[] image) {
        put(path, image("image/jpeg", image));
    }

    /** How often a path was asked for. */
    public long asked(String path) {
        return asked.stream().filter(path::equals).count();
    }

    /** The header of each request, in their order; "null" for none. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    public static Answer image(String type, byte[] bytes) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    public static Answer status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    public static Answer redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

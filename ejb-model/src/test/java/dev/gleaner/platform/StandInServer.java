package dev.gleaner.platform;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** What stand-ins for platforms have in common: a server on this machine that keeps what it was asked, and that can have mishaps. */
public abstract class StandInServer implements AutoCloseable {

    /** What a call meets: nothing; an error before anything is done; or the line is cut after everything was. */
    public enum Mishap { NONE, REFUSED, LOST_ANSWER }

    private record Instead(String call, int status, Map<String, String> headers, String body) {
    }

    private final HttpServer server;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Mishap mishap = Mishap.NONE;
    private volatile String mishapAt = "none";
    private volatile Instead instead = new Instead("none", 0, Map.of(), "");
    private volatile String stalledAt = "none";
    private volatile String heldAt = "none";
    private volatile CountDownLatch released = new CountDownLatch(0);

    protected StandInServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::take);
        server.start();
    }

    /** Without a slash at its end. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** {@code POST /api/tasks/5}, in their order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** The headers Authorization that came, an empty text where there was none. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    /** @param call a regular expression; the next call that it is all of, such as {@code GET /api/users/self}, meets the mishap */
    public void next(Mishap next, String call) {
        mishapAt = call;
        mishap = next;
    }

    /** All calls that this is all of are answered so, until another order. @param call a regular expression */
    public void answer(String call, int status, Map<String, String> headers, String body) {
        instead = new Instead(call, status, headers, body);
    }

    /** Calls are answered as usual again. */
    public void answerAsUsual() {
        answer("none", 0, Map.of(), "");
    }

    /** Calls that this is all of get the beginning of an answer and no more. @param call a regular expression */
    public void stall(String call) {
        stalledAt = call;
    }

    /** Calls that this is all of wait until {@link #release}. @param call a regular expression */
    public void hold(String call) {
        released = new CountDownLatch(1);
        heldAt = call;
    }

    public void release() {
        heldAt = "none";
        released.countDown();
    }

    private void take(HttpExchange exchange) throws IOException {
        String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        calls.add(call);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replace("null", ""));
        if (call.matches(heldAt)) {
            await(released);
        }
        Instead other = instead;
        if (call.matches(other.call)) {
            other.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            send(exchange, other.status, other.body);
        } else if (call.matches(stalledAt)) {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await(closed);
        } else {
            serve(exchange, body);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers what no order has another answer for. */
    protected abstract void serve(HttpExchange exchange, byte[] body) throws IOException;

    /** The mishap that was ordered for this call, once. */
    protected Mishap mishap(HttpExchange exchange) {
        Mishap met = (exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()).matches(mishapAt) ? mishap : Mishap.NONE;
        mishap = met == Mishap.NONE ? mishap : Mishap.NONE;
        return met;
    }

    protected static void send(HttpExchange exchange, int status, String json) throws IOException {
        send(exchange, status, json.getBytes(StandardCharsets.UTF_8));
    }

    protected static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        release();
        server.stop(0);
    }
}

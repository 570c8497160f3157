package dev.gleaner.webhook;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;

/** A stand-in for a program that is told of events: it keeps what it gets, and answers 204 or what it was told to. */
public final class StandInReceiver implements AutoCloseable {

    /** A call. @param headers the first of each, by its name in small letters */
    public record Call(String path, Map<String, String> headers, String body) {

        public boolean isSigned(String secret) {
            String delivery = headers.get("x-gleaner-delivery");
            return WebhookSignature.of(secret, body).equals(headers.get("x-gleaner-signature-256"))
                    && WebhookSignature.of(secret, delivery + "." + headers.get("x-gleaner-timestamp") + "." + body)
                            .equals(headers.get("x-gleaner-delivery-signature-256"));
        }
    }

    private final HttpServer server;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Queue<Integer> answers = new ArrayDeque<>();
    private final String scheme;
    private int unheld = Integer.MAX_VALUE;
    private CountDownLatch held = new CountDownLatch(0);

    public StandInReceiver() {
        this(null);
    }

    /** @param keys to answer by https; null for http */
    public StandInReceiver(SSLContext keys) {
        scheme = keys == null ? "http" : "https";
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (keys == null) {
                server = HttpServer.create(address, 0);
            } else {
                HttpsServer encrypted = HttpsServer.create(address, 0);
                encrypted.setHttpsConfigurator(new HttpsConfigurator(keys));
                server = encrypted;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
            int answer;
            synchronized (answers) {
                answer = answers.isEmpty() ? 204 : answers.remove();
            }
            if (answer / 100 == 3) {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
            }
            calls.add(new Call(exchange.getRequestURI().toString(), headers, body));
            hold();
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    /** What it answers next, in this order. */
    public void next(int... statuses) {
        synchronized (answers) {
            for (int status : statuses) {
                answers.add(status);
            }
        }
    }

    /** From now on so many calls are answered, and the one after them waits for {@link #goOn}, and all others behind it. */
    public synchronized void holdAfter(int more) {
        unheld = more;
        held = new CountDownLatch(1);
    }

    public synchronized boolean isHolding() {
        return unheld < 0;
    }

    public synchronized void goOn() {
        unheld = Integer.MAX_VALUE;
        held.countDown();
    }

    private void hold() {
        CountDownLatch wait;
        synchronized (this) {
            if (unheld == Integer.MAX_VALUE || --unheld >= 0) {
                return;
            }
            wait = held;
        }
        try {
            wait.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public String address() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What came so far. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

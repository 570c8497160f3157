package dev.gleaner.cvat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.cvat.NuclioJson.Invocation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Answers CVAT's server in the place of nuclio's dashboard, on a port of its own: CVAT can tell no token, so nothing but the functions is here.
 *
 * <pre>
 * GET  /api/functions               all functions
 * GET  /api/functions/ID            one of them
 * POST /api/function_invocations    labels a frame with the function that the header x-nuclio-function-name names
 * POST /                            the same, as CVAT calls functions directly; the header may be missing if there is one function only
 * </pre>
 *
 * An exception at one frame ends CVAT's whole job. So whatever may pass by itself is waited for: the database, a model that is being loaded,
 * other work on the device. Only what takes longer than CVAT may wait is answered with 503.
 */
public final class CvatFunctionServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(CvatFunctionServer.class.getName());
    private static final String FUNCTIONS = "/api/functions";
    private static final String INVOCATIONS = "/api/function_invocations";
    private static final String FUNCTION_NAME = "x-nuclio-function-name";
    private static final int CALLS = 16;
    private static final int WORKERS = 2;
    private static final long PAUSE_MILLIS = 500;

    private final CvatFunctionService functions;
    private final Duration patience;
    private final HttpServer server;
    private final ExecutorService calls;
    private final ExecutorService workers;

    private record Answer(int status, byte[] json) {
    }

    /** The call cannot be answered, whatever the functions do. */
    private static final class Refused extends IOException {

        private final int status;
        private final String allow;

        Refused(int status, String message, String allow) {
            super(message);
            this.status = status;
            this.allow = allow;
        }
    }

    /**
     * Listens at once.
     *
     * @param patience how long a call may take
     * @throws IOException if the address is in use, or none of this machine's
     */
    public CvatFunctionServer(CvatFunctionService functions, InetSocketAddress address, ThreadFactory threads, Duration patience) throws IOException {
        this.functions = functions;
        this.patience = patience;
        this.server = HttpServer.create(address, 0);
        this.calls = Executors.newFixedThreadPool(CALLS, threads);
        this.workers = Executors.newFixedThreadPool(WORKERS, threads);
        server.setExecutor(calls);
        server.createContext("/", this::serve);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = new Answer(200, answer(exchange));
            } catch (Refused e) {
                if (e.allow != null) {
                    exchange.getResponseHeaders().set("Allow", e.allow);
                }
                answer = error(e.status, e.getMessage());
            } catch (InvalidInput e) {
                answer = error(400, e.getMessage());
            } catch (NotFound e) {
                answer = error(404, e.getMessage());
            } catch (Conflict e) {
                answer = error(409, e.getMessage());
            } catch (TimeoutException e) {
                exchange.getResponseHeaders().set("Retry-After", "5");
                answer = error(503, "not within " + patience.toSeconds() + " s: the model is being loaded, other work keeps the device, or the database is"
                        + " away; the server's log tells more");
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a call of CVAT's failed", e);
                answer = error(500, "the server failed; its log tells more");
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), answer.json().length);
            exchange.getResponseBody().write(answer.json());
        }
    }

    private static Answer error(int status, String message) {
        return new Answer(status, NuclioJson.error(message));
    }

    private byte[] answer(HttpExchange exchange) throws IOException, TimeoutException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals(FUNCTIONS)) {
            require(exchange, "GET");
            return patiently(() -> NuclioJson.functions(functions.all(), port()));
        } else if (path.startsWith(FUNCTIONS + "/")) {
            require(exchange, "GET");
            return patiently(() -> NuclioJson.function(functions.get(path.substring(FUNCTIONS.length() + 1)), port()));
        } else if (path.equals(INVOCATIONS) || path.equals("/")) {
            require(exchange, "POST");
            String named = exchange.getRequestHeaders().getFirst(FUNCTION_NAME);
            Invocation asked = NuclioJson.invocation(body(exchange));
            return patiently(() -> NuclioJson.found(functions.invoke(named == null ? only(path) : named, asked.image(), asked.threshold())));
        }
        throw new Refused(404, "there is nothing at " + path + "; expected " + FUNCTIONS + " or " + INVOCATIONS, null);
    }

    private static void require(HttpExchange exchange, String method) throws Refused {
        if (!exchange.getRequestMethod().equals(method)) {
            throw new Refused(405, exchange.getRequestURI().getPath() + " does not know " + exchange.getRequestMethod() + "; expected " + method, method);
        }
    }

    /** A function that is called directly is named by its port alone, which all functions share here. */
    private String only(String path) {
        List<CvatFunction> all = path.equals("/") ? functions.all() : List.of();
        if (all.size() != 1) {
            throw new InvalidInput(FUNCTION_NAME, null, "a header with the id of a function");
        }
        return all.get(0).id();
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readNBytes(NuclioJson.MOST_BYTES + 1);
            if (body.length > NuclioJson.MOST_BYTES) {
                // Whoever is still sending does not read the answer.
                in.transferTo(OutputStream.nullOutputStream());
                throw new Refused(413, "the body has more than " + NuclioJson.MOST_BYTES + " bytes; expected at most that", null);
            }
            return body;
        }
    }

    /** Does work that is tried again if it fails for no fault of the caller's. */
    private <T> T patiently(Supplier<T> work) throws IOException, TimeoutException {
        long deadline = System.nanoTime() + patience.toNanos();
        Future<T> result = workers.submit(() -> untilItIsDone(work, deadline));
        try {
            return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // What waits for a worker is not begun any more.
            result.cancel(false);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(503, "the server ends", null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException late) {
                throw late;
            } else if (e.getCause() instanceof RuntimeException told) {
                throw told;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static <T> T untilItIsDone(Supplier<T> work, long deadline) throws TimeoutException, InterruptedException {
        while (true) {
            try {
                return work.get();
            } catch (InvalidInput | NotFound | Conflict e) {
                throw e;
            } catch (RuntimeException e) {
                if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS) > deadline) {
                    LOG.log(Level.WARNING, "a function that CVAT calls keeps failing", e);
                    throw new TimeoutException();
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        calls.shutdownNow();
        workers.shutdownNow();
    }
}

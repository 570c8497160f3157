package dev.gleaner.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.remote.RemoteSettings;
import java.awt.image.BufferedImage;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Imports a list of addresses of many small JPEGs, which a host on this machine answers, and prints what each step takes: {@code RemoteImportBenchmark
 * [images]}. In the middle the import is left as by a server that dies, and another one goes on. There is room for a third of the images in the cache,
 * and the heap is small: it must not matter how many there are.
 */
public final class RemoteImportBenchmark {

    private static final int AT_ONCE = 64;

    private RemoteImportBenchmark() {
    }

    public static void main(String[] arguments) throws Exception {
        int images = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
        Path folder = Files.createTempDirectory("gleaner-remote-import").toRealPath();
        byte[] jpeg = jpeg();
        AtomicInteger asked = new AtomicInteger();
        // The stand-in would wait 40 ms with each answer otherwise.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer host = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        host.createContext("/", exchange -> answer(exchange, jpeg, asked));
        ExecutorService threads = Executors.newFixedThreadPool(Math.max(4, Runtime.getRuntime().availableProcessors()));
        host.start();
        try (TestDatabase database = TestDatabase.open()) {
            String name = "127.0.0.1:" + host.getAddress().getPort();
            RemoteSettings settings = RemoteSettings.of(Map.of("GLEANER_REMOTE_HOSTS", name, "GLEANER_REMOTE_PRIVATE", "on",
                    "GLEANER_CACHE_BYTES", Long.toString((long) images * jpeg.length / 3)));
            Path list = list(folder, name, images);
            System.out.printf(Locale.ROOT, "%,d addresses of JPEGs of %,d bytes, a heap of %,d MB%n", images, jpeg.length, Runtime.getRuntime().maxMemory() >> 20);
            ImportHarness first = new ImportHarness(database, folder, settings);
            long id = first.register("far away", new RequestedSource("urls", list.toString(), null, false)).id();
            int attempt = first.begin(id);
            timed("read", images, () -> first.read(id, attempt));
            timed("inspect", images / 2, () -> {
                for (int done = 0; done < images / 2; ) {
                    done += inspect(first, threads, id, attempt);
                }
            });
            // The first server is gone, and whatever it was about.
            ImportHarness second = new ImportHarness(database, folder, settings);
            int next = second.begin(id);
            timed("go on", images - images / 2, () -> {
                while (inspect(second, threads, id, next) > 0) { }
            });
            timed("fit boxes", images, () -> {
                while (second.fit(id, next, 2000) > 0) { }
            });
            timed("publish", images, () -> second.conclude(id, next));
            Dataset done = second.get(id);
            if (done.imageCount() != images || asked.get() != images) {
                throw new AssertionError(done.status() + " with " + done.imageCount() + " images, asked for " + asked + " times: " + done.preflight());
            }
            try (Stream<Path> kept = Files.walk(folder.resolve("home/cache"))) {
                System.out.printf(Locale.ROOT, "%,d images are kept, each was asked for once%n", kept.filter(Files::isRegularFile).count());
            }
        } finally {
            host.stop(0);
            threads.shutdownNow();
            delete(folder);
        }
    }

    /** As the batch job does it: some images at a time by four threads or as many as there are cores. */
    private static int inspect(ImportHarness harness, ExecutorService threads, long id, int attempt) throws Exception {
        List<PendingInspection> pending = harness.database.inTransaction(() -> harness.imports.toInspect(id, attempt, 0, AT_ONCE));
        ImageInspector inspector = harness.database.inTransaction(() -> harness.imports.inspector(id));
        List<Callable<InspectedImage>> work = pending.stream().<Callable<InspectedImage>>map(image -> () -> inspector.inspect(image)).toList();
        List<Future<InspectedImage>> inspected = threads.invokeAll(work);
        return harness.database.inTransaction(() -> {
            for (Future<InspectedImage> image : inspected) {
                harness.imports.inspected(id, attempt, List.of(image.get()));
            }
            return inspected.size();
        });
    }

    private static void answer(HttpExchange exchange, byte[] jpeg, AtomicInteger asked) throws IOException {
        asked.incrementAndGet();
        int number = Integer.parseInt(exchange.getRequestURI().getPath().replaceAll("\\D", ""));
        // Bytes behind the end make each image another one.
        byte[] own = Arrays.copyOf(jpeg, jpeg.length + 4);
        for (int b = 0; b < 4; b++) {
            own[jpeg.length + b] = (byte) (number >> 8 * b);
        }
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "image/jpeg");
            exchange.sendResponseHeaders(200, own.length);
            exchange.getResponseBody().write(own);
        }
    }

    private static byte[] jpeg() throws IOException {
        BufferedImage picture = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 48; i++) {
            picture.setRGB(i % 64, i / 64, i * 5 << 8 | i % 251);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(picture, "jpeg", out);
        return out.toByteArray();
    }

    private static Path list(Path folder, String host, int images) throws IOException {
        Path list = folder.resolve("list.txt");
        try (BufferedWriter out = Files.newBufferedWriter(list)) {
            for (int i = 0; i < images; i++) {
                out.write("http://" + host + "/photos/" + i + ".jpg\n");
            }
        }
        return list;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void timed(String step, int things, Step work) throws Exception {
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "%-10s %7.1f s  %,9.0f a second%n", step, seconds, things / seconds);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

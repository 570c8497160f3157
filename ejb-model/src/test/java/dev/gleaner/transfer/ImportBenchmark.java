package dev.gleaner.transfer;

import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.Pictures;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Imports a COCO file of many small images with five boxes each, and prints what each step takes: {@code ImportBenchmark
 * [images]}. Run with a small heap: it must not matter how large the file is.
 */
public final class ImportBenchmark {

    private static final int BOXES = 5;
    private static final int CATEGORIES = 80;

    private ImportBenchmark() {
    }

    public static void main(String[] arguments) throws Exception {
        int images = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
        Path folder = Files.createTempDirectory("gleaner-import").toRealPath();
        try (TestDatabase database = TestDatabase.open()) {
            Path json = generate(folder, images);
            System.out.printf(Locale.ROOT, "%,d images, %,d boxes, a file of %,d MB, a heap of %,d MB%n", images, BOXES * images,
                    Files.size(json) >> 20, Runtime.getRuntime().maxMemory() >> 20);
            ImportHarness harness = new ImportHarness(database, folder);
            long id = harness.register("large", new RequestedSource("coco", json.toString(), folder.toString(), false)).id();
            int attempt = harness.begin(id);
            timed("read", BOXES * images, () -> harness.read(id, attempt));
            timed("inspect", images, () -> {
                while (harness.inspect(id, attempt, 64) > 0) { }
            });
            timed("fit boxes", BOXES * images, () -> {
                while (harness.fit(id, attempt, 2000) > 0) { }
            });
            timed("publish", BOXES * images, () -> harness.conclude(id, attempt));
            Dataset done = harness.get(id);
            if (done.imageCount() != images || done.annotationCount() != BOXES * images) {
                throw new AssertionError(done.status() + " with " + done.imageCount() + " images: " + done.preflight());
            }
        } finally {
            delete(folder);
        }
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

    /** Annotations come before the images they refer to, and ids are sparse. */
    private static Path generate(Path folder, int images) throws IOException {
        Path sample = folder.resolve("sample.png");
        Pictures.write(sample, 64, 48);
        byte[] png = Files.readAllBytes(sample);
        Path json = folder.resolve("coco.json");
        try (BufferedWriter out = Files.newBufferedWriter(json)) {
            out.write("{\"annotations\": [");
            for (int i = 0; i < BOXES * images; i++) {
                out.write((i > 0 ? ",\n" : "") + "{\"id\": " + i + ", \"image_id\": " + i / BOXES * 1_000_003L + ", \"category_id\": " + i % CATEGORIES * 7
                        + ", \"bbox\": [" + i % 40 + ", " + i % 30 + ", " + (1 + i % 19) + ", " + (1 + i % 17) + "], \"iscrowd\": 0}");
            }
            out.write("],\n\"images\": [");
            for (int i = 0; i < images; i++) {
                Path file = folder.resolve(i / 1000 + "/" + i + ".png");
                if (i % 1000 == 0) {
                    Files.createDirectory(file.getParent());
                }
                // Bytes behind the last chunk make each file another one.
                byte[] own = Arrays.copyOf(png, png.length + 4);
                for (int b = 0; b < 4; b++) {
                    own[png.length + b] = (byte) (i >> 8 * b);
                }
                Files.write(file, own);
                out.write((i > 0 ? ",\n" : "") + "{\"id\": " + i * 1_000_003L + ", \"file_name\": \"" + folder.relativize(file)
                        + "\", \"width\": 64, \"height\": 48}");
            }
            out.write("],\n\"categories\": [");
            for (int i = 0; i < CATEGORIES; i++) {
                out.write((i > 0 ? ",\n" : "") + "{\"id\": " + i * 7 + ", \"name\": \"thing " + i + "\"}");
            }
            out.write("]}");
        }
        return json;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

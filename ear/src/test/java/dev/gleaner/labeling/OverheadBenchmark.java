package dev.gleaner.labeling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the product adds to its engine: seconds an image when the batch job of the packaged product labels a folder, beside decoding and
 * detecting the same images with the same model one after the other in a loop. {@code OverheadBenchmark [folder of images] [rounds]}; the best
 * round of each counts. Without a folder it draws a thousand small scenes.
 *
 * <p>The model is the reference's tiny one, which takes milliseconds: what is added to an image does not depend on the model, so that this shows
 * the most it can matter.
 */
public final class OverheadBenchmark {

    private static final int SCENES = 1000;

    private OverheadBenchmark() {
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("gleaner-overhead").toRealPath();
        // As users run it: the tests' settings for a short life would make it slower.
        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of("JAVA_TOOL_OPTIONS", ""))) {
            Path images = arguments.length > 0 && !arguments[0].isBlank() ? Path.of(arguments[0]) : Scenes.draw(folder.resolve("scenes"), SCENES);
            int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
            Labeling labeling = new Labeling(server);
            long model = labeling.importTiny("tiny");
            long dataset = labeling.registerFolder("images", images);
            List<Path> files = labeling.images(dataset).values().stream().map(images::resolve).toList();
            double bare = Double.MAX_VALUE;
            Job best = null;
            for (int round = 0; round < rounds; round++) {
                bare = Math.min(bare, bare(server.home(), files));
                Job job = job(labeling, dataset, model);
                best = best == null || job.total() < best.total() ? job : best;
            }
            int boxes = labeling.proposals(dataset, best.run()).values().stream().mapToInt(List::size).sum();
            print(files.size(), boxes, bare, best);
        } finally {
            delete(folder);
        }
    }

    /** In seconds: from the order until a server took it up, and from there to the end. */
    private record Job(long run, double waiting, double working) {
        double total() {
            return waiting + working;
        }
    }

    private static Job job(Labeling labeling, long dataset, long model) {
        JsonNode run = labeling.awaitCompleted(labeling.start(dataset, model));
        Instant started = Instant.parse(run.get("startedAt").asText());
        return new Job(run.get("id").asLong(), seconds(Instant.parse(run.get("createdAt").asText()), started), seconds(started, Instant.parse(run.get("endedAt").asText())));
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    /** Seconds for all images; the model is loaded before. */
    private static double bare(Path home, List<Path> images) throws IOException {
        List<Prompt> prompts = Labeling.PROMPTS.stream().map(prompt -> new Prompt(prompt.get("category"), prompt.get("phrase"))).toList();
        Thresholds thresholds = new Thresholds(Labeling.THRESHOLDS.get("default"), Map.of("square", Labeling.THRESHOLDS.get("square")));
        try (Stream<Path> bundles = Files.list(home.resolve("models"));
                Glip glip = Glip.load(bundles.findFirst().orElseThrow(), "cpu")) {
            long start = System.nanoTime();
            try (Glip.PreparedText text = glip.prepare(prompts, Glip.Chunking.PACKED)) {
                for (Path image : images) {
                    glip.detect(glip.decode(Files.readAllBytes(image)), text, thresholds);
                }
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static void print(int images, int boxes, double bare, Job job) {
        System.out.printf(Locale.ROOT, "%d images, %.1f boxes an image, the reference's tiny model, %d processors%n", images, boxes / (double) images,
                Runtime.getRuntime().availableProcessors());
        System.out.printf(Locale.ROOT, "%-44s %7.4f s an image%n", "bare engine: decode and detect in a loop", bare / images);
        System.out.printf(Locale.ROOT, "%-44s %7.4f s an image, of which %.1f s in all until it was taken up%n", "batch job, from the order to its end",
                job.total() / images, job.waiting());
        System.out.printf(Locale.ROOT, "%-44s %7.4f s an image%n", "added to an image of any model", (job.total() - bare) / images);
        System.out.printf(Locale.ROOT, "%-44s %7.2f%n", "batch job / bare engine", job.total() / bare);
        System.out.printf(Locale.ROOT, "%-44s %7.2f%n", "the same from when it was taken up", job.working() / bare);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

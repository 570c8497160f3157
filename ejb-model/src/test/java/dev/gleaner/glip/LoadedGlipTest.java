package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.RgbImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the front door promises beside exactness, on a model that has learned nothing. */
class LoadedGlipTest {

    private static final List<String> WORDS = List.of("red", "circle", "blue", "square");

    @TempDir
    static Path folder;

    private static Bundle bundle;
    private static Glip glip;

    @BeforeAll
    static void load() throws IOException {
        bundle = UntrainedModel.write(folder.resolve("untrained"), WORDS, 7);
        glip = Glip.load(bundle.folder(), "cpu");
    }

    @AfterAll
    static void close() {
        glip.close();
    }

    @Test
    void theSameSeedGivesTheSameWeightsAndAnotherSeedOthers() throws IOException {
        Map<String, FloatBuffer> weights = floats(bundle);
        assertThat(floats(UntrainedModel.write(folder.resolve("again"), WORDS, 7))).isEqualTo(weights);
        assertThat(floats(UntrainedModel.write(folder.resolve("other"), WORDS, 8))).isNotEqualTo(weights);
    }

    @Test
    void anUntrainedModelFindsBoxesInsideThePhotoThatMeanNothing() throws IOException {
        Glip.PreparedImage image = glip.decode(scene());
        try (Glip.PreparedText text = glip.prepare(List.of(Prompt.of("red circle"), Prompt.of("blue square")), Glip.Chunking.PACKED)) {
            List<Detection> found = glip.detect(image, text, Thresholds.all(0.2));

            assertThat(found).hasSizeBetween(5, 200);
            assertThat(found).extracting(Detection::score).isSortedAccordingTo(Comparator.reverseOrder());
            assertThat(found).allSatisfy(detection -> {
                assertThat(detection.box().x()).isBetween(0.0, 300.0);
                assertThat(detection.box().x2Inclusive()).isBetween(0.0, 300.0);
                assertThat(detection.box().y2Inclusive()).isBetween(0.0, 200.0);
            });
        }
    }

    @Test
    void thePlainViewIsTheImageAndOthersAreMirroredOrOfAnotherSize() throws IOException {
        RgbImage photo = ImageDecoder.decode(scene());
        try (Glip.PreparedText text = glip.prepare(List.of(Prompt.of("red circle")), Glip.Chunking.PACKED)) {
            List<Detection> plain = glip.detect(glip.decode(scene()), text, Thresholds.all(0.2));
            assertThat(glip.detect(glip.view(photo, false, 1), text, Thresholds.all(0.2))).isEqualTo(plain);
            assertThat(glip.detect(glip.view(photo.mirrored(), true, 1), text, Thresholds.all(0.2))).as("mirrored twice").isEqualTo(plain);
            assertThat(glip.detect(glip.view(photo, true, 1), text, Thresholds.all(0.2))).isNotEqualTo(plain);
            // A quarter of the pixels to a side: fewer places to look at, and boxes still in pixels of the photo.
            assertThat(glip.detect(glip.view(photo, false, 0.25), text, Thresholds.all(0))).isNotEmpty()
                    .hasSizeLessThan(glip.detect(glip.view(photo, false, 1), text, Thresholds.all(0)).size())
                    .anySatisfy(detection -> assertThat(detection.box().x2Inclusive()).isGreaterThan(200));
        }
    }

    @Test
    void thresholdsCountByCategory() throws IOException {
        Glip.PreparedImage image = glip.decode(scene());
        try (Glip.PreparedText text = glip.prepare(List.of(Prompt.of("red circle"), Prompt.of("blue square")), Glip.Chunking.PACKED)) {
            List<Detection> all = glip.detect(image, text, Thresholds.all(0));
            double middle = all.get(all.size() / 2).score();

            assertThat(glip.detect(image, text, new Thresholds(2, Map.of("blue square", middle))))
                    .isEqualTo(all.stream().filter(d -> d.category().equals("blue square") && d.score() >= middle).toList())
                    .isNotEmpty();
        }
    }

    @Test
    void phrasesOfOneCategoryFindAThingOnceWithinAChunkAndAcrossChunks() throws IOException {
        Glip.PreparedImage image = glip.decode(scene());
        List<Prompt> twice = List.of(new Prompt("thing", "red circle"), new Prompt("thing", "blue square"));
        // Forty others between them put the second phrase into the second chunk.
        List<Prompt> apart = new ArrayList<>(List.of(twice.get(0)));
        IntStream.range(0, 40).forEach(i -> apart.add(Prompt.of("red " + i)));
        apart.add(twice.get(1));
        for (List<Prompt> prompts : List.of(twice, apart)) {
            List<Prompt> separate = prompts.stream().map(prompt -> Prompt.of(prompt.phrase())).toList();
            List<Detection> withDuplicates = find(image, separate).stream()
                    .filter(d -> d.phrase().equals("red circle") || d.phrase().equals("blue square")).toList();
            List<Detection> things = find(image, prompts).stream().filter(d -> d.category().equals("thing")).toList();

            assertThat(duplicates(withDuplicates)).isPositive();
            assertThat(duplicates(things)).isZero();
            assertThat(things.get(0).box()).isEqualTo(withDuplicates.get(0).box());
            assertThat(things).extracting(Detection::box).isSubsetOf(withDuplicates.stream().map(Detection::box).toList());
        }
    }

    private static List<Detection> find(Glip.PreparedImage image, List<Prompt> prompts) {
        try (Glip.PreparedText text = glip.prepare(prompts, Glip.Chunking.OFFICIAL)) {
            return glip.detect(image, text, Thresholds.all(0));
        }
    }

    /** Pairs that overlap by clearly more than the suppression threshold, which is applied in the resized image. */
    private static long duplicates(List<Detection> found) {
        return IntStream.range(0, found.size()).mapToLong(i -> found.subList(0, i).stream()
                .filter(better -> better.box().iou(found.get(i).box()) > 0.62).count()).sum();
    }

    @Test
    void chunksDoNotChangeOneAnother() throws IOException {
        Glip.PreparedImage image = glip.decode(scene());
        List<Prompt> prompts = IntStream.range(0, 41).mapToObj(i -> Prompt.of("red " + i)).toList();
        List<Detection> alone;
        try (Glip.PreparedText text = glip.prepare(prompts.subList(40, 41), Glip.Chunking.OFFICIAL)) {
            alone = glip.detect(image, text, Thresholds.all(0));
        }
        try (Glip.PreparedText text = glip.prepare(prompts, Glip.Chunking.OFFICIAL)) {
            assertThat(glip.detect(image, text, Thresholds.all(0))).filteredOn(d -> d.category().equals("red 40")).isEqualTo(alone);
        }
    }

    @Test
    void aCaptionIsFiledUnderItsPhrases() throws IOException {
        try (Glip.PreparedText text = glip.prepareCaption("a red circle near a blue square")) {
            assertThat(glip.detect(glip.decode(scene()), text, Thresholds.all(0))).extracting(Detection::category)
                    .isSubsetOf("a red circle", "a blue square").isNotEmpty();
        }
    }

    @Test
    void noPromptsFindNothing() throws IOException {
        try (Glip.PreparedText text = glip.prepare(List.of(), Glip.Chunking.PACKED)) {
            assertThat(glip.detect(glip.decode(scene()), text, Thresholds.all(0))).isEmpty();
        }
    }

    @Test
    void manyThreadsGetWhatOneGets() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Glip.PreparedText text = glip.prepare(List.of(Prompt.of("red circle")), Glip.Chunking.PACKED)) {
            Callable<List<Detection>> task = () -> glip.detect(glip.decode(scene()), text, Thresholds.all(0));
            List<Detection> expected = task.call();
            for (Future<List<Detection>> found : threads.invokeAll(List.of(task, task, task, task, task, task))) {
                assertThat(found.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void weightsThatDoNotFitTheConfigurationAreRefusedByName() throws IOException {
        Path broken = folder.resolve("broken");
        Bundle.write(broken, bundle.config(), bundle.provenance(), bundle.vocabulary(), bundle.weights().values().stream()
                .filter(tensor -> !tensor.name().equals("head.bias")).toList());

        assertThatThrownBy(() -> Glip.load(broken, "cpu")).isInstanceOf(IOException.class)
                .hasMessageContaining("head.bias is missing");
    }

    @Test
    void aMissingDeviceIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Glip.load(bundle.folder(), "gpu:17"))
                .withMessageContaining("GLEANER_DEVICE: \"gpu:17\" is not there");
    }

    private static Map<String, FloatBuffer> floats(Bundle bundle) throws IOException {
        return bundle.weights().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> floats(entry.getValue())));
    }

    private static FloatBuffer floats(StoredTensor tensor) {
        try {
            return tensor.readFloats();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] scene() throws IOException {
        BufferedImage image = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
        Graphics2D drawing = image.createGraphics();
        drawing.setColor(Color.WHITE);
        drawing.fillRect(0, 0, 300, 200);
        drawing.setColor(Color.RED);
        drawing.fillOval(30, 40, 80, 80);
        drawing.setColor(Color.BLUE);
        drawing.fillRect(160, 60, 90, 90);
        drawing.dispose();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    /**
     * Runs in a virtual machine of its own, whose heap is taken whole at its start, so that what the process grows by is
     * native memory.
     */
    public static final class MemoryProbe {

        private static final int WARM_UP = 40;
        private static final int DETECTIONS = 200;

        public static void main(String[] arguments) throws IOException {
            byte[] photo = scene();
            try (Glip model = Glip.load(Path.of(arguments[0]), "cpu")) {
                long start = 0;
                for (int i = 0; i < WARM_UP + DETECTIONS; i++) {
                    if (i == WARM_UP) {
                        start = residentKilobytes();
                    }
                    try (Glip.PreparedText text = model.prepare(List.of(Prompt.of("red circle")), Glip.Chunking.PACKED)) {
                        model.detect(model.decode(photo), text, Thresholds.all(0));
                    }
                }
                System.out.println("grown " + (residentKilobytes() - start));
            }
        }

        private static long residentKilobytes() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        }
    }

    @Test
    void twoHundredDetectionsLeaveNothingBehind() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true",
                "-cp", System.getProperty("java.class.path"), MemoryProbe.class.getName(), bundle.folder().toString())
                .redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process probe = builder.start();
        String output = new String(probe.getInputStream().readAllBytes());
        assertThat(probe.waitFor()).as(output).isZero();
        long grown = Long.parseLong(output.replaceAll("(?s).*grown (-?\\d+).*", "$1"));
        // The features of one image of this model take 2 MB: two hundred of them left open would show as 400.
        assertThat(grown).as("kilobytes of resident memory").isLessThan(60_000);
    }
}

package dev.gleaner.glip;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.gleaner.glip.checkpoint.FormulaWeights;
import dev.gleaner.glip.checkpoint.OfficialNames;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.train.LearningRate;
import dev.gleaner.glip.train.Optimiser;
import dev.gleaner.glip.train.Trainer;
import dev.gleaner.glip.train.TrainingItem;
import dev.gleaner.glip.train.TrainingSettings;
import dev.gleaner.glip.train.TuningMode;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.Preprocessor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Times a training step of the full-size GLIP-T on one image of 480 x 640 with all parameters trained, and the machine's own
 * matrix product beside it: {@code TrainingBenchmark [threads] [repetitions] [recompute]}; the best of the repetitions counts.
 *
 * <p>With one thread processor time is counted, which other work on the machine disturbs little; with more, wall-clock time.
 */
public final class TrainingBenchmark {

    private static final int SGEMM = 2048;

    private TrainingBenchmark() {
    }

    public static void main(String[] arguments) throws IOException {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : Runtime.getRuntime().availableProcessors();
        int repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        boolean recompute = arguments.length > 2 && Boolean.parseBoolean(arguments[2]);
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
        LongSupplier clock = threads == 1 ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        FullSizeModel model = FullSizeModel.read("GLIP-T");
        OfficialNames names = new OfficialNames(model.config());
        Map<String, StoredTensor> weights = new HashMap<>();
        FormulaWeights.of(model.manifest()).forEach((name, tensor) -> weights.put(String.valueOf(names.ours(name)), tensor));
        TrainingSettings settings = new TrainingSettings(TuningMode.FULL, 1, LearningRate.constant(1000), Optimiser.OFFICIAL,
                Regularisation.OFFICIAL, 0, recompute, false, 1);
        double step = Double.POSITIVE_INFINITY;
        double product = Double.POSITIVE_INFINITY;
        try (Trainer trainer = new Trainer(model.config(), settings, weights, null, Device.cpu());
                NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray a = manager.randomNormal(new Shape(SGEMM, SGEMM));
            NDArray b = manager.randomNormal(new Shape(SGEMM, SGEMM));
            TrainingItem item = item(model);
            for (int i = 0; i <= repetitions; i++) {
                long start = clock.getAsLong();
                a.matMul(b).close();
                long middle = clock.getAsLong();
                trainer.step(List.of(item));
                long end = clock.getAsLong();
                if (i > 0) {
                    product = Math.min(product, (middle - start) / 1e9);
                    step = Math.min(step, (end - middle) / 1e9);
                }
            }
        }
        double rate = 2 * Math.pow(SGEMM, 3) / 1e9 / product;
        System.out.printf(Locale.ROOT, "%d threads, sgemm %d^3: %.1f GFLOP/s%n", threads, SGEMM, rate);
        System.out.printf(Locale.ROOT, "a training step: %.2f s, the time of %.0f GFLOP of matrix products%n", step, step * rate);
        System.out.println("memory of the process at most: " + peakMemory());
    }

    private static String peakMemory() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:")).map(line -> line.substring(6).strip()).findFirst().orElse("unknown");
        }
    }

    /** 480 x 640 of the photo, the eighty classes, seven boxes of them. */
    private static TrainingItem item(FullSizeModel model) throws IOException {
        TextChunk chunk = model.chunk();
        float[] boxes = {20, 30, 120, 200, 100, 80, 420, 400, 300, 20, 360, 90, 400, 200, 630, 470, 10, 250, 60, 300, 220, 220, 260, 250,
            500, 30, 620, 110};
        int[] labels = {0, 5, 11, 23, 40, 64, 79};
        return new TrainingItem(new Preprocessor(model.config().input()).tensor(
                Preprocessor.resize(ImageDecoder.decode(FullSizeModel.photo()), 480, 640), 1066, 800), chunk.caption(), chunk.tokenIds(),
                chunk.attentionMask(), boxes, labels, Arrays.stream(labels).mapToObj(chunk.tokenPositions()::get).toList(), 0);
    }
}

package dev.gleaner.glip;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.TextChunk;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Times the full-size GLIP-T on one photo of 800 x 1066 and eighty categories, stage by stage, and the machine's own
 * matrix product beside it: {@code InferenceBenchmark [threads] [repetitions]}; the best of the repetitions counts.
 *
 * <p>With one thread processor time is counted, which other work on the machine disturbs little; with more, wall-clock
 * time. The share of the peak counts the official implementation's floating-point operations for such an image, whether
 * this one needs them or not.
 */
public final class InferenceBenchmark {

    /** What the official implementation computes for one image, two operations a multiply-add. */
    private static final double OFFICIAL_GIGAFLOPS = 1163;
    private static final double TEXT = 45.90;
    private static final double SWIN = 161.87;
    private static final double PYRAMID = 23.73;
    private static final String HEAD = "head: ";
    private static final int SGEMM = 2048;

    private final LongSupplier clock;
    private final Map<String, Double> best = new LinkedHashMap<>();
    private final Map<String, Double> run = new LinkedHashMap<>();
    private long last;

    private InferenceBenchmark(LongSupplier clock) {
        this.clock = clock;
    }

    public static void main(String[] arguments) throws IOException {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : Runtime.getRuntime().availableProcessors();
        int repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
        new InferenceBenchmark(threads == 1 ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime)
                .measure(repetitions, threads);
    }

    private void measure(int repetitions, int threads) throws IOException {
        FullSizeModel model = FullSizeModel.read("GLIP-T");
        NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Network network = model.network(manager);
        observe(network);
        byte[] photo = FullSizeModel.photo();
        TextChunk chunk = model.chunk();
        List<Prompt> prompts = FullSizeModel.prompts(chunk.size());
        try (LoadedGlip glip = new LoadedGlip(model.config(), BertTokenizer.read(Reference.file("text/vocab.txt")), manager, network,
                DataType.FLOAT32)) {
            NDArray a = manager.randomNormal(new Shape(SGEMM, SGEMM));
            NDArray b = manager.randomNormal(new Shape(SGEMM, SGEMM));
            for (int i = 0; i <= repetitions; i++) {
                run.clear();
                start();
                a.matMul(b).close();
                lap("sgemm");
                Glip.PreparedImage image = glip.decode(photo);
                lap("decode (beside the device)");
                try (Glip.PreparedText text = glip.prepare(prompts, List.of(chunk))) {
                    lap("text");
                    glip.detect(image, text, Thresholds.all(0));
                    lap("post-processing");
                }
                if (i > 0) {
                    run.forEach((stage, seconds) -> best.merge(stage, seconds, Math::min));
                }
            }
        }
        print(threads);
    }

    private void observe(Network network) {
        Stages.block(network, "swin").observe(results -> lap("backbone: Swin"));
        Stages.block(network, "fpn").observe(results -> lap("backbone: pyramid"));
        for (int i = 0; Stages.has(network, "tower." + i); i++) {
            Stages.block(network, "tower." + i + "/fusion").observe(results -> lap(HEAD + "fusion"));
            Stages.block(network, "tower." + i + "/text").observe(results -> lap(HEAD + "text layers"));
            Stages.block(network, "tower." + i + "/image").observe(results -> lap(HEAD + "dynamic convolutions"));
        }
        Stages.block(network, "head").observe(results -> lap(HEAD + "predictor"));
    }

    private void start() {
        last = clock.getAsLong();
    }

    private void lap(String stage) {
        long now = clock.getAsLong();
        run.merge(stage, (now - last) / 1e9, Double::sum);
        last = now;
    }

    private void print(int threads) {
        double peak = 2 * Math.pow(SGEMM, 3) / 1e9 / best.get("sgemm");
        List<String> stages = new ArrayList<>(best.keySet());
        stages.remove("sgemm");
        stages.remove("decode (beside the device)");
        double image = stages.stream().mapToDouble(best::get).sum();
        double head = stages.stream().filter(stage -> stage.startsWith(HEAD)).mapToDouble(best::get).sum();
        System.out.printf(Locale.ROOT, "%d threads, sgemm %d^3: %.1f GFLOP/s%n", threads, SGEMM, peak);
        System.out.printf(Locale.ROOT, "%-28s %7.3f s%n", "decode (beside the device)", best.get("decode (beside the device)"));
        stages.forEach(stage -> System.out.printf(Locale.ROOT, "%-28s %7.3f s%n", stage, best.get(stage)));
        System.out.println("share of the sgemm rate, counting what the official implementation computes:");
        share("text", best.get("text"), TEXT, peak);
        share("backbone: Swin", best.get("backbone: Swin"), SWIN, peak);
        share("backbone: pyramid", best.get("backbone: pyramid"), PYRAMID, peak);
        share("head, together", head, OFFICIAL_GIGAFLOPS - TEXT - SWIN - PYRAMID, peak);
        share("an image with its text", image, OFFICIAL_GIGAFLOPS, peak);
    }

    private static void share(String stage, double seconds, double gigaflops, double peak) {
        System.out.printf(Locale.ROOT, "%-28s %7.3f s, %7.2f GFLOP, %5.1f %%%n", stage, seconds, gigaflops, 100 * gigaflops / seconds / peak);
    }
}

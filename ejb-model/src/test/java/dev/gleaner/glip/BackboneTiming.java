package dev.gleaner.glip;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.gleaner.glip.ops.NamedBlock;
import dev.gleaner.glip.text.Bert;
import dev.gleaner.glip.vision.FeaturePyramid;
import dev.gleaner.glip.vision.Swin;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Times GLIP-T's backbones with random weights at 800 x 1066 against the machine's own matrix product:
 * {@code BackboneTiming [threads] [repetitions]}. With one thread processor time is counted, which other work on the
 * machine disturbs little; with more, wall-clock time. The best of the repetitions is shown.
 */
public final class BackboneTiming {

    private static final GlipConfig.Swin SWIN_T = new GlipConfig.Swin(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24), 7, 4);

    private BackboneTiming() {
    }

    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        int repetitions = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            JniUtils.setNumThreads(threads);
            NDArray a = manager.randomNormal(new Shape(2048, 2048));
            NDArray b = manager.randomNormal(new Shape(2048, 2048));
            Swin swin = random(new Swin(SWIN_T, 0), manager);
            FeaturePyramid pyramid = random(new FeaturePyramid(SWIN_T, 256, dev.gleaner.glip.vision.DropBlock.NONE), manager);
            Bert bert = random(new Bert(GlipConfig.Bert.BASE, 0), manager);
            NDArray image = manager.randomNormal(new Shape(1, 3, 800, 1088));
            NDArray ids = manager.zeros(new Shape(1, 256), DataType.INT64);
            NDArray mask = manager.ones(new Shape(1, 256), DataType.INT64);
            NDList stages = swin.forward(false, image);

            Map<String, Double> gigaflops = new LinkedHashMap<>();
            Map<String, Supplier<NDList>> parts = new LinkedHashMap<>();
            parts.put("sgemm", () -> new NDList(a.matMul(b)));
            gigaflops.put("sgemm", 2 * Math.pow(2048, 3) / 1e9);
            parts.put("swin", () -> swin.forward(false, image));
            gigaflops.put("swin", 161.87);
            parts.put("fpn", () -> pyramid.forward(false, stages.get(1), stages.get(2), stages.get(3)));
            gigaflops.put("fpn", 23.73);
            parts.put("bert", () -> bert.forward(false, ids, mask));
            gigaflops.put("bert", 45.90);
            Map<String, Double> best = new LinkedHashMap<>();
            for (int i = 0; i <= repetitions; i++) {
                boolean warmUp = i == 0;
                parts.forEach((name, part) -> {
                    double seconds = seconds(part, threads == 1);
                    if (!warmUp) {
                        best.merge(name, seconds, Math::min);
                    }
                });
            }
            double peak = gigaflops.get("sgemm") / best.get("sgemm");
            best.forEach((name, seconds) -> System.out.printf(Locale.ROOT, "%-6s %7.3f s %7.1f GFLOP/s %5.1f %% of sgemm%n",
                    name, seconds, gigaflops.get(name) / seconds, 100 * gigaflops.get(name) / seconds / peak));
        }
    }

    private static <B extends NamedBlock> B random(B block, NDManager manager) {
        Map<String, Shape> shapes = block.parameterShapes();
        block.load(name -> manager.randomNormal(0, 0.02f, shapes.get(name), DataType.FLOAT32));
        return block;
    }

    private static double seconds(Supplier<NDList> part, boolean processorTime) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            var clock = ManagementFactory.getThreadMXBean();
            long start = processorTime ? clock.getCurrentThreadCpuTime() : System.nanoTime();
            part.get();
            return ((processorTime ? clock.getCurrentThreadCpuTime() : System.nanoTime()) - start) / 1e9;
        }
    }
}

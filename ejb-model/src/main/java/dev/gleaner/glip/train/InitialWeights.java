package dev.gleaner.glip.train;

import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.checkpoint.StoredTensor;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Weights to start a training from nothing: normal numbers with the spreads the official code's layers are initialised with,
 * where there is nothing pre-trained to load. Our reading: the official models always start from trained backbones.
 *
 * <p>In two places it is not what the official layers start with, since small models would hardly leave it: the transformers' layers have
 * spreads that keep the size of what passes (Glorot and Bengio 2010), where the official 0.02 suits 768 channels; and box regressions,
 * which are counted in tenths of an anchor, are scaled by 10.
 */
public final class InitialWeights {

    private static final double BOX_SCALE = 10;

    private InitialWeights() {
    }

    /** Every parameter of a network by name. The same configuration and seed give the same weights on every machine. */
    public static Map<String, StoredTensor> of(GlipConfig config, long seed) {
        Map<String, StoredTensor> weights = new LinkedHashMap<>();
        new Network(config).parameterShapes().forEach((name, shape) -> weights.put(name, StoredTensor.ofFloats(name,
                shape.getShape(), () -> FloatBuffer.wrap(values(name, shape.getShape(), config, seed)))));
        return weights;
    }

    private static float[] values(String name, long[] shape, GlipConfig config, long seed) {
        int count = 1;
        for (long side : shape) {
            count = Math.toIntExact(count * side);
        }
        float[] values = new float[count];
        double constant = constant(name, config);
        double spread = shape.length == 1 ? 0 : spread(name, shape[0], count / shape[0]);
        Random random = new Random(seed * 31 + name.hashCode());
        for (int i = 0; i < count; i++) {
            values[i] = (float) (constant + (spread == 0 ? 0 : spread * random.nextGaussian()));
        }
        return values;
    }

    private static double constant(String name, GlipConfig config) {
        if (name.equals(config.hasFixedClasses() ? "head.classes.bias" : "head.bias")) {
            return -Math.log((1 - config.head().prior()) / config.head().prior());
        }
        if (name.equals("head.log_scale")) {
            return config.head().logScale();
        }
        if (name.endsWith("_gamma")) {
            return 1.0 / config.head().layers();
        }
        if (name.startsWith("head.box_scales")) {
            return BOX_SCALE;
        }
        return name.endsWith("norm.weight") ? 1 : 0;
    }

    /** @param in values that each output sums up */
    private static double spread(String name, long out, long in) {
        if (name.startsWith("swin.patch.") || name.startsWith("fpn.")) {
            return 1 / Math.sqrt(in);
        }
        boolean transformer = name.startsWith("swin.stages.") || name.startsWith("bert.layers.") || name.contains(".text.");
        if (name.contains(".fusion.") || transformer && !name.contains("bias")) {
            return Math.sqrt(2.0 / (in + out));
        }
        if (name.contains(".dynamic_relu.") || name.startsWith("head.text_projection.")) {
            return 1 / Math.sqrt(3.0 * in);
        }
        if (name.contains(".image.") || name.startsWith("head.")) {
            return 0.01;
        }
        return 0.02;
    }
}

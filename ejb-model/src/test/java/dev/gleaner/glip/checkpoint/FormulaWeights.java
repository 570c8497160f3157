package dev.gleaner.glip.checkpoint;

import dev.gleaner.glip.checkpoint.Manifest.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Weights for full-size models, where no trained ones can be had: each element is computed from its tensor's official name
 * and its place, so they take no space and the official implementation could be run with the same ones.
 *
 * <p>Element i of a tensor is {@code base + scale * u}, u in [-1, 1) from 24 bits of a hash of name and i; base and scale
 * depend on what the tensor is for. Index tables and anchors are what the model computes.
 */
public final class FormulaWeights {

    private record Rule(double base, double scale) {
    }

    private FormulaWeights() {
    }

    /** The weights of a model under their official names, computed one tensor at a time when read. */
    public static Map<String, StoredTensor> of(Manifest manifest) {
        Map<String, StoredTensor> weights = new LinkedHashMap<>();
        manifest.entries().stream().filter(entry -> !entry.legacy())
                .forEach(entry -> weights.put(entry.name(), tensor(entry)));
        return weights;
    }

    private static StoredTensor tensor(Entry entry) {
        if (entry.name().endsWith("relative_position_index")) {
            return new StoredTensor(entry.name(), TensorType.I64, entry.shape(), () -> swinIndex(entry.shape()[0]));
        }
        return StoredTensor.ofFloats(entry.name(), entry.shape(),
                () -> entry.values() == null ? floats(entry) : FloatBuffer.wrap(entry.values()));
    }

    private static FloatBuffer floats(Entry entry) {
        int elements = 1;
        for (long dimension : entry.shape()) {
            elements = Math.toIntExact(elements * dimension);
        }
        Rule rule = rule(entry.name(), entry.shape(), elements);
        long hash = fnv1a(entry.name());
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            double u = (splitmix(hash + i) >>> 40) / 0x1p24 * 2 - 1;
            values[i] = (float) (rule.base + rule.scale * u);
        }
        return FloatBuffer.wrap(values);
    }

    private static Rule rule(String name, long[] shape, int elements) {
        if (name.endsWith(".log_scale")) {
            return new Rule(0, 0);
        }
        if (name.endsWith(".bias0")) {
            return new Rule(-3.5, 0);
        }
        if (name.endsWith(".bias_lang")) {
            return new Rule(0, 1);
        }
        if (name.endsWith(".gamma_v") || name.endsWith(".gamma_l")) {
            return new Rule(0.15, 0.02);
        }
        if (name.contains(".scales.")) {
            return new Rule(1, 0.1);
        }
        if (name.endsWith("relative_position_bias_table")) {
            return new Rule(0, 0.3);
        }
        if (name.contains("embeddings") && shape.length == 2 && !name.contains("LayerNorm")) {
            return new Rule(0, 0.5);
        }
        if (shape.length == 1) {
            return name.endsWith(".weight") ? new Rule(1, 0.1) : new Rule(0, 0.02);
        }
        double gain = name.endsWith(".offset.weight") || name.endsWith("bbox_pred.weight") ? 0.3
                : name.endsWith("dot_product_projection_text.weight") ? 20 : 1;
        return new Rule(0, gain * 1.7 / Math.sqrt(elements / shape[0]));
    }

    private static long fnv1a(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * 0x100000001b3L;
        }
        return hash;
    }

    private static long splitmix(long z) {
        z += 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** Which bias belongs to two places of a window: their distance in rows and columns, each counted from -(w - 1). */
    private static ByteBuffer swinIndex(long places) {
        int w = (int) Math.round(Math.sqrt(places));
        ByteBuffer index = ByteBuffer.allocate(w * w * w * w * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int a = 0; a < w * w; a++) {
            for (int b = 0; b < w * w; b++) {
                index.putLong((long) (a / w - b / w + w - 1) * (2 * w - 1) + a % w - b % w + w - 1);
            }
        }
        return index.flip();
    }
}

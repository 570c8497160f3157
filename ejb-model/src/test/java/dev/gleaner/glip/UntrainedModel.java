package dev.gleaner.glip;

import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.glip.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A small model that has learned nothing: the whole architecture in small widths, with weights drawn from a fixed seed. It
 * finds boxes and scores them, so that everything around a model can be seen at work, but they mean nothing.
 */
public final class UntrainedModel {

    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final int TEXT_LENGTH = 256;

    private UntrainedModel() {
    }

    /**
     * Writes the model as a bundle. The same words and seed give the same weights on every machine.
     *
     * @param target the bundle's folder, which must not exist yet
     * @param words  words that become tokens of their own; all others are spelled letter by letter
     */
    public static Bundle write(Path target, Collection<String> words, long seed) throws IOException {
        List<String> tokens = vocabulary(words);
        GlipConfig config = config(tokens.size());
        List<StoredTensor> weights = new ArrayList<>();
        new Network(config).parameterShapes().forEach((name, shape) -> weights.add(
                StoredTensor.ofFloats(name, shape.getShape(), () -> FloatBuffer.wrap(initial(name, shape.getShape(), config, seed)))));
        Path vocabulary = Files.createTempFile("vocabulary", ".txt");
        try {
            Files.write(vocabulary, tokens);
            Provenance provenance = new Provenance(config.architecture(), Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    Provenance.thisProgram(), List.of(), null);
            return Bundle.write(target, config, provenance, vocabulary, weights);
        } finally {
            Files.delete(vocabulary);
        }
    }

    private static GlipConfig config(int tokens) {
        return new GlipConfig(
                new GlipConfig.Input(320, 512, List.of(103.53, 116.28, 123.675), List.of(57.375, 57.12, 58.395), 32),
                new GlipConfig.Swin(24, List.of(1, 1, 2, 1), List.of(3, 6, 12, 24), 7, 2), 32,
                new GlipConfig.Bert(48, 2, 4, 96, tokens, TEXT_LENGTH, 2, 1e-12),
                new GlipConfig.Text(TEXT_LENGTH, ". "),
                new GlipConfig.Fusion(true, 128, 4, true, true, true, true),
                new GlipConfig.Head(2, 16, 80, GlipConfig.Aligned.HIDDEN, true, 0, 0.3),
                new GlipConfig.Anchors(List.of(64.0, 128.0, 256.0, 512.0, 1024.0), List.of(8, 16, 32, 64, 128)),
                new GlipConfig.Selection(0.05, 0.6, 1000, 100, 80));
    }

    private static List<String> vocabulary(Collection<String> words) {
        Set<String> tokens = new LinkedHashSet<>(SPECIAL);
        IntStream.rangeClosed('!', '~').filter(c -> !Character.isUpperCase(c)).mapToObj(Character::toString).forEach(tokens::add);
        IntStream.rangeClosed('!', '~').filter(c -> Character.isLowerCase(c) || Character.isDigit(c))
                .mapToObj(c -> "##" + Character.toString(c)).forEach(tokens::add);
        words.stream().map(String::toLowerCase).forEach(tokens::add);
        return List.copyOf(tokens);
    }

    private static float[] initial(String name, long[] shape, GlipConfig config, long seed) {
        int count = 1;
        for (long side : shape) {
            count = Math.toIntExact(count * side);
        }
        float[] values = new float[count];
        double constant = constant(name, shape, config);
        double spread = spread(name, shape, count);
        Random random = new Random(seed * 31 + name.hashCode());
        for (int i = 0; i < count; i++) {
            values[i] = (float) (constant + (spread == 0 ? 0 : spread * random.nextGaussian()));
        }
        return values;
    }

    private static double constant(String name, long[] shape, GlipConfig config) {
        if (name.equals("head.bias")) {
            return -Math.log((1 - config.head().prior()) / config.head().prior());
        }
        if (name.equals("head.log_scale")) {
            return config.head().logScale();
        }
        if (name.endsWith("_gamma")) {
            return 1.0 / config.head().layers();
        }
        return name.startsWith("head.box_scales") || name.endsWith("norm.weight") ? 1 : 0;
    }

    private static double spread(String name, long[] shape, int count) {
        if (shape.length == 1) {
            return 0;
        }
        if (name.equals("head.text_projection.weight")) {
            // Large, so that some places score clearly higher than others.
            return 1;
        }
        boolean gentle = name.endsWith("offset.weight") || name.endsWith("position_bias") || name.startsWith("bert.embeddings");
        return gentle ? 0.02 : 1 / Math.sqrt(count / (double) shape[0]);
    }
}

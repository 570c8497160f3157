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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * The supervised baseline: GLIP's detector without language (Dynamic Head, Dai et al. 2021; "DyHead-T" in GLIP, section 4). It
 * has Swin, the pyramid and the tower of dynamic convolutions, and scores a fixed list of classes.
 *
 * <p>What it says of an image is what the official GLIP without fusion, GLIP-T (A), says of it, whose class predictor is there
 * and unused. How it is trained is our reading of the papers, and there are no official numbers of that. The paper's baseline
 * was pre-trained on Objects365 as such. One made of another GLIP starts from a tower that heard the text in between, so figures
 * after fine-tuning are of the same kind as the paper's and not the same.
 */
public final class DyHead {

    private static final double SPREAD = 0.01;

    private DyHead() {
    }

    /**
     * Writes a model to be trained: all that the two have in common is the other model's, class logits start near the prior
     * probability of its configuration (RetinaNet, section 4.1).
     *
     * @param target     the bundle's folder, which must not exist yet
     * @param from       a GLIP, or a model of other fixed classes
     * @param categories the classes: at least one, no name twice
     * @param seed       of the class weights
     * @throws IllegalArgumentException naming the category that is blank, has a line break, or is there twice
     */
    public static Bundle write(Path target, Bundle from, List<String> categories, long seed) throws IOException {
        check(categories);
        GlipConfig config = config(from.config(), categories.size());
        Map<String, StoredTensor> given = from.weights();
        List<StoredTensor> weights = new ArrayList<>();
        new Network(config).parameterShapes().forEach((name, shape) -> weights.add(switch (name) {
            case "head.classes.weight" -> StoredTensor.ofFloats(name, shape.getShape(), () -> drawn((int) shape.size(), seed));
            case "head.classes.bias" -> StoredTensor.ofFloats(name, shape.getShape(),
                    () -> repeated((int) shape.size(), -Math.log((1 - config.head().prior()) / config.head().prior())));
            default -> Objects.requireNonNull(given.get(name), () -> from.folder() + " has no " + name);
        }));
        Path names = Files.createTempFile("categories", ".txt");
        try {
            Files.write(names, categories);
            Provenance provenance = new Provenance(config.architecture(), Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    Provenance.thisProgram(), List.of(), from.folder().getFileName().toString());
            return Bundle.write(target, config, provenance, names, weights);
        } finally {
            Files.delete(names);
        }
    }

    private static void check(List<String> categories) {
        if (categories.isEmpty()) {
            throw new IllegalArgumentException("categories: none, expected at least one name");
        }
        for (int i = 0; i < categories.size(); i++) {
            String name = categories.get(i);
            if (name.isBlank() || name.lines().count() > 1 || categories.indexOf(name) < i) {
                throw new IllegalArgumentException("categories[" + i + "]: \"" + name + "\", expected a name of one line that is not there twice");
            }
        }
    }

    /** The same detector without language, for a number of classes. */
    public static GlipConfig config(GlipConfig from, int classes) {
        GlipConfig.Fusion fusion = from.fusion();
        GlipConfig.Head head = from.head();
        return new GlipConfig(from.input(), from.swin(), from.channels(), null, null,
                new GlipConfig.Fusion(false, fusion.width(), fusion.heads(), fusion.clampMin(), fusion.clampMax(),
                        fusion.clampLanguageMin(), fusion.clampLanguageMax()),
                new GlipConfig.Head(head.layers(), head.normGroups(), classes, GlipConfig.Aligned.CLASSES, head.clampLogits(),
                        head.logScale(), head.prior()),
                from.anchors(), from.selection());
    }

    private static FloatBuffer drawn(int count, long seed) {
        Random random = new Random(seed);
        FloatBuffer values = FloatBuffer.allocate(count);
        while (values.hasRemaining()) {
            values.put((float) (SPREAD * random.nextGaussian()));
        }
        return values.flip();
    }

    private static FloatBuffer repeated(int count, double value) {
        FloatBuffer values = FloatBuffer.allocate(count);
        while (values.hasRemaining()) {
            values.put((float) value);
        }
        return values.flip();
    }
}

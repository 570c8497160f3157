package dev.gleaner.glip.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.ops.Gradients;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.vision.ImageTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A network in training on one device, with text or of fixed classes: its parameters, their running moments and their average. Steps are taken one at a time
 * by one thread; only one training records gradients at a time in a process.
 *
 * <p>What it does at a step follows from the settings, the number of the step and the batch alone, so a training that goes on
 * from its {@linkplain #state() state} ends with the same bits on a CPU as one that was never interrupted.
 */
public final class Trainer implements AutoCloseable {

    /** Steps in a row that may be without effect. */
    static final int MOST_SKIPPED = 10;
    /** The parameter that {@link TuningMode#PROMPT} trains. */
    static final String PROMPT = "prompt.offset";

    private final GlipConfig config;
    private final TrainingSettings settings;
    private final NDManager manager;
    private final Network network;
    private final NDArray prompt;
    private final int[] promptTokens;
    private final Map<String, Trained> trained = new LinkedHashMap<>();
    private int step;
    private int skipped;

    /** A parameter that changes, with what the optimiser remembers of it; {@code average} is null without one. */
    private record Trained(NDArray weight, NDArray mean, NDArray square, NDArray average, Optimiser.Group group) {
    }

    /**
     * @param weights      the parameters to start from, by our names
     * @param promptTokens [T], token ids, without padding, of the one caption that {@link TuningMode#PROMPT} learns for; null in other modes
     * @throws IOException if the weights cannot be read
     * @throws IllegalArgumentException if they do not fit the configuration
     */
    public Trainer(GlipConfig config, TrainingSettings settings, Map<String, StoredTensor> weights, int[] promptTokens,
            Device device) throws IOException {
        if ((settings.mode() == TuningMode.PROMPT) != (promptTokens != null)) {
            throw new IllegalArgumentException("promptTokens: the tokens of one caption are needed in mode PROMPT, and in no other");
        }
        if (promptTokens != null && config.hasFixedClasses()) {
            throw new IllegalArgumentException("mode: PROMPT, expected another one: a model of fixed classes reads no text");
        }
        this.config = config;
        this.settings = settings;
        this.promptTokens = promptTokens == null ? null : promptTokens.clone();
        manager = NDManager.newBaseManager(device, "PyTorch");
        network = new Network(config, settings.regularisation());
        try {
            network.load(name -> weights.containsKey(name) ? array(weights.get(name)) : null);
            prompt = promptTokens == null ? null : kept(manager.zeros(new Shape(1, promptTokens.length, config.bert().hidden())));
        } catch (UncheckedIOException e) {
            manager.close();
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            manager.close();
            throw e;
        }
        network.computeIn(settings.precision());
        network.namedParameters().forEach((name, parameter) -> {
            // Where there is a text they are without effect; the official training leaves them alone as well.
            boolean unused = !config.hasFixedClasses() && name.startsWith("head.classes.");
            if (settings.mode().changes(name) && !unused) {
                train(name, parameter.getArray());
            }
        });
        if (prompt != null) {
            train(PROMPT, prompt);
        }
    }

    private NDArray array(StoredTensor tensor) {
        try (NDArray mapped = manager.create(tensor.read(), new Shape(tensor.shape()), DataType.FLOAT32)) {
            return mapped.duplicate();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void train(String name, NDArray weight) {
        weight.setRequiresGradient(true);
        trained.put(name, new Trained(weight, kept(weight.zerosLike()), kept(weight.zerosLike()),
                settings.average() > 0 ? kept(weight.stopGradient().duplicate()) : null, settings.optimiser().group(name)));
    }

    private static NDArray kept(NDArray array) {
        NDScope.unregister(array);
        return array;
    }

    /** Steps taken so far. */
    public int step() {
        return step;
    }

    /** Names of the parameters that change. */
    public List<String> trainedParameters() {
        return List.copyOf(trained.keySet());
    }

    /**
     * Takes one step.
     *
     * @throws TrainingDiverged if this and many steps before it brought no finite loss
     */
    public TrainingStep step(List<TrainingItem> batch) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("batch: no images, expected at least one");
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            trained.values().forEach(parameter -> Gradients.clear(parameter.weight));
            double[] losses = new double[4];
            List<ImageTargets> targets = batch.stream().map(this::targets).toList();
            GlipLoss loss = GlipLoss.of(targets);
            for (int i = 0; i < batch.size(); i++) {
                double[] parts = backward(batch.get(i), targets.get(i), loss, settings.seed() + 1_000_003L * step + i);
                for (int part = 0; part < losses.length; part++) {
                    losses[part] += parts[part];
                }
            }
            double norm = Math.sqrt(trained.values().stream().mapToDouble(p -> Kernels.squareSum(p.weight.getGradient())).sum());
            boolean finite = Double.isFinite(norm) && Double.isFinite(losses[0]);
            double rate = settings.learningRate().at(step);
            step++;
            if (finite) {
                trained.values().forEach(parameter -> update(parameter, rate, settings.optimiser().clip(norm)));
            }
            TrainingStep report = new TrainingStep(step, losses[0], losses[1], losses[2], losses[3], norm, rate,
                    targets.stream().mapToInt(image -> image.positives().length).sum(), finite);
            skipped = finite ? 0 : skipped + 1;
            if (skipped >= MOST_SKIPPED) {
                throw new TrainingDiverged(report, skipped);
            }
            return report;
        }
    }

    private ImageTargets targets(TrainingItem item) {
        return ImageTargets.of(config.anchors(), item.image().paddedHeight(), item.image().paddedWidth(), item.boxes(),
                item.weights());
    }

    private double[] backward(TrainingItem item, ImageTargets targets, GlipLoss loss, long seed) {
        int tokens = IntStream.of(item.attentionMask()).sum();
        if (promptTokens != null && !Arrays.equals(promptTokens, Arrays.copyOf(item.tokenIds(), tokens))) {
            throw new IllegalArgumentException("caption: '" + item.caption() + "' is not the one this prompt is tuned for");
        }
        ImageTensor image = item.image();
        NDArray pixels = Kernels.to(Gradients.lasting(manager.create(image.values(),
                new Shape(1, 3, image.paddedHeight(), image.paddedWidth()))), settings.precision());
        NDList inputs = new NDList(pixels);
        if (!config.hasFixedClasses()) {
            inputs.add(Gradients.lasting(manager.create(longs(item.tokenIds(), tokens), new Shape(1, tokens))));
            inputs.add(Gradients.lasting(manager.create(longs(item.attentionMask(), tokens), new Shape(1, tokens))));
        }
        List<UnaryOperator<NDList>> pieces = new ArrayList<>(network.pieces(settings.mode()::regularises, prompt));
        int textLength = config.hasFixedClasses() ? GlipLoss.NO_TEXT : config.text().length();
        pieces.add(said -> loss.of(said, targets, item.positiveTokens(), textLength));
        return new Backpropagation(pieces, settings.recompute()).run(inputs, seed);
    }

    private static long[] longs(int[] values, int count) {
        return IntStream.of(values).limit(count).asLongStream().toArray();
    }

    private void update(Trained parameter, double rate, double scale) {
        Kernels.adamw(parameter.weight, parameter.weight.getGradient(), parameter.mean, parameter.square, scale,
                rate * parameter.group.rate(), parameter.group.decay(), Optimiser.BETA1, Optimiser.BETA2, Optimiser.EPSILON, step);
        if (parameter.average != null) {
            Kernels.blend(parameter.average, parameter.weight, settings.average());
        }
    }

    /** The gradient of a trained parameter as the last step left it. */
    float[] gradient(String name) {
        return floats(trained.get(name).weight.getGradient());
    }

    /**
     * The network's parameters, changed and unchanged, by our names; averaged where there is an average. To be read before the
     * next step.
     */
    public List<StoredTensor> weights() {
        List<StoredTensor> weights = new ArrayList<>();
        network.namedParameters().forEach((name, parameter) -> {
            Trained changed = trained.get(name);
            weights.add(stored(name, changed == null || changed.average == null ? parameter.getArray() : changed.average));
        });
        return weights;
    }

    /** The vectors that {@link TuningMode#PROMPT} has learnt, (T, D); averaged where there is an average. */
    public float[] promptOffset() {
        Trained changed = trained.get(PROMPT);
        return floats(changed.average == null ? changed.weight : changed.average);
    }

    private static StoredTensor stored(String name, NDArray array) {
        return StoredTensor.ofFloats(name, array.getShape().getShape(), () -> FloatBuffer.wrap(floats(array)));
    }

    private static float[] floats(NDArray array) {
        return Gradients.ignore(() -> {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                return array.toFloatArray();
            }
        });
    }

    /** Everything that changes, to go on from; frozen parameters are not in it. To be read before the next step. */
    public List<StoredTensor> state() {
        List<StoredTensor> state = new ArrayList<>();
        trained.forEach((name, parameter) -> parts(parameter).forEach((part, array) -> state.add(stored(part + "/" + name, array))));
        return state;
    }

    /**
     * Goes on where {@link #state} was taken.
     *
     * @param steps taken at that time
     * @throws IllegalArgumentException naming what is missing or has another shape; nothing is changed then
     */
    public void resume(int steps, Map<String, StoredTensor> state) throws IOException {
        trained.forEach((name, parameter) -> parts(parameter).forEach((part, array) -> {
            StoredTensor tensor = state.get(part + "/" + name);
            if (tensor == null || !new Shape(tensor.shape()).equals(array.getShape())) {
                throw new IllegalArgumentException("state: " + part + "/" + name + " is "
                        + (tensor == null ? "missing" : new Shape(tensor.shape())) + ", expected " + array.getShape());
            }
        }));
        for (Map.Entry<String, Trained> entry : trained.entrySet()) {
            for (Map.Entry<String, NDArray> part : parts(entry.getValue()).entrySet()) {
                try (NDArray value = array(state.get(part.getKey() + "/" + entry.getKey()))) {
                    Gradients.ignore(() -> {
                        value.copyTo(part.getValue());
                        return null;
                    });
                }
            }
        }
        step = steps;
        skipped = 0;
    }

    private static Map<String, NDArray> parts(Trained parameter) {
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("weight", parameter.weight);
        parts.put("mean", parameter.mean);
        parts.put("square", parameter.square);
        if (parameter.average != null) {
            parts.put("average", parameter.average);
        }
        return parts;
    }

    @Override
    public void close() {
        manager.close();
    }
}

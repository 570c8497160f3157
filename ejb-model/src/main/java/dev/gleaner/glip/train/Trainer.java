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
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.ops.Gradients;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.train.Lanes.Lane;
import dev.gleaner.glip.vision.ImageTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A network in training on one device, with text or of fixed classes: its parameters, their running moments and their average. Steps are taken one at a time
 * by one thread; a batch's images may be shared among several threads, each with a copy of the network, which pays where the network is
 * so small that its operations do not fill the cores.
 *
 * <p>What it does at a step follows from the settings, the number of the step and the batch alone, so a training that goes on
 * from its {@linkplain #state() state} ends with the same bits on a CPU as one that was never interrupted, if it is taken by as many
 * threads.
 */
public final class Trainer implements AutoCloseable {

    /** Steps in a row that may be without effect. */
    static final int MOST_SKIPPED = 10;
    /** The parameter that {@link TuningMode#PROMPT} trains. */
    static final String PROMPT = "prompt.offset";

    private final GlipConfig config;
    private final TrainingSettings settings;
    private final NDManager manager;
    private final int[] promptTokens;
    private final Lanes lanes;
    private final Map<String, Trained> trained = new LinkedHashMap<>();
    private int step;
    private int updates;
    private int skipped;

    /** A parameter that changes, with what the optimiser remembers of it; {@code average} is null without one. */
    private record Trained(NDArray weight, NDArray mean, NDArray square, NDArray average, Optimiser.Group group) {
    }

    /** With one thread, see {@link #Trainer(GlipConfig, TrainingSettings, Map, int[], Device, int)}. */
    public Trainer(GlipConfig config, TrainingSettings settings, Map<String, StoredTensor> weights, int[] promptTokens,
            Device device) throws IOException {
        this(config, settings, weights, promptTokens, device, 1);
    }

    /**
     * @param weights      the parameters to start from, by our names
     * @param promptTokens [T], token ids, without padding, of the one caption that {@link TuningMode#PROMPT} learns for; null in other modes
     * @param lanes        threads that share a batch's images, at least 1; each needs its own memory. More than one cannot repeat
     *                     what regularisation leaves out, and so takes none
     * @throws IOException if the weights cannot be read
     * @throws IllegalArgumentException if they do not fit the configuration
     */
    public Trainer(GlipConfig config, TrainingSettings settings, Map<String, StoredTensor> weights, int[] promptTokens,
            Device device, int lanes) throws IOException {
        if (lanes < 1 || lanes > 1 && !settings.regularisation().equals(Regularisation.NONE)) {
            throw new IllegalArgumentException("lanes: " + lanes + ", expected at least 1, and with regularisation no more");
        }
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
        try {
            this.lanes = new Lanes(lanes, () -> lane(weights));
        } catch (UncheckedIOException e) {
            manager.close();
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            manager.close();
            throw e;
        }
        this.lanes.first().arrays().forEach((name, array) -> {
            if (changes(name)) {
                train(name, array);
            }
        });
    }

    private Lane lane(Map<String, StoredTensor> weights) {
        Network network = new Network(config, settings.regularisation());
        network.load(name -> weights.containsKey(name) ? array(weights.get(name)) : null);
        network.computeIn(settings.precision());
        NDArray prompt = promptTokens == null ? null : kept(manager.zeros(new Shape(1, promptTokens.length, config.bert().hidden())));
        Lane lane = new Lane(network, prompt);
        lane.arrays().forEach((name, array) -> array.setRequiresGradient(changes(name)));
        return lane;
    }

    private boolean changes(String name) {
        // Where there is a text they are without effect; the official training leaves them alone as well.
        boolean unused = !config.hasFixedClasses() && name.startsWith("head.classes.");
        return name.equals(PROMPT) || settings.mode().changes(name) && !unused;
    }

    private NDArray array(StoredTensor tensor) {
        try (NDArray mapped = manager.create(tensor.read(), new Shape(tensor.shape()), DataType.FLOAT32)) {
            return mapped.duplicate();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void train(String name, NDArray weight) {
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

    /** Steps taken so far that changed the parameters. */
    public int updates() {
        return updates;
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
            List<ImageTargets> targets = batch.stream().map(this::targets).toList();
            double[] losses = backward(batch, targets, GlipLoss.of(targets));
            double norm = Math.sqrt(trained.values().stream().mapToDouble(p -> Kernels.squareSum(p.weight.getGradient())).sum());
            boolean finite = Double.isFinite(norm) && Double.isFinite(losses[0]);
            double rate = settings.learningRate().at(step);
            step++;
            if (finite) {
                updates++;
                trained.values().forEach(parameter -> update(parameter, rate, settings.optimiser().clip(norm)));
                lanes.handOut(trained.keySet());
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

    /** Leaves the gradients of the batch's loss at the parameters, and gives its parts. */
    private double[] backward(List<TrainingItem> batch, List<ImageTargets> targets, GlipLoss loss) {
        double[][] parts = new double[batch.size()][];
        lanes.each(lane -> share(lane, batch, targets, loss, parts));
        lanes.gather(trained.keySet());
        double[] sums = new double[4];
        for (double[] image : parts) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += image[i];
            }
        }
        return sums;
    }

    /** Every so many-th image of the batch. */
    private void share(int number, List<TrainingItem> batch, List<ImageTargets> targets, GlipLoss loss, double[][] parts) {
        Lane lane = lanes.get(number);
        lane.arrays().forEach((name, array) -> {
            if (trained.containsKey(name)) {
                Gradients.clear(array);
            }
        });
        for (int i = number; i < batch.size(); i += lanes.count()) {
            // A scope counts for its own thread only.
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                parts[i] = backward(lane, batch.get(i), targets.get(i), loss, settings.seed() + 1_000_003L * step + i);
            }
        }
    }

    private double[] backward(Lane lane, TrainingItem item, ImageTargets targets, GlipLoss loss, long seed) {
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
        List<UnaryOperator<NDList>> pieces = new ArrayList<>(lane.network().pieces(settings.mode()::regularises, lane.prompt()));
        int textLength = config.hasFixedClasses() ? GlipLoss.NO_TEXT : config.text().length();
        pieces.add(said -> loss.of(said, targets, item.positiveTokens(), textLength));
        return new Backpropagation(pieces, settings.recompute()).run(inputs, seed);
    }

    private static long[] longs(int[] values, int count) {
        return IntStream.of(values).limit(count).asLongStream().toArray();
    }

    private void update(Trained parameter, double rate, double scale) {
        Kernels.adamw(parameter.weight, parameter.weight.getGradient(), parameter.mean, parameter.square, scale,
                rate * parameter.group.rate(), parameter.group.decay(), Optimiser.BETA1, Optimiser.BETA2, Optimiser.EPSILON, updates);
        if (parameter.average != null) {
            Kernels.blend(parameter.average, parameter.weight, settings.average());
        }
    }

    /** Arrays in the device's memory that belong to this trainer; steps leave as many as they found. */
    int arraysHeld() {
        return manager.getManagedArrays().size();
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
        lanes.first().network().namedParameters().forEach((name, parameter) -> {
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
     * @param steps      taken at that time
     * @param theUpdates those that changed the parameters
     * @throws IllegalArgumentException naming what is missing, too much or of another shape; nothing is changed then
     * @throws IOException              if the state cannot be read; the trainer is of no use any more then
     */
    public void resume(int steps, int theUpdates, Map<String, StoredTensor> state) throws IOException {
        Set<String> surplus = new TreeSet<>(state.keySet());
        trained.forEach((name, parameter) -> parts(parameter).forEach((part, array) -> {
            StoredTensor tensor = state.get(part + "/" + name);
            surplus.remove(part + "/" + name);
            if (tensor == null || !new Shape(tensor.shape()).equals(array.getShape())) {
                throw new IllegalArgumentException("state: " + part + "/" + name + " is "
                        + (tensor == null ? "missing" : new Shape(tensor.shape())) + ", expected " + array.getShape());
            }
        }));
        if (!surplus.isEmpty()) {
            throw new IllegalArgumentException("state: " + surplus + " belong to another training, expected nothing of these names");
        }
        try {
            trained.forEach((name, parameter) -> parts(parameter).forEach((part, array) -> copy(state.get(part + "/" + name), array)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        lanes.handOut(trained.keySet());
        step = steps;
        updates = theUpdates;
        skipped = 0;
    }

    private void copy(StoredTensor from, NDArray to) {
        try (NDArray value = array(from)) {
            Gradients.ignore(() -> {
                value.copyTo(to);
                return null;
            });
        }
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
        lanes.close();
        manager.close();
    }
}

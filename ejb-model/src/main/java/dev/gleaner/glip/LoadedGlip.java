package dev.gleaner.glip;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.CheckpointException;
import dev.gleaner.glip.checkpoint.PromptDelta;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.head.AnchorGrid;
import dev.gleaner.glip.head.PostProcessor;
import dev.gleaner.glip.head.ScoredBox;
import dev.gleaner.glip.head.Suppression;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.Caption;
import dev.gleaner.glip.text.ClassNames;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.text.TextPlanner;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.Preprocessor;
import dev.gleaner.glip.vision.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The network on one device, with what surrounds it: text planning, image preparation and post-processing. */
final class LoadedGlip implements Glip {

    private final NDManager manager;
    private final Network network;
    private final DataType precision;
    private final TextPlanner planner;
    private final TunedTexts texts;
    /** Null for a model that reads text, which those before it are null without. */
    private final ClassNames classes;
    private final Preprocessor preprocessor;
    private final List<AnchorGrid> anchors;
    private final PostProcessor postProcessor;
    /** The device does one thing at a time: two at once would only share its memory and its cores. */
    private final ReentrantLock device = new ReentrantLock(true);

    /**
     * @param manager   on the device; closed with this model
     * @param network   with its weights, which the manager holds
     * @param precision of the weights
     */
    LoadedGlip(GlipConfig config, BertTokenizer tokenizer, NDManager manager, Network network, DataType precision) {
        this(config, planner(config, tokenizer), List.of(), null, manager, network, precision);
    }

    private LoadedGlip(GlipConfig config, TextPlanner planner, List<TunedTexts.Tuned> tuned, ClassNames classes, NDManager manager,
            Network network, DataType precision) {
        this.manager = manager;
        this.network = network;
        this.precision = precision;
        this.planner = planner;
        texts = new TunedTexts(planner, tuned);
        this.classes = classes;
        preprocessor = new Preprocessor(config.input());
        anchors = IntStream.range(0, GlipConfig.LEVELS)
                .mapToObj(i -> new AnchorGrid(config.anchors().strides().get(i), config.anchors().sizes().get(i).floatValue()))
                .toList();
        GlipConfig.Selection selection = config.selection();
        postProcessor = new PostProcessor((float) selection.minScore(), selection.perLevel(), (float) selection.nmsIou(),
                selection.perImage());
    }

    private static TextPlanner planner(GlipConfig config, BertTokenizer tokenizer) {
        return new TextPlanner(tokenizer, config.text().separator(), config.text().length());
    }

    /**
     * Reads a bundle's weights onto a device.
     *
     * @throws IOException if they cannot be read or are not those of the bundle's configuration
     */
    static LoadedGlip load(Bundle bundle, Device device) throws IOException {
        return load(bundle, null, device);
    }

    /**
     * @param delta what was learnt for some texts, null for nothing
     * @throws IOException also if it was learnt on another bundle
     */
    static LoadedGlip load(Bundle bundle, PromptDelta delta, Device device) throws IOException {
        return load(bundle, delta, device, device.isGpu() ? DataType.FLOAT16 : DataType.FLOAT32);
    }

    static LoadedGlip load(Bundle bundle, Device device, DataType precision) throws IOException {
        return load(bundle, null, device, precision);
    }

    private static LoadedGlip load(Bundle bundle, PromptDelta delta, Device device, DataType precision) throws IOException {
        if (delta != null) {
            delta.requireBase(bundle);
        }
        boolean fixed = bundle.config().hasFixedClasses();
        if (fixed && delta != null) {
            throw new CheckpointException(bundle.folder() + " has fixed classes and reads no text; expected a model to tune prompts for");
        }
        ClassNames classes = fixed ? new ClassNames(bundle.categories()) : null;
        TextPlanner planner = fixed ? null : planner(bundle.config(), BertTokenizer.read(bundle.vocabulary()));
        Map<String, StoredTensor> weights = bundle.weights();
        Network network = new Network(bundle.config());
        NDManager manager = NDManager.newBaseManager(device, "PyTorch");
        try {
            network.load(name -> array(weights.get(name), manager, precision));
            List<TunedTexts.Tuned> tuned = delta == null ? List.of() : delta.texts().stream()
                    .map(text -> tuned(text, planner, bundle.config(), manager, precision)).toList();
            return new LoadedGlip(bundle.config(), planner, tuned, classes, manager, network, precision);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            manager.close();
            throw new IOException(bundle.folder() + ": " + e.getMessage(), e);
        }
    }

    private static TunedTexts.Tuned tuned(PromptDelta.Text text, TextPlanner planner, GlipConfig config, NDManager manager,
            DataType precision) {
        TextChunk chunk = planner.planOne(text.phrases().stream().map(Prompt::of).toList());
        if (!Arrays.equals(chunk.tokens(), text.tokenIds()) || text.width() != config.bert().hidden()) {
            throw new IllegalArgumentException("the tuned prompt has " + text.tokenIds().length + " tokens of width " + text.width()
                    + " for \"" + chunk.caption() + "\", which are not the " + chunk.tokens().length + " tokens of width "
                    + config.bert().hidden() + " that this model reads");
        }
        try (NDArray offset = manager.create(text.offset(), new Shape(1, text.tokenIds().length, text.width()))) {
            return new TunedTexts.Tuned(chunk, copy(offset, precision));
        }
    }

    /** Copies a tensor out of its mapped file. */
    private static NDArray array(StoredTensor tensor, NDManager manager, DataType precision) {
        if (tensor == null) {
            return null;
        }
        try (NDArray mapped = manager.create(tensor.read(), new Shape(tensor.shape()), DataType.FLOAT32)) {
            return copy(mapped, precision);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In PyTorch's own memory; {@code toType} to the same type would go on using Java's. */
    private static NDArray copy(NDArray created, DataType precision) {
        return precision == created.getDataType() ? created.duplicate() : created.toType(precision, true);
    }

    /** An image as the network reads it. */
    private record Prepared(ImageTensor tensor) implements PreparedImage {
        @Override
        public int width() {
            return tensor.originalWidth();
        }

        @Override
        public int height() {
            return tensor.originalHeight();
        }
    }

    /**
     * What the language backbone makes of one chunk, without padding, and which tokens each of its labels averages. Where classes
     * are fixed there are no features and no mask, and each label has its class.
     */
    private record Chunk(NDList features, NDArray mask, NDArray labels, int[] promptIndex) {
    }

    /** The labels' names and their chunks; the chunks' arrays live as long as {@code memory}. */
    private record Text(List<Prompt> prompts, List<Chunk> chunks, int tuned, NDManager memory) implements PreparedText {
        @Override
        public void close() {
            memory.close();
        }
    }

    @Override
    public PreparedImage decode(byte[] encoded) throws IOException {
        return new Prepared(preprocessor.prepare(ImageDecoder.decode(encoded)));
    }

    @Override
    public PreparedImage view(RgbImage image, boolean mirrored, double scale) {
        return new Prepared(preprocessor.prepare(mirrored ? image.mirrored() : image, scale));
    }

    @Override
    public PreparedText prepare(List<Prompt> prompts, Chunking chunking) {
        return classes == null ? prepare(prompts, texts.plan(prompts, chunking)) : prepareClasses(prompts);
    }

    @Override
    public PreparedText prepareCaption(String caption) {
        requireText();
        return prepareCaption(planner.read(caption));
    }

    @Override
    public PreparedText prepareCaption(Caption caption) {
        requireText();
        List<Prompt> phrases = caption.phrases().stream().map(phrase -> Prompt.of(phrase.text())).toList();
        return prepare(phrases, List.of(planner.ground(caption)));
    }

    private void requireText() {
        if (classes != null) {
            throw new IllegalArgumentException("caption: this model reads no text, expected prompts that name its classes: " + classes);
        }
    }

    /** One chunk of all prompts. Several of one category that name the same class find the same boxes, so the first is enough. */
    private PreparedText prepareClasses(List<Prompt> prompts) {
        Map<List<Object>, Integer> distinct = new LinkedHashMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            distinct.putIfAbsent(List.of(prompts.get(i).category(), classOf(prompts.get(i), i)), i);
        }
        int[] kept = distinct.values().stream().mapToInt(Integer::intValue).toArray();
        float[] shares = new float[classes.names().size() * kept.length];
        for (int label = 0; label < kept.length; label++) {
            shares[classOf(prompts.get(kept[label]), kept[label]) * kept.length + label] = 1;
        }
        return onDevice(() -> {
            NDManager memory = manager.newSubManager();
            if (kept.length == 0) {
                return new Text(prompts, List.of(), 0, memory);
            }
            NDArray labels = memory.create(shares, new Shape(classes.names().size(), kept.length));
            NDScope.unregister(labels);
            return new Text(prompts, List.of(new Chunk(new NDList(), null, labels, kept)), 0, memory);
        });
    }

    private int classOf(Prompt prompt, int index) {
        int named = classes.indexOf(prompt.phrase());
        int found = named >= 0 ? named : classes.indexOf(prompt.category());
        if (found < 0) {
            throw new IllegalArgumentException("prompts[" + index + "]: phrase \"" + prompt.phrase() + "\" of category \""
                    + prompt.category() + "\", expected one of the model's classes: " + classes);
        }
        return found;
    }

    /** Runs chunks that are already planned through the language backbone. */
    PreparedText prepare(List<Prompt> prompts, List<TextChunk> chunks) {
        return onDevice(() -> {
            NDManager memory = manager.newSubManager();
            int tuned = chunks.stream().filter(chunk -> texts.offset(chunk) != null).mapToInt(TextChunk::size).sum();
            return new Text(prompts, chunks.stream().map(chunk -> read(chunk, memory)).toList(), tuned, memory);
        });
    }

    private Chunk read(TextChunk chunk, NDManager memory) {
        int tokens = chunk.tokens().length;
        NDArray ids = memory.create(toLong(chunk.tokenIds(), tokens), new Shape(1, tokens));
        NDArray mask = memory.create(toLong(chunk.attentionMask(), tokens), new Shape(1, tokens));
        NDArray labels = memory.create(shares(chunk, tokens), new Shape(tokens, chunk.size()));
        NDArray offset = texts.offset(chunk);
        NDList said = network.text(false, ids, mask);
        NDList features = offset == null ? said : new NDList(said.get(0).add(offset), said.get(1).add(offset));
        features.attach(memory);
        NDScope.unregister(features);
        NDScope.unregister(mask, labels);
        return new Chunk(features, mask, labels, chunk.promptIndex());
    }

    private static long[] toLong(int[] values, int count) {
        return IntStream.of(values).limit(count).asLongStream().toArray();
    }

    /** (tokens, labels): one n-th for each of a label's n tokens. */
    private static float[] shares(TextChunk chunk, int tokens) {
        float[] shares = new float[tokens * chunk.size()];
        for (int label = 0; label < chunk.size(); label++) {
            int[] positions = chunk.tokenPositions().get(label);
            for (int position : positions) {
                shares[position * chunk.size() + label] = 1f / positions.length;
            }
        }
        return shares;
    }

    @Override
    public List<Detection> detect(PreparedImage image, PreparedText text, Thresholds thresholds) {
        ImageTensor tensor = ((Prepared) image).tensor();
        List<Prompt> prompts = ((Text) text).prompts();
        float horizontal = tensor.originalWidth() / (float) tensor.width();
        float vertical = tensor.originalHeight() / (float) tensor.height();
        return find(image, text).stream()
                .map(box -> detection(box.scale(horizontal, vertical), prompts.get(box.label())))
                .filter(thresholds::keeps)
                .toList();
    }

    private static Detection detection(ScoredBox box, Prompt prompt) {
        return new Detection(prompt.category(), prompt.phrase(), Box.xyxyInclusive(box.x1(), box.y1(), box.x2(), box.y2()), box.score());
    }

    /** What {@link #detect} is made of: boxes in the resized image's pixels, labelled by prompt, best first. */
    List<ScoredBox> find(PreparedImage image, PreparedText text) {
        return onDevice(() -> boxes(((Prepared) image).tensor(), (Text) text));
    }

    /**
     * Boxes of all chunks in the resized image's pixels, labelled by prompt. Each chunk is treated as the official code
     * treats an image with that text; then the labels of one category, in one chunk or several, suppress one another's
     * duplicates by the same rule that each has already applied to its own.
     */
    private List<ScoredBox> boxes(ImageTensor tensor, Text text) {
        try (NDManager memory = manager.newSubManager()) {
            NDList pyramid = network.pyramid(false, image(tensor, memory));
            List<ScoredBox> boxes = new ArrayList<>();
            for (Chunk chunk : text.chunks()) {
                boxes.addAll(boxes(pyramid, chunk, tensor.width(), tensor.height()));
            }
            return Suppression.within(box -> text.prompts().get(box.label()).category(), boxes, postProcessor.overlapThreshold());
        }
    }

    /** (1, 3, H, W) on the device. */
    private NDArray image(ImageTensor tensor, NDManager memory) {
        return memory.create(tensor.values(), new Shape(1, 3, tensor.paddedHeight(), tensor.paddedWidth())).toType(precision, false);
    }

    private List<ScoredBox> boxes(NDList pyramid, Chunk chunk, int width, int height) {
        NDList said = network.predict(false, pyramid, chunk.features(), chunk.mask());
        List<ScoredBox> candidates = new ArrayList<>();
        int start = 0;
        for (int level = 0; level < pyramid.size(); level++) {
            Shape shape = pyramid.get(level).getShape();
            int end = start + (int) (shape.get(2) * shape.get(3));
            String rows = start + ":" + end;
            NDList found = Kernels.candidates(said.get(0).get(rows), said.get(2).get(rows), said.get(1).get(rows), chunk.labels(),
                    postProcessor.scoreThreshold(), postProcessor.candidatesPerLevel());
            candidates.addAll(postProcessor.decode(
                    new PostProcessor.Candidates(found.get(0).toLongArray(), found.get(1).toLongArray(),
                            found.get(2).toFloatArray(), found.get(3).toFloatArray()),
                    anchors.get(level), (int) shape.get(3), width, height));
            start = end;
        }
        return postProcessor.select(candidates).stream()
                .map(box -> box.relabel(chunk.promptIndex()[box.label()]))
                .toList();
    }

    /** Waits for the device and runs a task on it; every array that the task makes and does not keep is closed. */
    private <T> T onDevice(Supplier<T> task) {
        device.lock();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return task.get();
        } finally {
            device.unlock();
        }
    }

    @Override
    public void close() {
        device.lock();
        try {
            manager.close();
        } finally {
            device.unlock();
        }
    }
}

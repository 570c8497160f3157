package dev.gleaner.glip.checkpoint;

import dev.gleaner.glip.checkpoint.Pickle.Dict;
import dev.gleaner.glip.checkpoint.Pickle.Foreign;
import dev.gleaner.glip.checkpoint.Pickle.Global;
import dev.gleaner.glip.checkpoint.Pickle.View;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights in a {@code .pth} file as {@code torch.save} wrote it, in the zip container or the one before it.
 *
 * <p>The weights are the entry {@code model} of the file's dictionary, or the dictionary itself where it has no such
 * entry. Everything else in the file (optimiser state, arguments, the scheduler's objects) is passed over: its tensors
 * are not read and its classes are not instantiated. Inside the weights only tensors are accepted. A leading
 * {@code module.}, which distributed training puts before every name, is taken off when all names have it.
 *
 * <p>Opening the file reads names, types and shapes; elements are read from the file when a tensor is asked for them.
 */
public final class OfficialCheckpoint implements Closeable {

    private static final String PREFIX = "module.";

    private final TorchContainer container;
    private final Map<String, StoredTensor> tensors;

    private OfficialCheckpoint(TorchContainer container, Map<String, StoredTensor> tensors) {
        this.container = container;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Opens a checkpoint.
     *
     * @throws CheckpointException if the file is damaged, is of another kind, or holds anything but tensors in its
     *                             weights; the message names what and where
     */
    public static OfficialCheckpoint open(Path file) throws IOException {
        TorchContainer container = container(file);
        try {
            return new OfficialCheckpoint(container, tensors(container, file.getFileName().toString()));
        } catch (IOException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    /** The weights by their official names, in the order of the file. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() throws IOException {
        container.close();
    }

    private static TorchContainer container(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(4);
        }
        if (start.length == 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4) {
            return new TorchZip(file);
        }
        if (start.length == 4 && start[0] == (byte) 0x80) {
            return new TorchLegacyFile(file);
        }
        throw new CheckpointException(file.getFileName() + " (" + Files.size(file)
                + " bytes) is no checkpoint; expected a file of torch.save, which starts with a zip archive (50 4b 03 04)"
                + " or a pickle (80)");
    }

    private static Map<String, StoredTensor> tensors(TorchContainer container, String source) throws IOException {
        if (!(container.object() instanceof Dict file)) {
            throw new CheckpointException(source + " holds " + kind(container.object())
                    + "; expected a dictionary with the weights as its entry 'model'");
        }
        boolean bare = !file.items.containsKey("model");
        Object weights = bare ? file : file.items.get("model");
        String place = bare ? source : source + ", entry 'model'";
        if (!(weights instanceof Dict dict)) {
            throw new CheckpointException(place + ": " + kind(weights) + "; expected a dictionary of tensors");
        }
        refuseForeign(dict, place);
        boolean prefixed = !dict.items.isEmpty() && dict.items.keySet().stream()
                .allMatch(key -> key instanceof String name && name.startsWith(PREFIX));
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<Object, Object> item : dict.items.entrySet()) {
            if (!(item.getKey() instanceof String key)) {
                throw new CheckpointException(place + ": a key that is no text; expected names of parameters");
            }
            if (!(item.getValue() instanceof View view)) {
                throw new CheckpointException(place + "['" + key + "'] is " + kind(item.getValue()) + "; expected a tensor");
            }
            String name = prefixed ? key.substring(PREFIX.length()) : key;
            tensors.put(name, TensorView.stored(name, view, container, place + "['" + key + "']"));
        }
        return tensors;
    }

    /** A value below the weights, and the way down to it. */
    private record Found(Object value, Found parent, String step) {
        String where() {
            Deque<String> steps = new ArrayDeque<>();
            for (Found found = this; found != null; found = found.parent) {
                if (steps.size() < 6 || found.parent == null) {
                    steps.push(found.step);
                }
            }
            return String.join("", steps);
        }

        Found below(Object value, String step) {
            return new Found(value, this, step);
        }
    }

    /** Looks at everything below the weights, however deep and whether or not it holds itself. */
    private static void refuseForeign(Dict weights, String place) throws CheckpointException {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Found> open = new ArrayDeque<>(List.of(new Found(weights, null, place)));
        while (!open.isEmpty()) {
            Found found = open.pop();
            if (found.value instanceof Foreign || found.value instanceof Global) {
                throw new CheckpointException(found.where() + " is " + kind(found.value)
                        + "; weights may hold tensors only, and no class of a file is ever loaded");
            }
            if (found.value instanceof Dict dict && seen.add(dict)) {
                dict.items.forEach((key, value) -> open.push(found.below(value, "['" + key + "']")));
                open.push(found.below(dict.attributes, ".__dict__"));
            } else if (found.value instanceof List<?> list && seen.add(list)) {
                list.forEach(item -> open.push(found.below(item, "[...]")));
            }
        }
    }

    private static String kind(Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Foreign foreign) {
            return "an object of class " + foreign.name();
        }
        if (value instanceof Global global) {
            return "the class " + global.name();
        }
        return value instanceof Dict ? "a dictionary" : value instanceof List ? "a list"
                : value instanceof View ? "a tensor" : value instanceof String ? "a text"
                : value instanceof byte[] ? "bytes" : "the value " + value;
    }
}

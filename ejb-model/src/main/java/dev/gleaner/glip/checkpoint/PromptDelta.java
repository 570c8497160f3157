package dev.gleaner.glip.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What prompt tuning has learnt (GLIP, section 5.3): vectors that are added to the language backbone's outputs for the tokens of
 * a text. With the bundle it was learnt on, which stays as it is, it makes a tuned model; alone it is nothing.
 *
 * <p>It is one safetensors file of some hundred kilobytes. The tensor {@code offset.N}, (T, D), holds the vectors of text N; the
 * metadata {@code gleaner.prompt_delta} holds the rest in JSON.
 *
 * <p>The official code ({@code language_prompt_v2}) learns a vector for each position, whatever text is there. Here a vector
 * belongs to a token of a known text, and any other text is read as without it. A list of phrases that is too long for one text
 * has one entry here for each text it is cut into, and each is learnt by a training of its own.
 *
 * @param baseSha256 {@linkplain Bundle#weightsSha256() digest} of the weights it was learnt on
 * @param texts      at least one
 * @param provenance where it comes from; its parent is the bundle of these weights
 */
public record PromptDelta(String baseSha256, List<Text> texts, Provenance provenance) {

    private static final String METADATA = "gleaner.prompt_delta";

    /**
     * One text with its vectors. The arrays are shared, not copied: nobody changes them.
     *
     * @param phrases  what the text was made of, in their order; the names of the categories as a rule
     * @param tokenIds [T], vocabulary ids of {@code [CLS] text [SEP]}
     * @param offset   [T * D], a vector for each token
     */
    public record Text(List<String> phrases, int[] tokenIds, float[] offset) {
        public Text {
            phrases = List.copyOf(phrases);
            if (phrases.isEmpty() || tokenIds.length == 0 || offset.length == 0 || offset.length % tokenIds.length != 0) {
                throw new IllegalArgumentException("text: " + phrases.size() + " phrases, " + tokenIds.length + " tokens and "
                        + offset.length + " numbers, expected at least one phrase and a vector for each token");
            }
        }

        /** D, the width of a vector. */
        public int width() {
            return offset.length / tokenIds.length;
        }
    }

    /** What is said of a text in JSON. */
    private record Reading(List<String> phrases, int[] tokenIds) {
    }

    /** What is said in JSON. */
    private record Description(String baseSha256, List<Reading> texts, Provenance provenance) {
    }

    public PromptDelta {
        texts = List.copyOf(texts);
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("texts: none, expected at least one");
        }
    }

    /** What was learnt just now on a bundle. */
    public static PromptDelta of(Bundle base, List<Text> texts) throws IOException {
        Provenance provenance = new Provenance(base.provenance().architecture(), Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Provenance.thisProgram(), List.of(), base.folder().getFileName().toString());
        return new PromptDelta(base.weightsSha256(), texts, provenance);
    }

    /**
     * Makes sure that a bundle has the weights this was learnt on. That takes reading all of them.
     *
     * @throws CheckpointException naming both if it has others
     */
    public void requireBase(Bundle bundle) throws IOException {
        String found = bundle.weightsSha256();
        if (!found.equals(baseSha256)) {
            throw new CheckpointException("the prompt was tuned for the weights of " + provenance.parent() + " (SHA-256 " + baseSha256
                    + "), not for those of " + bundle.folder().getFileName() + " (SHA-256 " + found + ")");
        }
    }

    /**
     * Reads a file.
     *
     * @throws CheckpointException if it is not what {@link #write} writes
     */
    public static PromptDelta read(Path file) throws IOException {
        String json = Safetensors.metadata(file).get(METADATA);
        if (json == null) {
            throw new CheckpointException(file.getFileName() + " has no metadata " + METADATA + "; expected a tuned prompt");
        }
        Description description = Bundle.parse(file.getFileName() + ", " + METADATA, json, Description.class);
        Map<String, StoredTensor> tensors = Safetensors.read(file);
        List<Text> texts = new ArrayList<>();
        try {
            for (Reading reading : description.texts) {
                StoredTensor tensor = tensors.get(name(texts.size()));
                if (tensor == null || tensor.shape().length != 2 || tensor.shape()[0] != reading.tokenIds.length) {
                    throw new CheckpointException(file.getFileName() + ": " + name(texts.size()) + " is "
                            + (tensor == null ? "missing" : Arrays.toString(tensor.shape())) + ", expected a vector for each of "
                            + reading.tokenIds.length + " tokens");
                }
                FloatBuffer values = tensor.readFloats();
                float[] offset = new float[values.remaining()];
                values.get(offset);
                texts.add(new Text(reading.phrases, reading.tokenIds, offset));
            }
            return new PromptDelta(description.baseSha256, texts, description.provenance);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new CheckpointException(file.getFileName() + " is no tuned prompt: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a file: beside the target first, which takes the target's name when all of it is on the disk.
     *
     * @throws FileAlreadyExistsException if the target exists; nothing is changed then
     */
    public void write(Path target) throws IOException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Path parent = Files.createDirectories(target.toAbsolutePath().getParent());
        Path folder = Files.createTempDirectory(parent, "." + target.getFileName() + "-");
        Path unfinished = folder.resolve("unfinished");
        try {
            Safetensors.write(unfinished, Map.of(METADATA, json()), tensors());
            AtomicFolder.force(unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
            Files.delete(folder);
        }
    }

    private String json() throws JsonProcessingException {
        return Bundle.JSON.writeValueAsString(new Description(baseSha256,
                texts.stream().map(text -> new Reading(text.phrases, text.tokenIds)).toList(), provenance));
    }

    private List<StoredTensor> tensors() {
        List<StoredTensor> tensors = new ArrayList<>();
        for (Text text : texts) {
            tensors.add(StoredTensor.ofFloats(name(tensors.size()), new long[] {text.tokenIds.length, text.width()},
                    () -> FloatBuffer.wrap(text.offset)));
        }
        return tensors;
    }

    private static String name(int text) {
        return "offset." + text;
    }
}

package dev.gleaner.glip.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.glip.GlipConfig;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A model as this program keeps it, in a folder of four files: {@code model.safetensors} with the parameters under
 * {@linkplain OfficialNames our names}, {@code config.json}, {@code vocab.txt} and {@code provenance.json}. A model of fixed
 * classes has their names, {@code categories.txt}, in place of the vocabulary. A bundle that is there is complete, and is never
 * changed.
 *
 * @param folder     its place
 * @param config     what network its parameters belong to
 * @param provenance where it comes from
 */
public record Bundle(Path folder, GlipConfig config, Provenance provenance) {

    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String VOCABULARY = "vocab.txt";
    private static final String CATEGORIES = "categories.txt";
    private static final String PROVENANCE = "provenance.json";
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /**
     * Opens a bundle.
     *
     * @throws CheckpointException if a file is missing or not what a bundle holds
     */
    public static Bundle open(Path folder) throws IOException {
        GlipConfig config = read(present(folder, CONFIG), GlipConfig.class);
        for (String name : List.of(WEIGHTS, words(config), PROVENANCE)) {
            present(folder, name);
        }
        Bundle bundle = new Bundle(folder, config, read(folder.resolve(PROVENANCE), Provenance.class));
        bundle.categories();
        return bundle;
    }

    private static Path present(Path folder, String name) throws CheckpointException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(folder + " is no model bundle: it has no " + name);
        }
        return file;
    }

    private static String words(GlipConfig config) {
        return config.hasFixedClasses() ? CATEGORIES : VOCABULARY;
    }

    /** The parameters by our names, their elements mapped from the file. */
    public Map<String, StoredTensor> weights() throws IOException {
        return Safetensors.read(folder.resolve(WEIGHTS));
    }

    /** SHA-256 of the file of parameters, in lower-case hexadecimal digits. */
    public String weightsSha256() throws IOException {
        return Provenance.Source.of("weights", folder.resolve(WEIGHTS)).sha256();
    }

    /** The words it knows, one a line: BERT's vocabulary, or the names of a model's fixed classes. */
    public Path vocabulary() {
        return folder.resolve(words(config));
    }

    /**
     * The names of a model's fixed classes, in their order; none for a model that reads text.
     *
     * @throws CheckpointException if they are not as many as the model has, or one is blank or there twice
     */
    public List<String> categories() throws IOException {
        return config.hasFixedClasses() ? categories(vocabulary(), config.head().classes()) : List.of();
    }

    private static List<String> categories(Path file, int classes) throws IOException {
        List<String> names = Files.readAllLines(file);
        if (names.size() != classes) {
            throw new CheckpointException(file.getFileName() + " has " + names.size() + " names; the model has " + classes + " classes");
        }
        for (int i = 0; i < classes; i++) {
            if (names.get(i).isBlank() || names.indexOf(names.get(i)) < i) {
                throw new CheckpointException(file.getFileName() + ", line " + (i + 1) + ": \"" + names.get(i)
                        + "\", expected a name that no line before it has");
            }
        }
        return List.copyOf(names);
    }

    /** The files that make the model what it is: parameters, configuration and the words it knows. */
    public List<Path> content() {
        return List.of(folder.resolve(WEIGHTS), folder.resolve(CONFIG), vocabulary());
    }

    /**
     * Writes a bundle: into a folder beside the target first, which takes the target's name when all of it is on the disk.
     *
     * @param target     the bundle's folder, which must not exist yet
     * @param vocabulary a file to copy: BERT's vocabulary, or the names of the fixed classes, one a line
     * @param weights    parameters under our names
     * @throws FileAlreadyExistsException if the target exists; nothing is changed then
     */
    public static Bundle write(Path target, GlipConfig config, Provenance provenance, Path vocabulary,
                               Collection<StoredTensor> weights) throws IOException {
        if (config.hasFixedClasses()) {
            categories(vocabulary, config.head().classes());
        }
        AtomicFolder.write(target, folder -> {
            Safetensors.write(folder.resolve(WEIGHTS), weights);
            JSON.writeValue(folder.resolve(CONFIG).toFile(), config);
            JSON.writeValue(folder.resolve(PROVENANCE).toFile(), provenance);
            Files.copy(vocabulary, folder.resolve(words(config)));
        });
        return new Bundle(target, config, provenance);
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        return parse(file.toString(), Files.readString(file), type);
    }

    /** @param source what the message calls the text */
    static <T> T parse(String source, String json, Class<T> type) throws CheckpointException {
        try {
            JsonNode tree = JSON.readTree(json);
            // Bundles written before this program trained say nothing of it.
            if (type == Provenance.class && tree instanceof ObjectNode facts && !facts.has("training")) {
                facts.putNull("training");
            }
            return JSON.treeToValue(tree, type);
        } catch (JsonMappingException e) {
            String place = e.getPath().stream().map(step -> String.valueOf(step.getFieldName())).collect(Collectors.joining("."));
            throw new CheckpointException(source + ", " + place + ": " + e.getOriginalMessage(), e);
        } catch (JacksonException e) {
            throw new CheckpointException(source + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}

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
 * {@linkplain OfficialNames our names}, {@code config.json}, {@code vocab.txt} and {@code provenance.json}. A bundle that is
 * there is complete, and is never changed.
 *
 * @param folder     its place
 * @param config     what network its parameters belong to
 * @param provenance where it comes from
 */
public record Bundle(Path folder, GlipConfig config, Provenance provenance) {

    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String VOCABULARY = "vocab.txt";
    private static final String PROVENANCE = "provenance.json";
    private static final List<String> FILES = List.of(WEIGHTS, CONFIG, VOCABULARY, PROVENANCE);
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /**
     * Opens a bundle.
     *
     * @throws CheckpointException if a file is missing or not what a bundle holds
     */
    public static Bundle open(Path folder) throws IOException {
        for (String name : FILES) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new CheckpointException(folder + " is no model bundle: it has no " + name);
            }
        }
        return new Bundle(folder, read(folder.resolve(CONFIG), GlipConfig.class),
                read(folder.resolve(PROVENANCE), Provenance.class));
    }

    /** The parameters by our names, their elements mapped from the file. */
    public Map<String, StoredTensor> weights() throws IOException {
        return Safetensors.read(folder.resolve(WEIGHTS));
    }

    /** BERT's vocabulary, one token a line. */
    public Path vocabulary() {
        return folder.resolve(VOCABULARY);
    }

    /**
     * Writes a bundle: into a folder beside the target first, which takes the target's name when all of it is on the disk.
     *
     * @param target     the bundle's folder, which must not exist yet
     * @param vocabulary a file to copy
     * @param weights    parameters under our names
     * @throws FileAlreadyExistsException if the target exists; nothing is changed then
     */
    public static Bundle write(Path target, GlipConfig config, Provenance provenance, Path vocabulary,
                               Collection<StoredTensor> weights) throws IOException {
        AtomicFolder.write(target, folder -> {
            Safetensors.write(folder.resolve(WEIGHTS), weights);
            JSON.writeValue(folder.resolve(CONFIG).toFile(), config);
            JSON.writeValue(folder.resolve(PROVENANCE).toFile(), provenance);
            Files.copy(vocabulary, folder.resolve(VOCABULARY));
        });
        return new Bundle(target, config, provenance);
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        try {
            JsonNode tree = JSON.readTree(file.toFile());
            // Bundles written before this program trained say nothing of it.
            if (type == Provenance.class && tree instanceof ObjectNode facts && !facts.has("training")) {
                facts.putNull("training");
            }
            return JSON.treeToValue(tree, type);
        } catch (JsonMappingException e) {
            String place = e.getPath().stream().map(step -> String.valueOf(step.getFieldName())).collect(Collectors.joining("."));
            throw new CheckpointException(file + ", " + place + ": " + e.getOriginalMessage(), e);
        } catch (JacksonException e) {
            throw new CheckpointException(file + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}

package dev.gleaner.glip.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Reference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the official implementation says of one of its models: its settings and each entry of its weights.
 *
 * @param config  its settings, over bert-base-uncased
 * @param entries its weights in the order of the file, buffers included
 */
public record Manifest(GlipConfig config, List<Entry> entries) {

    /**
     * @param kind   parameter or buffer; unknown for the small models
     * @param legacy in files of older libraries only
     * @param values where the manifest gives them, otherwise null
     */
    public record Entry(String name, long[] shape, String dtype, String kind, boolean legacy, float[] values) {
        boolean parameter() {
            return kind.equals("parameter");
        }
    }

    /** Reads {@code manifests/NAME.json}. */
    public static Manifest read(String name) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode manifest = json.readTree(Reference.file("manifests/" + name + ".json").toFile());
        Map<?, ?> settings = json.convertValue(manifest.get("config"), Map.class);
        return new Manifest(OfficialConfig.of(settings, GlipConfig.Bert.BASE, name), entries(manifest));
    }

    /** Names and shapes of the parameters alone, under their official keys. */
    public Map<String, long[]> parameterShapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        entries.stream().filter(Entry::parameter).forEach(entry -> shapes.put(entry.name(), entry.shape()));
        return shapes;
    }

    /** What the official implementation says of the small model in a folder. */
    static Manifest ofSmallModel(Path model) throws IOException {
        return new Manifest(OfficialConfig.read(model.resolve("tiny.yaml"), model.resolve("bert_config.json")),
                entries(new ObjectMapper().readTree(model.resolve("tiny_config.json").toFile())));
    }

    private static List<Entry> entries(JsonNode description) {
        ObjectMapper json = new ObjectMapper();
        List<Entry> entries = new ArrayList<>();
        for (JsonNode entry : description.get("state_dict")) {
            entries.add(new Entry(entry.get("name").textValue(), json.convertValue(entry.get("shape"), long[].class),
                    entry.get("dtype").textValue(), entry.path("kind").asText("unknown"),
                    entry.path("optional_legacy").booleanValue(),
                    entry.has("values") ? json.convertValue(entry.get("values"), float[].class) : null));
        }
        return entries;
    }
}

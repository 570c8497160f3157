package dev.gleaner.glip.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * What the official implementation says of one of its models: its settings and each entry of its weights.
 *
 * @param config  its settings, over bert-base-uncased
 * @param entries its weights in the order of the file, buffers included
 */
public record Manifest(GlipConfig config, List<Entry> entries) {

    /**
     * @param legacy in files of older libraries only
     * @param values where the manifest gives them, otherwise null
     */
    public record Entry(String name, long[] shape, String dtype, boolean parameter, boolean legacy, float[] values) {
    }

    /** Reads {@code manifests/NAME.json}. */
    public static Manifest read(String name) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode manifest = json.readTree(Reference.file("manifests/" + name + ".json").toFile());
        List<Entry> entries = new ArrayList<>();
        for (JsonNode entry : manifest.get("state_dict")) {
            entries.add(new Entry(entry.get("name").textValue(), json.convertValue(entry.get("shape"), long[].class),
                    entry.get("dtype").textValue(), entry.get("kind").textValue().equals("parameter"),
                    entry.path("optional_legacy").booleanValue(),
                    entry.has("values") ? json.convertValue(entry.get("values"), float[].class) : null));
        }
        Map<?, ?> settings = json.convertValue(manifest.get("config"), Map.class);
        return new Manifest(OfficialConfig.of(settings, GlipConfig.Bert.BASE, name), entries);
    }

    /** Names and shapes of the parameters alone, under their official keys. */
    public Map<String, long[]> parameterShapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        entries.stream().filter(Entry::parameter).forEach(entry -> shapes.put(entry.name(), entry.shape()));
        return shapes;
    }

    /** The names of a small reference model, {@code tiny} or {@code tiny_a}. */
    static List<String> keysOfSmallModel(String model) throws IOException {
        JsonNode description = new ObjectMapper().readTree(Reference.file(model + "/tiny_config.json").toFile());
        return StreamSupport.stream(description.get("state_dict").spliterator(), false)
                .map(entry -> entry.get("name").textValue()).toList();
    }
}

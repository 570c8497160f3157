package dev.gleaner.glip.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Reference;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaWeightsTest {

    @ParameterizedTest
    @ValueSource(strings = {"GLIP-T", "GLIP-L"})
    void giveTheValuesThatTheReferenceWasMadeWith(String model) throws IOException {
        Map<String, StoredTensor> weights = FormulaWeights.of(Manifest.read(model));
        JsonNode checks = new ObjectMapper().readTree(Reference.file("fullsize/" + model + "_check_values.json").toFile());

        assertThat(checks).isNotEmpty();
        for (JsonNode check : checks) {
            StoredTensor tensor = weights.get(check.get("name").textValue());
            int index = check.get("index").intValue();
            double value = tensor.type() == TensorType.I64
                    ? tensor.read().getLong(index * Long.BYTES) : tensor.readFloats().get(index);
            assertThat(value).as(tensor.name()).isEqualTo(check.get("value").doubleValue());
        }
    }
}

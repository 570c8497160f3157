package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;

/** The figures that the standard tools computed, in {@code metrics} of the reference folder. */
final class MetricsReference {

    private static final Offset<Double> EXACT = within(1e-12);

    private MetricsReference() {
    }

    static Path folder() {
        return Reference.file("metrics");
    }

    /** The parts of names between a prefix and a suffix, of everything that has them; there must be one at least. */
    static List<String> cases(String prefix, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            List<String> cases = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix) && name.endsWith(suffix))
                    .map(name -> name.substring(0, name.length() - suffix.length())).sorted().toList();
            assertThat(cases).as("%s*%s in %s", prefix, suffix, folder()).isNotEmpty();
            return cases;
        }
    }

    static JsonNode read(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    /** Compares all figures by their names, so that none is left out on either side. */
    static void assertSame(Map<String, Double> computed, JsonNode official) {
        Map<String, Double> expected = new TreeMap<>();
        official.properties().forEach(figure -> expected.put(figure.getKey(), figure.getValue().asDouble()));
        assertThat(computed).containsOnlyKeys(expected.keySet());
        expected.forEach((name, value) -> assertThat(computed.get(name)).as(name).isCloseTo(value, EXACT));
    }
}

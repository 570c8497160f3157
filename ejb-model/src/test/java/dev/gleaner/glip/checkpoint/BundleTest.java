package dev.gleaner.glip.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.GlipConfig;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {

    private static final StoredTensor WEIGHT = StoredTensor.ofFloats("head.bias", new long[] {1},
            () -> FloatBuffer.wrap(new float[] {-3.5f}));
    private static final Provenance PROVENANCE = new Provenance("GLIP-T", "2026-01-02T03:04:05Z", "Gleaner 1",
            List.of(new Provenance.Source("checkpoint", "glip.pth", 7, "00ff")), "parent-1");

    @TempDir
    Path folder;
    private GlipConfig config;
    private Path vocabulary;

    @BeforeEach
    void configure() throws IOException {
        config = OfficialConfig.of(Map.of(), GlipConfig.Bert.BASE, "defaults");
        vocabulary = Files.writeString(folder.resolve("words.txt"), "[PAD]\nword\n");
    }

    @Test
    void opensAsItWasWritten() throws IOException {
        Bundle written = Bundle.write(folder.resolve("one"), config, PROVENANCE, vocabulary, List.of(WEIGHT));

        Bundle opened = Bundle.open(folder.resolve("one"));

        assertThat(opened).isEqualTo(written);
        assertThat(opened.config()).isEqualTo(config);
        assertThat(opened.provenance()).isEqualTo(PROVENANCE);
        assertThat(opened.vocabulary()).hasContent("[PAD]\nword\n");
        assertThat(opened.weights().get("head.bias").readFloats().get(0)).isEqualTo(-3.5f);
    }

    @Test
    void keepsHowItWasTrained() throws IOException {
        Provenance trained = new Provenance("GLIP-T", "2026-01-02T03:04:05Z", "Gleaner 1", List.of(), "parent-1",
                new Provenance.Training("raccoons", "00ff", 120, 131, Map.of("mode", "full")));
        Bundle.write(folder.resolve("one"), config, trained, vocabulary, List.of(WEIGHT));
        assertThat(Bundle.open(folder.resolve("one")).provenance()).isEqualTo(trained);
    }

    @Test
    void opensWhatWasWrittenBeforeTrainingsWereNoted() throws IOException {
        Path one = Bundle.write(folder.resolve("one"), config, PROVENANCE, vocabulary, List.of(WEIGHT)).folder();
        String facts = Files.readString(one.resolve("provenance.json"));
        Files.writeString(one.resolve("provenance.json"), facts.replaceFirst(",\\s*\"training\" : null", ""));
        assertThat(Files.readString(one.resolve("provenance.json"))).doesNotContain("training");
        assertThat(Bundle.open(one).provenance()).isEqualTo(PROVENANCE);
    }

    @Test
    void leavesNothingBehindWhenItCannotBeFinished() {
        StoredTensor unreadable = new StoredTensor("head.text_bias", TensorType.F32, new long[] {1}, () -> {
            throw new CheckpointException("the source is gone");
        });

        assertThatThrownBy(() -> Bundle.write(folder.resolve("models/one"), config, PROVENANCE, vocabulary,
                List.of(WEIGHT, unreadable))).isInstanceOf(CheckpointException.class).hasMessage("the source is gone");
        assertThat(folder.resolve("models")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "config.json", "vocab.txt", "provenance.json"})
    void needsAllOfItsFiles(String name) throws IOException {
        Bundle.write(folder.resolve("one"), config, PROVENANCE, vocabulary, List.of(WEIGHT));
        Files.delete(folder.resolve("one").resolve(name));

        assertThatThrownBy(() -> Bundle.open(folder.resolve("one"))).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("one", "no " + name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"channels\" : 256 | \"channels\" : -1                        | channels must be positive",
        "\"channels\" : 256 | \"channels\" : 256, \"more\" : 1           | more",
        "\"channels\" : 256 | \"channels\" : null                      | channels",
        "\"channels\" : 256 | \"channels\" : \"many\"                  | many",
        "\"aligned\" : \"HIDDEN\" | \"aligned\" : \"SHOWN\"            | EMBEDDED",
        "\"channels\" : 256 | \"channels\" : 256 \"                    | comma"})
    void refusesAConfigurationThatNoNetworkHas(String right, String wrong, String message) throws IOException {
        Bundle.write(folder.resolve("one"), config, PROVENANCE, vocabulary, List.of(WEIGHT));
        Path file = folder.resolve("one/config.json");
        String text = Files.readString(file);
        assertThat(text).contains(right);
        Files.writeString(file, text.replace(right, wrong));

        assertThatThrownBy(() -> Bundle.open(folder.resolve("one"))).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("config.json", message);
    }
}

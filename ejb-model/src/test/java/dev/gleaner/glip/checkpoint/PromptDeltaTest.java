package dev.gleaner.glip.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.GlipConfig;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptDeltaTest {

    @TempDir
    Path folder;
    private Bundle base;

    @BeforeEach
    void write() throws IOException {
        base = bundle("one", 1);
    }

    private Bundle bundle(String name, float weight) throws IOException {
        Path vocabulary = Files.writeString(folder.resolve("words.txt"), "[PAD]\n");
        return Bundle.write(folder.resolve(name), OfficialConfig.of(Map.of(), GlipConfig.Bert.BASE, "defaults"),
                new Provenance("GLIP-T", "2026-01-02T03:04:05Z", "Gleaner 1", List.of(), null), vocabulary,
                List.of(StoredTensor.ofFloats("head.bias", new long[] {1}, () -> FloatBuffer.wrap(new float[] {weight}))));
    }

    private PromptDelta delta() throws IOException {
        return PromptDelta.of(base, List.of(
                new PromptDelta.Text(List.of("dog", "häßlicher \"Hund\""), new int[] {101, 7, 102}, new float[] {1, 2, 3, 4, 5, 6}),
                new PromptDelta.Text(List.of("cat"), new int[] {101, 8}, new float[] {-1.5f, Float.MIN_VALUE, 0, 1e30f})));
    }

    @Test
    void isReadAsItWasWritten() throws IOException {
        Path file = folder.resolve("deltas/prompt.safetensors");
        PromptDelta written = delta();
        written.write(file);

        PromptDelta read = PromptDelta.read(file);

        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.texts().get(0).phrases()).containsExactly("dog", "häßlicher \"Hund\"");
        assertThat(read.texts().get(0).width()).isEqualTo(2);
        assertThat(read.texts().get(1).offset()).containsExactly(-1.5f, Float.MIN_VALUE, 0, 1e30f);
        assertThat(read.provenance().parent()).isEqualTo("one");
        assertThat(folder.resolve("deltas")).isDirectoryNotContaining(path -> !path.equals(file));
        // Any reader of the format finds the vectors.
        assertThat(Safetensors.read(file).get("offset.0").shape()).containsExactly(3, 2);
    }

    /** The digest is that of {@code sha256sum model.safetensors}. */
    @Test
    void belongsToTheWeightsItWasLearntOn() throws IOException {
        PromptDelta delta = delta();
        Bundle moved = bundle("moved", 1);
        Bundle other = bundle("two", 2);

        assertThat(delta.baseSha256()).isEqualTo(Provenance.Source.of("", base.folder().resolve("model.safetensors")).sha256());
        delta.requireBase(base);
        delta.requireBase(moved);
        assertThatThrownBy(() -> delta.requireBase(other)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("weights of one (SHA-256 " + base.weightsSha256(), "of two (SHA-256 " + other.weightsSha256());
    }

    @Test
    void neverReplacesAFile() throws IOException {
        Path there = Files.writeString(folder.resolve("there"), "mine");

        assertThatThrownBy(() -> delta().write(there)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(there).hasContent("mine");
    }

    @Test
    void anotherSafetensorsFileIsRefused() {
        assertThatThrownBy(() -> PromptDelta.read(base.folder().resolve("model.safetensors"))).isInstanceOf(CheckpointException.class)
                .hasMessage("model.safetensors has no metadata gleaner.prompt_delta; expected a tuned prompt");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{                                                                                 | is no JSON",
        "{\"baseSha256\": \"00\", \"texts\": []}                                           | provenance",
        "{\"baseSha256\": \"00\", \"texts\": [], \"provenance\": null}                     | texts: none",
        "{\"baseSha256\": \"00\", \"texts\": null, \"provenance\": null}                   | no tuned prompt",
        "{\"baseSha256\": \"00\", \"texts\": [{\"phrases\": [\"a\"], \"tokenIds\": [1, 2, 3]}], \"provenance\": null} | offset.0 is [2, 2], expected a vector for each of 3",
        "{\"baseSha256\": \"00\", \"texts\": [{\"phrases\": [\"a\"], \"tokenIds\": [\"x\"]}], \"provenance\": null}   | tokenIds",
        "{\"baseSha256\": \"00\", \"texts\": [{\"phrases\": [], \"tokenIds\": [1, 2]}], \"provenance\": null}         | at least one phrase"})
    void whatItDoesNotHoldIsSaid(String json, String message) throws IOException {
        Path file = folder.resolve("the.safetensors");
        Safetensors.write(file, Map.of("gleaner.prompt_delta", json),
                List.of(StoredTensor.ofFloats("offset.0", new long[] {2, 2}, () -> FloatBuffer.wrap(new float[4]))));

        assertThatThrownBy(() -> PromptDelta.read(file)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("the.safetensors", message);
    }

    @Test
    void aTextHasAVectorForEachToken() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PromptDelta.Text(List.of("a"), new int[] {1, 2}, new float[3]))
                .withMessageContaining("1 phrases, 2 tokens and 3 numbers");
    }
}

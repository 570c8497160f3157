package dev.gleaner.modelversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.UntrainedModel;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.CheckpointException;
import dev.gleaner.glip.checkpoint.OfficialModel;
import dev.gleaner.glip.checkpoint.PromptDelta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleStoreTest {

    @TempDir
    private Path folder;

    private static BundleStore.Writer untrained(long seed) {
        return target -> UntrainedModel.write(target, List.of("cat"), seed);
    }

    @Test
    void keepsTheSameContentOnce() throws IOException {
        BundleStore store = new BundleStore(folder.resolve("models"));

        StoredBundle first = store.trained(untrained(1));
        StoredBundle again = store.trained(untrained(1));
        StoredBundle other = store.trained(untrained(2));

        assertThat(again.folder()).isEqualTo(first.folder());
        assertThat(other.sha256()).isNotEqualTo(first.sha256());
        assertThat(folder.resolve("models")).isDirectoryContaining(first.folder()::equals).isDirectoryContaining(other.folder()::equals);
        try (var bundles = Files.list(folder.resolve("models"))) {
            assertThat(bundles).hasSize(2);
        }
    }

    @Test
    void namesACompleteBundleAfterItsContent() throws IOException {
        StoredBundle stored = new BundleStore(folder).trained(untrained(1));

        assertThat(stored.folder()).isAbsolute().hasFileName(stored.sha256());
        assertThat(Bundle.open(stored.folder()).provenance()).isEqualTo(stored.provenance());
    }

    @Test
    void aTunedPromptLiesBesideTheBundleItIsFor() throws IOException {
        BundleStore store = new BundleStore(folder);
        StoredBundle stored = store.trained(untrained(1));

        StoredBundle tuned = store.tunedPrompt(stored, delta(stored, 1));
        StoredBundle again = store.tunedPrompt(stored, delta(stored, 1));
        StoredBundle other = store.tunedPrompt(stored, delta(stored, 2));

        assertThat(tuned.folder()).isEqualTo(stored.folder());
        assertThat(tuned.promptDelta()).isAbsolute().hasFileName(tuned.sha256() + ".safetensors");
        assertThat(PromptDelta.read(tuned.promptDelta()).texts().get(0).offset()).containsExactly(1, 1, 1);
        assertThat(again.promptDelta()).isEqualTo(tuned.promptDelta());
        assertThat(List.of(stored.sha256(), tuned.sha256(), other.sha256())).doesNotHaveDuplicates();
    }

    private static PromptDelta delta(StoredBundle base, float value) throws IOException {
        return PromptDelta.of(Bundle.open(base.folder()),
                List.of(new PromptDelta.Text(List.of("cat"), new int[] {101, 7, 102}, new float[] {value, value, value})));
    }

    @Test
    void storesNothingOfFilesItCannotUse() throws IOException {
        Path junk = Files.writeString(folder.resolve("junk"), "junk");
        Path models = folder.resolve("models");

        assertThatThrownBy(() -> new BundleStore(models).importOfficial(new OfficialModel(junk, junk, junk, null)))
                .isInstanceOf(CheckpointException.class);

        assertThat(models).isEmptyDirectory();
    }
}

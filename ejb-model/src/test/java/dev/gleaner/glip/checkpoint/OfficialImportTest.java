package dev.gleaner.glip.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OfficialImportTest {

    private static final Path TINY = Reference.file("tiny");

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.gleaner.glip.Reference#models")
    void makesABundleThatOpensAgain(Path model) throws IOException {
        OfficialModel source = source(model);
        Path target = folder.resolve("models/one");

        Bundle written = new OfficialImport(config -> shapes(model, config)).run(source, target);
        Bundle bundle = Bundle.open(target);

        assertThat(bundle).isEqualTo(written);
        assertThat(bundle.config()).isEqualTo(OfficialConfig.read(source.config(), source.languageConfig()));
        assertThat(bundle.vocabulary()).hasSameBinaryContentAs(source.vocabulary());
        assertThat(folder.resolve("models")).isDirectoryNotContaining(path -> !path.equals(target));
        OfficialNames names = new OfficialNames(bundle.config());
        Map<String, StoredTensor> weights = bundle.weights();
        assertThat(weights.keySet()).containsExactlyInAnyOrderElementsOf(names.officialByOurs().keySet());
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(source.checkpoint())) {
            for (StoredTensor tensor : weights.values()) {
                StoredTensor official = checkpoint.tensors().get(names.official(tensor.name()));
                assertThat(tensor.shape()).isEqualTo(official.shape());
                assertThat(tensor.read()).as(tensor.name()).isEqualTo(official.read());
            }
        }
    }

    @Test
    void recordsWhatTheBundleIsMadeOf() throws IOException {
        Path vocabulary = vocabulary("[PAD]\n[UNK]\n[CLS]\n[SEP]\n");
        assertThat(Provenance.Source.of("vocabulary", vocabulary)).isEqualTo(new Provenance.Source("vocabulary", "words.txt", 24,
                "c4b8e11215f047171c3b588b2e0b06b81e3937afeb929b234026ef802be5ebdf"));

        Provenance provenance = new OfficialImport(config -> shapes(TINY, config))
                .run(source(TINY), folder.resolve("bundle")).provenance();

        assertThat(provenance.sources()).extracting(Provenance.Source::role)
                .containsExactly("checkpoint", "config", "vocabulary", "languageConfig");
        assertThat(provenance.sources()).extracting(Provenance.Source::name)
                .containsExactly("tiny.pth", "tiny.yaml", "vocab.txt", "bert_config.json");
        assertThat(provenance.parent()).isNull();
        assertThat(provenance.made()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(provenance.madeBy()).startsWith("Gleaner");
    }

    @Test
    void anImportNeverTouchesWhatIsThere() throws IOException {
        Path there = Files.createDirectory(folder.resolve("bundle"));

        assertThatThrownBy(() -> new OfficialImport(config -> shapes(TINY, config)).run(source(TINY), there))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(there).isEmptyDirectory();
    }

    @Test
    void listsEveryParameterThatDoesNotFitUnderItsOfficialName() throws IOException {
        OfficialImport otherNetwork = new OfficialImport(config -> {
            Map<String, long[]> shapes = shapes(TINY, config);
            shapes.put("head.bias", new long[] {2});
            shapes.put("swin.patch.norm.bias", new long[] {24, 1});
            shapes.remove("head.log_scale");
            shapes.remove("fpn.p7.bias");
            return shapes;
        });

        assertThatThrownBy(() -> otherNetwork.run(source(TINY), folder.resolve("bundle")))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("""
                        tiny.pth with tiny.yaml (GLIP, Swin of width 24, 2 head layers, with fusion) does not fit the network in 4 parameters:
                        backbone.body.patch_embed.norm.bias: has shape [24], expected [24, 1]
                        backbone.fpn.top_blocks.p7.bias: surplus, of shape [32]
                        rpn.head.bias0: has shape [1], expected [2]
                        rpn.head.log_scale: surplus, of shape [1]""");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aModelOfAnotherArchitectureIsRefusedWithAllItLacks() throws IOException {
        OfficialModel mixed = new OfficialModel(Reference.file("tiny_a/tiny.pth"), Reference.file("tiny/tiny.yaml"),
                Reference.file("tiny/vocab.txt"), Reference.file("tiny/bert_config.json"));

        assertThatThrownBy(() -> new OfficialImport(config -> shapes(TINY, config)).run(mixed, folder.resolve("bundle")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("rpn.head.dyhead_tower.0.b_attn.gamma_v: missing, expected [32]")
                .hasMessageContaining("rpn.head.dyhead_tower.1.DyConv.0.conv.weight: surplus");
    }

    @Test
    void theVocabularyMustFitTheLanguageModel() throws IOException {
        refusedVocabulary("[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "words.txt has 4 tokens; the language model has 600");
        refusedVocabulary("word\n".repeat(600), "[PAD]");
    }

    private void refusedVocabulary(String content, String message) throws IOException {
        OfficialModel tiny = source(TINY);
        OfficialModel other = new OfficialModel(tiny.checkpoint(), tiny.config(), vocabulary(content), tiny.languageConfig());

        assertThatThrownBy(() -> new OfficialImport(config -> shapes(TINY, config)).run(other, folder.resolve("bundle")))
                .isInstanceOf(IOException.class).hasMessageContaining(message);
        assertThat(folder.resolve("bundle")).doesNotExist();
    }

    private Path vocabulary(String content) throws IOException {
        return Files.writeString(folder.resolve("words.txt"), content);
    }

    private static OfficialModel source(Path model) {
        return new OfficialModel(model.resolve("tiny.pth"), model.resolve("tiny.yaml"), model.resolve("vocab.txt"),
                model.resolve("bert_config.json"));
    }

    /** What the network of a small model has, from its description. */
    private static Map<String, long[]> shapes(Path model, GlipConfig config) {
        OfficialNames names = new OfficialNames(config);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        try {
            for (Manifest.Entry entry : Manifest.ofSmallModel(model).entries()) {
                if (names.ours(entry.name()) != null) {
                    shapes.put(names.ours(entry.name()), entry.shape());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return shapes;
    }
}

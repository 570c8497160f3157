package dev.gleaner.glip.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.GlipConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OfficialConfigTest {

    @TempDir
    Path folder;

    @Test
    void anEmptyModelSectionIsGlipT() throws IOException {
        assertThat(read("MODEL:\n")).isEqualTo(manifest("GLIP-T"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GLIP-T", "GLIP-T_B", "GLIP-T_C"})
    void theFusedTinyModelsShareOneArchitecture(String name) throws IOException {
        GlipConfig config = manifest(name);

        assertThat(config.architecture()).isEqualTo("GLIP-T");
        assertThat(config.input()).isEqualTo(new GlipConfig.Input(800, 1333, List.of(103.53, 116.28, 123.675),
                List.of(57.375, 57.12, 58.395), 32));
        assertThat(config.swin()).isEqualTo(new GlipConfig.Swin(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24), 7, 4));
        assertThat(config.channels()).isEqualTo(256);
        assertThat(config.bert()).isEqualTo(new GlipConfig.Bert(768, 12, 12, 3072, 30522, 512, 2, 1e-12));
        assertThat(config.text()).isEqualTo(new GlipConfig.Text(256, ". "));
        assertThat(config.fusion()).isEqualTo(new GlipConfig.Fusion(true, 2048, 8, true, true, true, true));
        assertThat(config.head()).isEqualTo(new GlipConfig.Head(6, 16, 80, GlipConfig.Aligned.HIDDEN, true, 0.0, 0.01));
        assertThat(config.anchors()).isEqualTo(new GlipConfig.Anchors(List.of(64.0, 128.0, 256.0, 512.0, 1024.0),
                List.of(8, 16, 32, 64, 128)));
        assertThat(config.selection()).isEqualTo(new GlipConfig.Selection(0.05, 0.6, 1000, 100, 80));
    }

    @Test
    void glipAHasNoFusionAndAlignsTheEmbeddedText() throws IOException {
        GlipConfig config = manifest("GLIP-T_A");

        assertThat(config.architecture()).isEqualTo("GLIP-T (A)");
        assertThat(config.fusion().enabled()).isFalse();
        assertThat(config.head().aligned()).isEqualTo(GlipConfig.Aligned.EMBEDDED);
        assertThat(config.swin()).isEqualTo(manifest("GLIP-T").swin());
    }

    @Test
    void glipLHasALargerBackboneAndADeeperHead() throws IOException {
        GlipConfig config = manifest("GLIP-L");

        assertThat(config.architecture()).isEqualTo("GLIP-L");
        assertThat(config.swin()).isEqualTo(new GlipConfig.Swin(192, List.of(2, 2, 18, 2), List.of(6, 12, 24, 48), 12, 4));
        assertThat(config.swin().channels(3)).isEqualTo(1536);
        assertThat(config.head().layers()).isEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("dev.gleaner.glip.Reference#models")
    void readsTheSmallModelsAsTheyWereMade(Path model) throws IOException {
        Manifest manifest = Manifest.ofSmallModel(model);
        JsonNode made = new ObjectMapper().readTree(model.resolve("tiny_config.json").toFile()).get("config");
        boolean fused = manifest.entries().stream().anyMatch(entry -> entry.name().contains(".b_attn."));

        GlipConfig config = manifest.config();

        assertThat(config.swin().embedDim()).isEqualTo(made.get("embed").intValue());
        assertThat(config.swin().depths()).hasToString(made.get("depths").toString().replace(",", ", "));
        assertThat(config.swin().heads()).hasToString(made.get("heads").toString().replace(",", ", "));
        assertThat(config.swin().windowSize()).isEqualTo(made.get("window").intValue());
        assertThat(config.channels()).isEqualTo(made.get("ch").intValue());
        assertThat(config.head().layers()).isEqualTo(made.get("convs").intValue());
        assertThat(config.input().minSize()).isEqualTo(made.get("min").intValue());
        assertThat(config.input().maxSize()).isEqualTo(made.get("max").intValue());
        assertThat(config.bert()).isEqualTo(new GlipConfig.Bert(made.get("bh").intValue(), made.get("bl").intValue(),
                made.get("bheads").intValue(), made.get("bi").intValue(), made.get("vocab").intValue(), 512, 2, 1e-12));
        assertThat(config.fusion().enabled()).isEqualTo(fused);
        assertThat(config.head().aligned()).isEqualTo(fused ? GlipConfig.Aligned.HIDDEN : GlipConfig.Aligned.EMBEDDED);
    }

    @Test
    void readsTuplesTheWayTheOfficialFilesWriteThem() throws IOException {
        GlipConfig config = read("""
                MODEL:
                  SWINT:
                    EMBED_DIM: 192
                    DEPTHS: (2, 2, 18, 2)
                    NUM_HEADS: (6, 12, 24, 48)
                    OUT_CHANNELS: (192, 384, 768, 1536)
                    WINDOW_SIZE: 12
                  RPN:
                    ASPECT_RATIOS: (1.0,)
                    ANCHOR_STRIDE: (8, 16, 32, 64, 128)
                  BACKBONE: {OUT_FEATURES: '("stage2", "stage3", "stage4", "stage5")'}
                  DYHEAD: {NUM_CONVS: 8, LOG_SCALE: 1e-1}
                DATASETS:
                  TRAIN: ("mixed_train_no_coco",)
                """);

        assertThat(config.architecture()).isEqualTo("GLIP-L");
        assertThat(config.head().logScale()).isEqualTo(0.1);
    }

    @Test
    void labelsAreLimitedByTheAggregationWhenThereIsOne() throws IOException {
        assertThat(read("TEST: {MDETR_STYLE_AGGREGATE_CLASS_NUM: 3000}").selection().labels()).isEqualTo(3000);
        assertThat(read("MODEL: {DYHEAD: {NUM_CLASSES: 9}}").selection().labels()).isEqualTo(8);
    }

    @Test
    void trainingSettingsMayHoldAnything() throws IOException {
        assertThat(read("SOLVER: {OPTIMIZER: [unheard, of]}\nMODEL: {ROI_HEADS: 7}")).isEqualTo(manifest("GLIP-T"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "MODEL: {BACKBONE: {CONV_BODY: R-50-FPN-RETINANET}} | MODEL.BACKBONE.CONV_BODY | R-50-FPN-RETINANET | SWINT-FPN-RETINANET",
        "MODEL: {RPN: {ASPECT_RATIOS: '(0.5, 1.0, 2.0)'}}   | MODEL.RPN.ASPECT_RATIOS | (0.5, 1.0, 2.0) | [1.0]",
        "MODEL: {LANGUAGE_BACKBONE: {MODEL_TYPE: clip}}     | MODEL.LANGUAGE_BACKBONE.MODEL_TYPE | clip | bert-base-uncased",
        "MODEL: {DYHEAD: {USE_DYRELU: false}}               | MODEL.DYHEAD.USE_DYRELU | false | true",
        "MODEL: {DYHEAD: {CHANNELS: 128}}                   | MODEL.DYHEAD.CHANNELS | 128 | 256",
        "MODEL: {SWINT: {OUT_CHANNELS: '(1, 2, 3, 4)'}}     | MODEL.SWINT.OUT_CHANNELS | (1, 2, 3, 4) | [96, 192, 384, 768]",
        "MODEL: {LANGUAGE_BACKBONE: {LANG_DIM: 48}}         | MODEL.LANGUAGE_BACKBONE.LANG_DIM | 48 | 768",
        "MODEL: {SWINT: {EMBED_DIM: wide}}                  | MODEL.SWINT.EMBED_DIM | wide | number",
        "MODEL: {SWINT: {EMBED_DIM: 96.5}}                  | MODEL.SWINT.EMBED_DIM | 96.5 | whole number",
        "MODEL: {SWINT: {DEPTHS: 4}}                        | MODEL.SWINT.DEPTHS | 4 | list",
        "MODEL: {ATSS: {NMS_TH: .inf}}                      | MODEL.ATSS.NMS_TH | Infinity | number",
        "MODEL: {ATSS: 5}                                   | MODEL.ATSS | 5 | mapping",
        "MODEL: {SWINT: {EMBED_DIM: {A: 1}}}                | MODEL.SWINT.EMBED_DIM | mapping | 96",
        "MODEL: {SWINT: {NUM_HEADS: [5, 6, 12, 24]}}        | the.yaml | 96 channels | 5 heads",
        "INPUT: {PIXEL_STD: [1, 0, 1]}                      | the.yaml | std | positive",
        "just text                                          | the.yaml | no mapping | MODEL",
        "MODEL: !!javax.script.ScriptEngineManager {}       | the.yaml | ScriptEngineManager | YAML",
        "MODEL: {A: 1, A: 2}                                | the.yaml | duplicate key | YAML"})
    void errorsNameTheKeyTheValueAndWhatIsSupported(String yaml, String key, String value, String expected) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(key, value, expected);
    }

    @Test
    void anotherActivationOfTheLanguageModelIsRefused() throws IOException {
        Path json = Files.writeString(folder.resolve("bert_config.json"), "{\"hidden_size\": 48, \"hidden_act\": \"relu\"}");

        assertThatThrownBy(() -> OfficialConfig.bert(json)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("hidden_act", "relu", "gelu");
    }

    @Test
    void aFileTooLargeForAConfigurationIsNotRead() throws IOException {
        assertThatThrownBy(() -> read("#".repeat(2_000_000))).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("2000000 bytes");
    }

    private GlipConfig read(String yaml) throws IOException {
        return OfficialConfig.read(Files.writeString(folder.resolve("the.yaml"), yaml));
    }

    private static GlipConfig manifest(String name) throws IOException {
        return Manifest.read(name).config();
    }
}

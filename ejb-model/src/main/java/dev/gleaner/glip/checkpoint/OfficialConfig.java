package dev.gleaner.glip.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.GlipConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads the configuration files of the official models: GLIP's YAML, whole or partial, and the language model's
 * {@code config.json} in Hugging Face's form. The one place that knows their keys.
 *
 * <p>What a file leaves out is as in {@code official-defaults.yaml} beside this class (GLIP-T over bert-base-uncased);
 * that resource also lists the settings of which only one value is supported. Settings without influence on detection
 * are not looked at.
 */
public final class OfficialConfig {

    private static final int LARGEST_FILE = 1 << 20;
    private static final Map<String, Object> VARYING;
    private static final Map<String, Object> FIXED;

    static {
        try (InputStream resource = OfficialConfig.class.getResourceAsStream("official-defaults.yaml")) {
            Iterator<Object> documents = yaml().loadAll(resource).iterator();
            VARYING = Settings.leaves((Map<?, ?>) documents.next());
            FIXED = Settings.leaves((Map<?, ?>) documents.next());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OfficialConfig() {
    }

    /** Reads an official YAML file for a model whose language backbone is bert-base-uncased. */
    public static GlipConfig read(Path yaml) throws IOException {
        return of(tree(yaml), GlipConfig.Bert.BASE, yaml.getFileName().toString());
    }

    /**
     * Reads an official YAML file and the configuration of its language backbone.
     *
     * @throws CheckpointException naming the key, its value and what is supported
     */
    public static GlipConfig read(Path yaml, Path languageConfig) throws IOException {
        return of(tree(yaml), bert(languageConfig), yaml.getFileName().toString());
    }

    /**
     * The configuration that a tree of official keys describes.
     *
     * @param source what error messages call the tree
     */
    static GlipConfig of(Map<?, ?> tree, GlipConfig.Bert bert, String source) throws CheckpointException {
        Settings yaml = new Settings(source, tree, VARYING);
        for (Map.Entry<String, Object> setting : FIXED.entrySet()) {
            yaml.demand(setting.getKey(), setting.getValue());
        }
        int embedDim = yaml.integer("MODEL.SWINT.EMBED_DIM");
        int channels = yaml.integer("MODEL.BACKBONE.OUT_CHANNELS");
        int classes = yaml.integer("MODEL.DYHEAD.NUM_CLASSES") - 1;
        int aggregated = yaml.integer("TEST.MDETR_STYLE_AGGREGATE_CLASS_NUM");
        yaml.demand("MODEL.SWINT.OUT_CHANNELS", List.of(embedDim, 2 * embedDim, 4 * embedDim, 8 * embedDim));
        yaml.demand("MODEL.DYHEAD.CHANNELS", channels);
        yaml.demand("MODEL.LANGUAGE_BACKBONE.LANG_DIM", bert.hidden());
        String fuse = "MODEL.DYHEAD.FUSE_CONFIG.";
        try {
            return new GlipConfig(
                    new GlipConfig.Input(
                            yaml.integer("INPUT.MIN_SIZE_TEST"),
                            yaml.integer("INPUT.MAX_SIZE_TEST"),
                            yaml.numbers("INPUT.PIXEL_MEAN"),
                            yaml.numbers("INPUT.PIXEL_STD"),
                            yaml.integer("DATALOADER.SIZE_DIVISIBILITY")),
                    new GlipConfig.Swin(
                            embedDim,
                            yaml.integers("MODEL.SWINT.DEPTHS"),
                            yaml.integers("MODEL.SWINT.NUM_HEADS"),
                            yaml.integer("MODEL.SWINT.WINDOW_SIZE"),
                            yaml.number("MODEL.SWINT.MLP_RATIO")),
                    channels,
                    bert,
                    new GlipConfig.Text(
                            yaml.integer("MODEL.LANGUAGE_BACKBONE.MAX_QUERY_LEN"),
                            yaml.text("DATASETS.SEPARATION_TOKENS")),
                    new GlipConfig.Fusion(
                            yaml.flag(fuse + "EARLY_FUSE_ON"), 2048, 8,
                            yaml.flag(fuse + "CLAMP_MIN_FOR_UNDERFLOW"),
                            yaml.flag(fuse + "CLAMP_MAX_FOR_OVERFLOW"),
                            yaml.flag(fuse + "CLAMP_BERTATTN_MIN_FOR_UNDERFLOW"),
                            yaml.flag(fuse + "CLAMP_BERTATTN_MAX_FOR_OVERFLOW")),
                    new GlipConfig.Head(
                            yaml.integer("MODEL.DYHEAD.NUM_CONVS"),
                            yaml.integer("MODEL.GROUP_NORM.NUM_GROUPS"),
                            classes,
                            yaml.flag(fuse + "USE_FUSED_FEATURES_DOT_PRODUCT")
                                    ? GlipConfig.Aligned.HIDDEN : GlipConfig.Aligned.EMBEDDED,
                            yaml.flag(fuse + "CLAMP_DOT_PRODUCT"),
                            yaml.number("MODEL.DYHEAD.LOG_SCALE"),
                            yaml.number("MODEL.DYHEAD.PRIOR_PROB")),
                    new GlipConfig.Anchors(
                            yaml.numbers("MODEL.RPN.ANCHOR_SIZES"),
                            List.of(8, 16, 32, 64, 128)),
                    new GlipConfig.Selection(
                            yaml.number("MODEL.ATSS.INFERENCE_TH"),
                            yaml.number("MODEL.ATSS.NMS_TH"),
                            yaml.integer("MODEL.ATSS.PRE_NMS_TOP_N"),
                            yaml.integer("MODEL.ATSS.DETECTIONS_PER_IMG"),
                            aggregated == -1 ? classes : aggregated));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(source + ": " + e.getMessage(), e);
        }
    }

    /** Reads a BERT's sizes from Hugging Face's {@code config.json}; what it leaves out is as in bert-base-uncased. */
    public static GlipConfig.Bert bert(Path languageConfig) throws IOException {
        String source = languageConfig.getFileName().toString();
        Map<?, ?> tree;
        try {
            tree = new ObjectMapper().readValue(text(languageConfig), Map.class);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(source + " is no JSON object: " + e.getOriginalMessage(), e);
        }
        GlipConfig.Bert base = GlipConfig.Bert.BASE;
        Settings json = new Settings(source, tree, Map.of(
                "hidden_size", base.hidden(), "num_hidden_layers", base.layers(), "num_attention_heads", base.heads(),
                "intermediate_size", base.intermediate(), "vocab_size", base.vocabulary(),
                "max_position_embeddings", base.positions(), "type_vocab_size", base.tokenTypes(),
                "layer_norm_eps", base.normEps()));
        json.demand("model_type", "bert");
        json.demand("hidden_act", "gelu");
        json.demand("position_embedding_type", "absolute");
        json.demand("is_decoder", false);
        try {
            return new GlipConfig.Bert(json.integer("hidden_size"), json.integer("num_hidden_layers"),
                    json.integer("num_attention_heads"), json.integer("intermediate_size"), json.integer("vocab_size"),
                    json.integer("max_position_embeddings"), json.integer("type_vocab_size"),
                    json.number("layer_norm_eps"));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(source + ": " + e.getMessage(), e);
        }
    }

    private static Map<?, ?> tree(Path yaml) throws IOException {
        String source = yaml.getFileName().toString();
        try {
            Object tree = yaml().load(text(yaml));
            if (tree instanceof Map<?, ?> mapping) {
                return mapping;
            }
            throw new CheckpointException(source + " holds " + (tree == null ? "nothing" : "no mapping")
                    + "; expected a YAML mapping with MODEL, INPUT and so on");
        } catch (YAMLException e) {
            throw new CheckpointException(source + " is no YAML this reader accepts: " + e.getMessage(), e);
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new CheckpointException(file.getFileName() + " has " + Files.size(file)
                    + " bytes; a configuration has at most " + LARGEST_FILE);
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file.getFileName() + " is no text in UTF-8", e);
        }
    }

    private static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options));
    }
}

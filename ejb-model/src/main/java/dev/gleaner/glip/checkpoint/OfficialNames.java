package dev.gleaner.glip.checkpoint;

import dev.gleaner.glip.GlipConfig;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the official checkpoints call our parameters. The one place that knows their keys; the network's blocks answer to
 * the names on the right:
 *
 * <pre>
 * backbone.body.patch_embed.{proj, norm}                   swin.patch.{projection, norm}
 * backbone.body.layers.S.blocks.B.norm1                    swin.stages.S.blocks.B.attention_norm
 *   .attn.{qkv, proj}                                        .attention.{qkv, output}
 *   .attn.relative_position_bias_table                       .attention.position_bias
 *   .norm2, .mlp.{fc1, fc2}                                  .mlp_norm, .mlp.{expand, reduce}
 * backbone.body.layers.S.downsample.{norm, reduction}      swin.stages.S.merge.{norm, reduction}   S = 0..2
 * backbone.body.norm1..3                                   swin.stages.1..3.output_norm
 * backbone.fpn.{fpn_inner, fpn_layer}2..4                  fpn.p3..p5.{lateral, output}
 * backbone.fpn.top_blocks.{p6, p7}                         fpn.{p6, p7}
 * language_backbone.body.model.embeddings.*                bert.embeddings.{word, position, token_type, norm}
 * language_backbone.body.model.encoder.layer.N             bert.layers.N
 *   .attention.self.{query, key, value}                      .attention.{query, key, value}
 *   .attention.output.{dense, LayerNorm}                     .attention.{output, norm}
 *   .intermediate.dense, .output.{dense, LayerNorm}          .feed_forward.{expand, reduce, norm}
 * rpn.head.dyhead_tower.3L.b_attn (with fusion)            tower.L.fusion
 *   .{layer_norm_v, layer_norm_l}, .{gamma_v, gamma_l}       .{image_norm, text_norm}, .{image_gamma, text_gamma}
 *   .attn.{v_proj, values_v_proj, out_v_proj}                .{image_query, image_value, image_output}
 *   .attn.{l_proj, values_l_proj, out_l_proj}                .{text_key, text_value, text_output}
 * rpn.head.dyhead_tower.3L+1 (with fusion)                 tower.L.text, below it as in bert.layers.N
 * rpn.head.dyhead_tower.3L+2 (without fusion: L)           tower.L.image
 *   .DyConv.0 .1 .2, each .{conv, bn}                        .{coarser, same, finer}, each .{conv, norm}
 *   .offset, .AttnConv.1, .relu.fc.{0, 2}                    .offset, .scale_attention, .dynamic_relu.{reduce, expand}
 * rpn.head.{cls_logits, bbox_pred, centerness}             head.{classes, boxes, centreness}
 * rpn.head.scales.0..4.scale                               head.box_scales.0..4
 * rpn.head.dot_product_projection_text                     head.text_projection
 * rpn.head.{log_scale, bias_lang, bias0}                   head.{log_scale, text_bias, bias}
 * </pre>
 *
 * Modules end in {@code .weight} and, but for {@code merge.reduction} and the embeddings, {@code .bias} on both sides;
 * {@code position_bias}, the gammas, {@code box_scales.N}, {@code log_scale}, {@code text_bias} and {@code bias} are
 * parameters themselves. {@code head.classes} is trained for nothing and used for nothing, and in every official file.
 */
public final class OfficialNames {

    private final Map<String, String> officialByOurs = new LinkedHashMap<>();
    private final Map<String, String> oursByOfficial = new LinkedHashMap<>();
    private final Set<String> derived = new HashSet<>();

    /** The names of a model with this configuration. */
    public OfficialNames(GlipConfig config) {
        swin(config.swin());
        fpn();
        bert(config.bert());
        tower(config);
        head();
    }

    /** Official keys by our names: each parameter of the model once, in the order of the network. */
    public Map<String, String> officialByOurs() {
        return Collections.unmodifiableMap(officialByOurs);
    }

    /** Our name of an official key, or null if the model has no such parameter. */
    public String ours(String official) {
        return oursByOfficial.get(official);
    }

    /** The official key of one of our parameters, or null if the model has no such parameter. */
    public String official(String ours) {
        return officialByOurs.get(ours);
    }

    /**
     * Whether a key is a buffer that follows from the configuration (index tables, position numbers, anchors of a cell):
     * it may be in a file or not, and is not read.
     */
    public boolean isDerived(String official) {
        return derived.contains(official);
    }

    private void swin(GlipConfig.Swin swin) {
        module("backbone.body.patch_embed.proj", "swin.patch.projection");
        module("backbone.body.patch_embed.norm", "swin.patch.norm");
        for (int s = 0; s < GlipConfig.Swin.STAGES; s++) {
            String officialStage = "backbone.body.layers." + s;
            String stage = "swin.stages." + s;
            for (int b = 0; b < swin.depths().get(s); b++) {
                String officialBlock = officialStage + ".blocks." + b;
                String block = stage + ".blocks." + b;
                module(officialBlock + ".norm1", block + ".attention_norm");
                parameter(officialBlock + ".attn.relative_position_bias_table", block + ".attention.position_bias");
                derived.add(officialBlock + ".attn.relative_position_index");
                module(officialBlock + ".attn.qkv", block + ".attention.qkv");
                module(officialBlock + ".attn.proj", block + ".attention.output");
                module(officialBlock + ".norm2", block + ".mlp_norm");
                module(officialBlock + ".mlp.fc1", block + ".mlp.expand");
                module(officialBlock + ".mlp.fc2", block + ".mlp.reduce");
            }
            if (s < GlipConfig.Swin.STAGES - 1) {
                module(officialStage + ".downsample.norm", stage + ".merge.norm");
                weight(officialStage + ".downsample.reduction", stage + ".merge.reduction");
            }
            if (s > 0) {
                module("backbone.body.norm" + s, stage + ".output_norm");
            }
        }
    }

    private void fpn() {
        for (int level = 3; level <= 5; level++) {
            module("backbone.fpn.fpn_inner" + (level - 1), "fpn.p" + level + ".lateral");
            module("backbone.fpn.fpn_layer" + (level - 1), "fpn.p" + level + ".output");
        }
        module("backbone.fpn.top_blocks.p6", "fpn.p6");
        module("backbone.fpn.top_blocks.p7", "fpn.p7");
    }

    private void bert(GlipConfig.Bert bert) {
        String official = "language_backbone.body.model.embeddings";
        weight(official + ".word_embeddings", "bert.embeddings.word");
        weight(official + ".position_embeddings", "bert.embeddings.position");
        weight(official + ".token_type_embeddings", "bert.embeddings.token_type");
        module(official + ".LayerNorm", "bert.embeddings.norm");
        derived.add(official + ".position_ids");
        for (int n = 0; n < bert.layers(); n++) {
            bertLayer("language_backbone.body.model.encoder.layer." + n, "bert.layers." + n);
        }
    }

    private void bertLayer(String official, String layer) {
        module(official + ".attention.self.query", layer + ".attention.query");
        module(official + ".attention.self.key", layer + ".attention.key");
        module(official + ".attention.self.value", layer + ".attention.value");
        module(official + ".attention.output.dense", layer + ".attention.output");
        module(official + ".attention.output.LayerNorm", layer + ".attention.norm");
        module(official + ".intermediate.dense", layer + ".feed_forward.expand");
        module(official + ".output.dense", layer + ".feed_forward.reduce");
        module(official + ".output.LayerNorm", layer + ".feed_forward.norm");
    }

    private void tower(GlipConfig config) {
        int position = 0;
        for (int n = 0; n < config.head().layers(); n++) {
            if (config.fusion().enabled()) {
                fusion("rpn.head.dyhead_tower." + position++ + ".b_attn", "tower." + n + ".fusion");
                bertLayer("rpn.head.dyhead_tower." + position++, "tower." + n + ".text");
            }
            dynamicLayer("rpn.head.dyhead_tower." + position++, "tower." + n + ".image");
        }
    }

    private void fusion(String official, String fusion) {
        module(official + ".layer_norm_v", fusion + ".image_norm");
        module(official + ".layer_norm_l", fusion + ".text_norm");
        module(official + ".attn.v_proj", fusion + ".image_query");
        module(official + ".attn.l_proj", fusion + ".text_key");
        module(official + ".attn.values_v_proj", fusion + ".image_value");
        module(official + ".attn.values_l_proj", fusion + ".text_value");
        module(official + ".attn.out_v_proj", fusion + ".image_output");
        module(official + ".attn.out_l_proj", fusion + ".text_output");
        parameter(official + ".gamma_v", fusion + ".image_gamma");
        parameter(official + ".gamma_l", fusion + ".text_gamma");
    }

    private void dynamicLayer(String official, String layer) {
        String[] sources = {"coarser", "same", "finer"};
        for (int n = 0; n < sources.length; n++) {
            module(official + ".DyConv." + n + ".conv", layer + "." + sources[n] + ".conv");
            module(official + ".DyConv." + n + ".bn", layer + "." + sources[n] + ".norm");
        }
        module(official + ".offset", layer + ".offset");
        module(official + ".AttnConv.1", layer + ".scale_attention");
        module(official + ".relu.fc.0", layer + ".dynamic_relu.reduce");
        module(official + ".relu.fc.2", layer + ".dynamic_relu.expand");
    }

    private void head() {
        module("rpn.head.cls_logits", "head.classes");
        module("rpn.head.bbox_pred", "head.boxes");
        module("rpn.head.centerness", "head.centreness");
        module("rpn.head.dot_product_projection_text", "head.text_projection");
        parameter("rpn.head.log_scale", "head.log_scale");
        parameter("rpn.head.bias_lang", "head.text_bias");
        parameter("rpn.head.bias0", "head.bias");
        for (int level = 0; level < GlipConfig.LEVELS; level++) {
            parameter("rpn.head.scales." + level + ".scale", "head.box_scales." + level);
            derived.add("rpn.anchor_generator.cell_anchors." + level);
        }
    }

    private void module(String official, String ours) {
        weight(official, ours);
        parameter(official + ".bias", ours + ".bias");
    }

    private void weight(String official, String ours) {
        parameter(official + ".weight", ours + ".weight");
    }

    private void parameter(String official, String ours) {
        officialByOurs.put(ours, official);
        oursByOfficial.put(official, ours);
    }
}

package dev.gleaner.glip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.util.Pair;
import dev.gleaner.glip.fusion.Grid;
import dev.gleaner.glip.ops.NamedBlock;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.StreamSupport;

/** Shows the results of a network's blocks under the names that the reference has for them. */
public final class Stages {

    private Stages() {
    }

    /** Every pyramid level's, text layer's and predictor's result, as soon as it is computed. */
    public static void observe(Network network, BiConsumer<String, NDArray> seen) {
        child(network, "swin").observe(stages -> {
            for (int i = 0; i < stages.size(); i++) {
                seen.accept("swin_stage" + (i + 2), stages.get(i));
            }
        });
        NDList pyramid = new NDList();
        child(network, "fpn").observe(levels -> {
            pyramid.clear();
            pyramid.addAll(levels);
            levels("fpn", levels, seen);
        });
        NamedBlock bert = child(network, "bert");
        child(bert, "embeddings").observe(results -> seen.accept("bert_embeddings_out", results.get(0)));
        for (int i = 0; has(bert, "layers." + i); i++) {
            String name = "bert_layer" + i + "_out";
            child(bert, "layers." + i).observe(results -> seen.accept(name, results.get(0)));
        }
        bert.observe(results -> {
            seen.accept("lang_hidden", results.get(0));
            seen.accept("lang_embedded", results.get(1));
            seen.accept("lang_aggregate", results.get(2));
        });
        for (int i = 0; has(network, "tower." + i); i++) {
            tower("tower" + i, child(network, "tower." + i), seen);
        }
        child(network, "head").observe(results -> {
            int start = 0;
            for (int i = 0; i < pyramid.size(); i++) {
                Grid grid = Grid.of(pyramid.get(i));
                String rows = start + ":" + (start + grid.places());
                seen.accept("head_dot_product_logits_p" + (i + 3), results.get(0).get(rows).expandDims(0));
                seen.accept("head_bbox_reg_p" + (i + 3), grid.image(results.get(1).get(rows)));
                seen.accept("head_centerness_p" + (i + 3), grid.image(results.get(2).get(rows)));
                start += grid.places();
            }
        });
    }

    private static void tower(String name, NamedBlock layer, BiConsumer<String, NDArray> seen) {
        child(layer, "image").observe(results -> levels(name + "_dyconv_visual", results, seen));
        if (has(layer, "fusion")) {
            child(layer, "fusion").observe(results -> {
                int text = results.size() - 1;
                levels(name + "_vlfuse_visual", results.subNDList(0, text), seen);
                seen.accept(name + "_vlfuse_lang_hidden", results.get(text));
            });
            child(layer, "text").observe(results -> seen.accept(name + "_langlayer_lang_hidden", results.get(0)));
        }
    }

    private static void levels(String name, List<NDArray> levels, BiConsumer<String, NDArray> seen) {
        for (int i = 0; i < levels.size(); i++) {
            seen.accept(name + "_p" + (i + 3), levels.get(i));
        }
    }

    /** A block by the names of its parents, with slashes between. */
    public static NamedBlock block(NamedBlock root, String path) {
        NamedBlock block = root;
        for (String name : path.split("/")) {
            block = child(block, name);
        }
        return block;
    }

    /** Whether a block has such a child. */
    public static boolean has(NamedBlock block, String child) {
        return StreamSupport.stream(block.getChildren().spliterator(), false).map(Pair::getKey).anyMatch(key -> isNamed(key, child));
    }

    private static NamedBlock child(NamedBlock block, String child) {
        return StreamSupport.stream(block.getChildren().spliterator(), false).filter(pair -> isNamed(pair.getKey(), child))
                .map(pair -> (NamedBlock) pair.getValue()).findFirst().orElseThrow();
    }

    /** DJL puts a child's number before its name. */
    private static boolean isNamed(String key, String child) {
        return key.replaceFirst("^\\d+", "").equals(child);
    }
}

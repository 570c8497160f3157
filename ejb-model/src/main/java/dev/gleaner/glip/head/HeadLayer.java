package dev.gleaner.glip.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.fusion.TextLayer;
import dev.gleaner.glip.fusion.VisionLanguageFusion;
import dev.gleaner.glip.ops.NamedBlock;

/**
 * One step of the head's tower: image and text are fused, then each goes through a layer of its own. Without fusion the
 * text stays as it is.
 */
public final class HeadLayer extends NamedBlock {

    private final VisionLanguageFusion fusion;
    private final TextLayer text;
    private final DynamicConvolution image;

    public HeadLayer(GlipConfig config) {
        boolean fused = config.fusion().enabled();
        int width = config.bert().hidden();
        fusion = fused ? child("fusion", new VisionLanguageFusion(config.fusion(), config.channels(), width)) : null;
        text = fused ? child("text", new TextLayer(config.bert(), config.fusion())) : null;
        image = child("image", new DynamicConvolution(config.channels(), config.head().normGroups()));
    }

    /**
     * Takes the pyramid levels, each (1, C, H, W), then the text (T, D), then the number of its tokens that are no
     * padding (a scalar on the CPU; they come first). Gives the levels and the text in the same shapes.
     */
    @Override
    protected NDList compute(NDList inputs, boolean training) {
        int levels = inputs.size() - 2;
        NDArray words = inputs.get(levels);
        NDList pyramid = inputs.subNDList(0, levels);
        if (fusion != null) {
            NDList fused = fusion.forward(training, inputs.toArray(new NDArray[0]));
            words = text.apply(training, fused.get(levels), inputs.get(levels + 1));
            pyramid = fused.subNDList(0, levels);
        }
        NDList outputs = new NDList(image.forward(training, pyramid.toArray(new NDArray[0])));
        outputs.add(words);
        return outputs;
    }
}

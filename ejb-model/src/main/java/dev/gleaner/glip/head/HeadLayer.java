package dev.gleaner.glip.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Regularisation;
import dev.gleaner.glip.fusion.VisionLanguageFusion;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.NamedBlock;
import dev.gleaner.glip.text.BertLayer;

/**
 * One step of the head's tower: image and text are fused, then each goes through a layer of its own. Without fusion the
 * text, if there is one, stays as it is.
 */
public final class HeadLayer extends NamedBlock {

    private final VisionLanguageFusion fusion;
    private final BertLayer text;
    private final DynamicConvolution image;

    public HeadLayer(GlipConfig config, Regularisation regularisation) {
        boolean fused = config.fusion().enabled();
        fusion = fused ? child("fusion", new VisionLanguageFusion(config.fusion(), config.channels(), config.bert().hidden(),
                regularisation.fusionDropout())) : null;
        text = fused ? child("text", textLayer(config, regularisation.textDropout())) : null;
        image = child("image", new DynamicConvolution(config.channels(), config.head().normGroups()));
    }

    private static BertLayer textLayer(GlipConfig config, double dropout) {
        double least = config.fusion().clampLanguageMin() ? -Kernels.BOUND : Double.NEGATIVE_INFINITY;
        double most = config.fusion().clampLanguageMax() ? Kernels.BOUND : Double.POSITIVE_INFINITY;
        return new BertLayer(config.bert(), least, most, dropout);
    }

    /**
     * Takes the pyramid levels, each (1, C, H, W), then the text (1, T, D), then its mask (1, T): 1 for tokens, which come
     * first, and 0 for padding. Gives the levels and the text in the same shapes. A model of fixed classes passes the levels
     * alone.
     */
    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDList pyramid = inputs.subNDList(0, GlipConfig.LEVELS);
        NDList words = inputs.size() == GlipConfig.LEVELS ? new NDList() : new NDList(inputs.get(GlipConfig.LEVELS));
        if (fusion != null) {
            NDList fused = fusion.forward(training, inputs.toArray(new NDArray[0]));
            NDArray heard = fused.get(GlipConfig.LEVELS);
            words = new NDList(text.apply(training, heard,
                    BertLayer.additiveMask(inputs.get(GlipConfig.LEVELS + 1), heard.getDataType())));
            pyramid = fused.subNDList(0, GlipConfig.LEVELS);
        }
        return new NDList(image.forward(training, pyramid.toArray(new NDArray[0]))).addAll(words);
    }
}

package dev.gleaner.glip.head;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.fusion.Grid;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.NamedBlock;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is said about each anchor in the end: how well it agrees with every token (GLIP, section 3.1), how its box has to
 * be moved (see {@link BoxCoder}) and how central it lies in its object (FCOS, section 3.2). A model of fixed classes scores
 * those in place of tokens (Dynamic Head, section 3.4).
 */
public final class Predictor extends NamedBlock {

    private final boolean clampLogits;
    private final boolean fixedClasses;
    private final Parameter classWeight;
    private final Parameter classBias;
    private final Parameter boxWeight;
    private final Parameter boxBias;
    private final Parameter centrenessWeight;
    private final Parameter centrenessBias;
    private final List<Parameter> boxScales;
    private final Parameter textWeight;
    private final Parameter textProjectionBias;
    private final Parameter logScale;
    private final Parameter textBias;
    private final Parameter bias;

    /**
     * @param channels  C, of the image features
     * @param textWidth D, of the text features; unused where classes are fixed
     */
    public Predictor(GlipConfig.Head config, int channels, int textWidth) {
        clampLogits = config.clampLogits();
        fixedClasses = config.aligned() == GlipConfig.Aligned.CLASSES;
        // In every official file, where it is trained for nothing and decides nothing.
        classWeight = parameter("classes.weight", config.classes(), channels, 1, 1);
        classBias = parameter("classes.bias", config.classes());
        boxWeight = parameter("boxes.weight", 4, channels, 1, 1);
        boxBias = parameter("boxes.bias", 4);
        centrenessWeight = parameter("centreness.weight", 1, channels, 1, 1);
        centrenessBias = parameter("centreness.bias", 1);
        textWeight = fixedClasses ? null : parameter("text_projection.weight", channels, textWidth);
        textProjectionBias = fixedClasses ? null : parameter("text_projection.bias", channels);
        logScale = fixedClasses ? null : parameter("log_scale", 1);
        textBias = fixedClasses ? null : parameter("text_bias", textWidth);
        bias = fixedClasses ? null : parameter("bias", 1);
        boxScales = IntStream.range(0, GlipConfig.LEVELS).mapToObj(i -> parameter("box_scales." + i, 1)).toList();
    }

    /**
     * Takes the pyramid levels, each (1, C, H, W), then the text (1, T, D) unless classes are fixed. Gives, for the P places of
     * all levels one after the other: alignment logits (P, T), or logits of the K classes (P, K), box regressions (P, 4) and
     * centreness logits (P).
     */
    @Override
    protected NDList compute(NDList inputs, boolean training) {
        NDList levels = inputs.subNDList(0, GlipConfig.LEVELS);
        NDArray places = Grid.concatenate(levels); // (P, C)
        NDArray logits = fixedClasses ? pointwise(places, classWeight, classBias)
                : align(places, inputs.get(GlipConfig.LEVELS).squeeze(0));
        return new NDList(logits, boxes(places, Grid.of(levels)),
                pointwise(places, centrenessWeight, centrenessBias).squeeze(1));
    }

    private NDArray align(NDArray places, NDArray text) {
        // In single precision whatever the features have: the squares of a half-precision text overflow.
        NDArray exact = Kernels.to(text, DataType.FLOAT32);
        NDArray length = exact.square().sum(new int[] {1}, true).sqrt().maximum(Kernels.constant(1e-12));
        NDArray words = Kernels.to(exact.div(length), text.getDataType()); // (T, D)
        NDArray projected = linear(words.div(Kernels.constant(2)), value(textWeight), value(textProjectionBias)); // (T, C)
        NDArray wordBias = words.matMul(value(textBias)).add(value(bias)); // (T)
        NDArray logits = linear(places, projected.div(value(logScale).exp()), wordBias); // (P, T)
        return clampLogits ? logits.clip(-Kernels.BOUND, Kernels.BOUND) : logits;
    }

    private NDArray boxes(NDArray places, List<Grid> grids) {
        NDArray regression = pointwise(places, boxWeight, boxBias);
        NDList scaled = new NDList();
        int start = 0;
        for (int i = 0; i < grids.size(); i++) {
            int end = start + grids.get(i).places();
            scaled.add(regression.get("{}:{}", start, end).mul(value(boxScales.get(i))));
            start = end;
        }
        return NDArrays.concat(scaled);
    }

    private NDArray pointwise(NDArray places, Parameter weight, Parameter bias) {
        return linear(places, value(weight).flatten(1, 3), value(bias));
    }

    private static NDArray linear(NDArray rows, NDArray weight, NDArray bias) {
        return ai.djl.nn.core.Linear.linear(rows, weight, bias).singletonOrThrow();
    }
}

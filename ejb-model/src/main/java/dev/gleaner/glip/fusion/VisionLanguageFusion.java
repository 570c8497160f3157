package dev.gleaner.glip.fusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.LayerNorm;
import dev.gleaner.glip.ops.Linear;
import dev.gleaner.glip.ops.NamedBlock;
import java.util.List;

/**
 * Deep fusion (GLIP, section 3.2): every place of every pyramid level attends to the words, and every word to all places,
 * over one matrix of scores. Both sides add what they gathered, scaled by a learned factor for each channel, to their
 * layer-normed input.
 *
 * <p>With {@code x} a place, {@code t} a word and {@code h} a head of {@code E} channels, the paper's score
 * {@code (Wq x + bq) . (Wk t + bk) / sqrt(E)} is computed as {@code x . (Wq^T k) + bq . k}, so that the many places are
 * multiplied by one matrix made of the few words instead of being projected first; likewise the value and output
 * projections of each side are applied on the words' side. In real numbers this is the same, at half the work.
 */
public final class VisionLanguageFusion extends NamedBlock {

    private final int heads;
    private final int headWidth;
    private final double least;
    private final double most;
    private final double dropout;
    private final LayerNorm imageNorm;
    private final LayerNorm textNorm;
    private final Linear imageQuery;
    private final Linear imageValue;
    private final Linear imageOutput;
    private final Linear textKey;
    private final Linear textValue;
    private final Linear textOutput;
    private final Parameter imageGamma;
    private final Parameter textGamma;

    /**
     * @param channels  C, of the image features
     * @param textWidth D, of the text features
     * @param dropout   share of the attention weights that training drops, in both directions. Our reading of the paper; no
     *                  reference number covers it
     */
    public VisionLanguageFusion(GlipConfig.Fusion config, int channels, int textWidth, double dropout) {
        this.dropout = dropout;
        heads = config.heads();
        headWidth = config.width() / heads;
        least = config.clampMin() ? -Kernels.BOUND : Double.NEGATIVE_INFINITY;
        most = config.clampMax() ? Kernels.BOUND : Double.POSITIVE_INFINITY;
        imageNorm = child("image_norm", new LayerNorm(channels));
        textNorm = child("text_norm", new LayerNorm(textWidth));
        imageQuery = child("image_query", new Linear(channels, config.width()));
        imageValue = child("image_value", new Linear(channels, config.width()));
        imageOutput = child("image_output", new Linear(config.width(), channels));
        textKey = child("text_key", new Linear(textWidth, config.width()));
        textValue = child("text_value", new Linear(textWidth, config.width()));
        textOutput = child("text_output", new Linear(config.width(), textWidth));
        imageGamma = parameter("image_gamma", channels);
        textGamma = parameter("text_gamma", textWidth);
    }

    /**
     * Takes the pyramid levels, each (1, C, H, W), then the text (1, T, D), then its mask (1, T): 1 for tokens, which come
     * first, and 0 for padding. Gives the levels and the text in the same shapes.
     */
    @Override
    protected NDList compute(NDList inputs, boolean training) {
        int levels = inputs.size() - 2;
        NDList pyramid = inputs.subNDList(0, levels);
        List<Grid> grids = Grid.of(pyramid);
        int valid = (int) inputs.get(levels + 1).sum().getLong();

        NDArray image = imageNorm.apply(training, Grid.concatenate(pyramid)); // (P, C)
        NDArray text = textNorm.apply(training, inputs.get(levels).squeeze(0)); // (T, D)
        long channels = image.getShape().get(1);

        NDArray key = perHead(textKey.apply(training, text)).mul(Kernels.constant(1 / Math.sqrt(headWidth))); // (heads, T, E)
        NDArray keys = key.matMul(imageQuery.weight().reshape(heads, headWidth, channels)); // (heads, T, C)
        NDArray keyBias = key.matMul(imageQuery.bias().reshape(heads, headWidth, 1)); // (heads, T, 1)
        NDArray value = perHead(textValue.apply(training, text)).get(":, :{}", valid); // (heads, valid, E)
        NDArray values = value.matMul(imageOutput.weight().reshape(channels, heads, headWidth).transpose(1, 2, 0)) // (heads, valid, C)
                .mul(value(imageGamma));

        NDList gathered = Kernels.crossAttention(image, keys.reshape(-1, channels), keyBias.reshape(-1),
                values.reshape(-1, channels), imageOutput.bias().mul(value(imageGamma)), heads, valid, least, most,
                training ? dropout : 0);

        NDArray places = gathered.get(1).reshape(heads, -1, channels) // (heads, T, C)
                .matMul(imageValue.weight().reshape(heads, headWidth, channels).transpose(0, 2, 1))
                .add(gathered.get(2).reshape(heads, -1, 1).mul(imageValue.bias().reshape(heads, 1, headWidth))); // (heads, T, E)
        NDArray words = textOutput.apply(training, places.transpose(1, 0, 2).reshape(-1, (long) heads * headWidth)); // (T, D)

        NDList outputs = Grid.split(image.add(gathered.get(0)), grids);
        outputs.add(text.add(words.mul(value(textGamma))).expandDims(0));
        return outputs;
    }

    /** (T, heads * E) to (heads, T, E). */
    private NDArray perHead(NDArray rows) {
        return rows.reshape(-1, heads, headWidth).transpose(1, 0, 2);
    }
}

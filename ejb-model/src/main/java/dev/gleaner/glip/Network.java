package dev.gleaner.glip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.gleaner.glip.head.HeadLayer;
import dev.gleaner.glip.head.Predictor;
import dev.gleaner.glip.ops.Kernels;
import dev.gleaner.glip.ops.NamedBlock;
import dev.gleaner.glip.text.Bert;
import dev.gleaner.glip.vision.DropBlock;
import dev.gleaner.glip.vision.FeaturePyramid;
import dev.gleaner.glip.vision.Swin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The whole of GLIP (Li et al. 2022), from an image tensor and token ids to what is said about each anchor. The image's
 * part, the text's part and what brings them together can be run by themselves, so that an image is read once for many
 * texts and a text once for many images.
 *
 * <p>A model of fixed classes is the same network without all that has to do with text: Swin, the pyramid, the tower of dynamic
 * convolutions, and the class predictor in place of the alignment.
 */
public final class Network extends NamedBlock {

    private final boolean alignsHidden;
    private final Swin swin;
    private final FeaturePyramid fpn;
    private final Bert bert;
    private final List<HeadLayer> tower;
    private final Predictor head;

    /** A network for inference. */
    public Network(GlipConfig config) {
        this(config, Regularisation.NONE);
    }

    /** @param regularisation what its training parts leave out at random */
    public Network(GlipConfig config, Regularisation regularisation) {
        alignsHidden = config.head().aligned() == GlipConfig.Aligned.HIDDEN;
        swin = child("swin", new Swin(config.swin(), regularisation.dropPath()));
        fpn = child("fpn", new FeaturePyramid(config.swin(), config.channels(),
                new DropBlock(regularisation.dropBlock(), regularisation.dropBlockSize())));
        bert = config.hasFixedClasses() ? null : child("bert", new Bert(config.bert(), regularisation.textDropout()));
        tower = children("tower", config.head().layers(), i -> new HeadLayer(config, regularisation));
        head = child("head", new Predictor(config.head(), config.channels(), bert == null ? 0 : config.bert().hidden()));
    }

    /**
     * Takes an image (1, 3, H, W), token ids (1, T) and their mask (1, T), both int64; gives {@link #predict}'s results. A model of
     * fixed classes takes the image alone.
     */
    @Override
    protected NDList compute(NDList inputs, boolean training) {
        if (bert == null) {
            return predict(training, pyramid(training, inputs.get(0)), new NDList(), null);
        }
        return predict(training, pyramid(training, inputs.get(0)), text(training, inputs.get(1), inputs.get(2)), inputs.get(2));
    }

    /** The image's part: (N, 3, H, W), H and W multiples of 32, to p3..p7, each (N, channels, H', W'). */
    public NDList pyramid(boolean training, NDArray image) {
        return scoped(new NDList(image), () -> {
            NDList stages = swin.forward(training, image);
            return fpn.forward(training, stages.get(1), stages.get(2), stages.get(3));
        });
    }

    /**
     * The text's part.
     *
     * @param ids  (1, T), int64
     * @param mask (1, T), int64: 1 for tokens, which come first, and 0 for padding, which may be left out altogether: no
     *             other result depends on it
     * @return hidden and embedded, each (1, T, D), see {@link Bert}
     */
    public NDList text(boolean training, NDArray ids, NDArray mask) {
        return scoped(new NDList(ids, mask), () -> bert.forward(training, ids, mask).subNDList(0, 2));
    }

    /**
     * Brings an image and a text together.
     *
     * @param pyramid {@link #pyramid} of one image
     * @param text    {@link #text} of one text; none for a model of fixed classes
     * @param mask    of the text, (1, T), int64; null for a model of fixed classes
     * @return alignment logits (P, T) or logits of the K classes (P, K), box regressions (P, 4) and centreness logits (P), see
     *         {@link Predictor}
     */
    public NDList predict(boolean training, NDList pyramid, NDList text, NDArray mask) {
        return scoped(new NDList(pyramid).addAll(text), () -> {
            NDList features = new NDList(pyramid);
            if (bert != null) {
                features.add(text.get(0));
            }
            for (HeadLayer layer : tower) {
                NDList inputs = new NDList(features);
                if (bert != null) {
                    inputs.add(mask);
                }
                features = layer.forward(training, inputs.toArray(new NDArray[0]));
            }
            NDList aligned = features.subNDList(0, pyramid.size());
            if (bert != null) {
                aligned.add(alignsHidden ? features.get(pyramid.size()) : text.get(1));
            }
            return head.forward(training, aligned.toArray(new NDArray[0]));
        });
    }

    /**
     * The same as {@link #predict} of {@link #pyramid} and {@link #text}, as a row of pieces of which each takes what the
     * one before it gives, so that a backward pass can go through them one by one. The first takes an image (1, 3, H, W),
     * token ids (1, T) and their mask (1, T), or for a model of fixed classes the image alone; the last gives what
     * {@link #predict} gives.
     *
     * @param training which of {@code swin}, {@code fpn}, {@code bert}, {@code tower} and {@code head} regularise
     * @param prompt   added to both outputs of the language backbone, (1, T, D), null for nothing (prompt tuning)
     */
    public List<UnaryOperator<NDList>> pieces(Predicate<String> training, NDArray prompt) {
        List<UnaryOperator<NDList>> pieces = new ArrayList<>();
        // In between: mask, hidden, embedded, if there is a text, then what the image has become so far.
        int said = bert == null ? 0 : 3;
        pieces.add(in -> {
            if (bert == null) {
                return new NDList(swin.embed(training.test("swin"), in.get(0)));
            }
            NDList text = text(training.test("bert"), in.get(1), in.get(2));
            NDArray offset = prompt == null ? null : Kernels.to(prompt, text.get(0).getDataType());
            NDArray hidden = prompt == null ? text.get(0) : text.get(0).add(offset);
            NDArray embedded = prompt == null ? text.get(1) : text.get(1).add(offset);
            return new NDList(in.get(2), hidden, embedded, swin.embed(training.test("swin"), in.get(0)));
        });
        for (int i = 0; i < GlipConfig.Swin.STAGES; i++) {
            int stage = i;
            pieces.add(in -> behind(said, in, swin.stage(stage, training.test("swin"), in.subNDList(said))));
        }
        pieces.add(in -> behind(said, in,
                fpn.forward(training.test("fpn"), in.get(said + 1), in.get(said + 2), in.get(said + 3))));
        for (HeadLayer layer : tower) {
            pieces.add(in -> {
                NDList inputs = new NDList(in.subNDList(said));
                if (bert != null) {
                    inputs.add(in.get(1));
                    inputs.add(in.get(0));
                }
                NDList outputs = layer.forward(training.test("tower"), inputs.toArray(new NDArray[0]));
                NDList text = in.subNDList(0, said);
                if (bert != null) {
                    text.set(1, outputs.remove(GlipConfig.LEVELS));
                }
                return text.addAll(outputs);
            });
        }
        pieces.add(in -> {
            NDList inputs = new NDList(in.subNDList(said));
            if (bert != null) {
                inputs.add(in.get(alignsHidden ? 1 : 2));
            }
            return head.forward(training.test("head"), inputs.toArray(new NDArray[0]));
        });
        return pieces.stream().<UnaryOperator<NDList>>map(piece -> in -> scoped(in, () -> piece.apply(in))).toList();
    }

    /** The first {@code kept} arrays, then the others. */
    private static NDList behind(int kept, NDList arrays, NDList others) {
        return new NDList(arrays.subNDList(0, kept)).addAll(others);
    }
}

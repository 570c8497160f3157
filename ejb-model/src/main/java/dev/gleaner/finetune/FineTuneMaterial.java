package dev.gleaner.finetune;

import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.inference.PendingImage;
import dev.gleaner.modelversion.ModelVersion;
import java.util.List;

/**
 * What a training starts from.
 *
 * @param base   the model version
 * @param images in the order that the training numbers them by
 */
public record FineTuneMaterial(FineTune fineTune, ModelVersion base, List<Entry> images) {

    /**
     * An image to train on.
     *
     * @param boxes   labels are places in {@code phrases}
     * @param phrases of the categories of which it is known whether they are there, or the model's classes for them
     * @param caption what is learnt instead; null for none
     */
    public record Entry(PendingImage image, List<TargetBox> boxes, List<String> phrases, GroundedCaption caption) {
    }

    /** Whether all steps were taken before. */
    boolean isTrained() {
        return fineTune.bundle().isPresent() || fineTune.modelVersionId().isPresent();
    }
}

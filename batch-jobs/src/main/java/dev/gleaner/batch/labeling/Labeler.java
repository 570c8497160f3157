package dev.gleaner.batch.labeling;

import dev.gleaner.labeling.DecodedImage;
import dev.gleaner.labeling.LabeledImage;
import dev.gleaner.labeling.LabelingLane;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.batch.runtime.context.StepContext;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** Runs the model on an image. Labeling an image twice gives the same result. */
@Named
@Dependent
public class Labeler implements ItemProcessor {

    @Inject
    private StepContext step;

    @Override
    public LabeledImage processItem(Object image) {
        return ((LabelingLane) step.getTransientUserData()).label((DecodedImage) image);
    }
}

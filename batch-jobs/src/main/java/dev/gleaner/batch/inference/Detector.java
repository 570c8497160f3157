package dev.gleaner.batch.inference;

import dev.gleaner.inference.DecodedImage;
import dev.gleaner.inference.DetectedImage;
import dev.gleaner.inference.InferenceLane;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.batch.runtime.context.StepContext;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** Runs the model on an image. Doing so twice gives the same result. */
@Named
@Dependent
public class Detector implements ItemProcessor {

    @Inject
    private StepContext step;

    @Override
    public DetectedImage processItem(Object image) {
        return ((InferenceLane) step.getTransientUserData()).detect((DecodedImage) image);
    }
}

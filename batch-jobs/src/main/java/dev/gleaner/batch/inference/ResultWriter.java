package dev.gleaner.batch.inference;

import dev.gleaner.inference.DetectedImage;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;

/**
 * Writes a chunk's results in the chunk's transaction, which makes them the run's checkpoint: after a kill the chunk is there as a
 * whole or not at all. Writing an image's result a second time is refused by the database and rolls the chunk back.
 */
@Named
@Dependent
public class ResultWriter extends AbstractItemWriter {

    @Inject
    private InferenceWorks works;
    @Inject
    @BatchProperty
    private String job;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    @Override
    public void writeItems(List<Object> images) {
        works.of(job).finish(run, attempt, images.stream().map(DetectedImage.class::cast).toList());
    }
}

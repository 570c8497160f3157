package dev.gleaner.glip.train;

import ai.djl.ndarray.types.DataType;
import dev.gleaner.glip.Regularisation;

/**
 * How a model is trained, but for the data.
 *
 * @param mode           which parameters change
 * @param batch          images of a step; they are gone through one at a time, each padded by itself, and their gradients
 *                       added up, so that memory does not grow with it
 * @param learningRate   the schedule
 * @param optimiser      rates, decay and clipping
 * @param regularisation what is left out at random
 * @param average        what the exponential moving average of the parameters keeps of itself at each step, 0 for no average. Our
 *                       reading; no reference number covers it
 * @param recompute      keep only what passes between the network's pieces on the way forward: less memory, a third more time
 * @param bfloat16       compute in half precision; parameters, losses and the optimiser stay in single precision. Meant
 *                       for GPUs; so far its numbers were only checked on CPUs
 * @param seed           of everything random
 */
public record TrainingSettings(TuningMode mode, int batch, LearningRate learningRate, Optimiser optimiser,
                               Regularisation regularisation, double average, boolean recompute, boolean bfloat16, long seed) {

    public TrainingSettings {
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, not " + batch);
        }
        if (!(average >= 0 && average < 1)) {
            throw new IllegalArgumentException("average must be from 0 to below 1, not " + average);
        }
    }

    /** Steps of the whole training. */
    public int steps() {
        return learningRate.total();
    }

    DataType precision() {
        return bfloat16 ? DataType.BFLOAT16 : DataType.FLOAT32;
    }
}

package dev.gleaner.glip.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/** Recording of gradients on the calling thread. */
public final class Gradients {

    private Gradients() {
    }

    /** Runs a task of which nothing is recorded. */
    public static <T> T ignore(Supplier<T> task) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return task.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /**
     * Records what a task does and adds the gradients of its result, a number, to all arrays that require them. Several threads
     * may do so at a time if no array that requires a gradient is theirs in common. DJL's own collector allows one thread only.
     *
     * @return the task's result, without its record
     */
    public static NDArray backward(Supplier<NDArray> task) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try {
            NDArray result = task.get();
            // PyTorch refuses a result that nothing is recorded of, and DJL cannot ask.
            NDArray zero = leaf(result.zerosLike());
            JniUtils.backward((PtNDArray) result.add(zero), (PtNDArray) result.onesLike(), false, false);
            return result.stopGradient();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /**
     * A copy in PyTorch's own memory. What DJL creates of Java's memory lasts only as long as its handle, while what is
     * recorded of a computation is needed until the backward pass.
     */
    public static NDArray lasting(NDArray created) {
        return created.duplicate();
    }

    /** Sets the gradient of an array that requires one to zero, even where it was no number. */
    public static void clear(NDArray array) {
        JniUtils.zeroGrad((PtNDArray) array);
    }

    /** An array of the same memory that requires a gradient of its own and remembers nothing of where it came from. */
    public static NDArray leaf(NDArray array) {
        NDArray leaf = array.stopGradient();
        leaf.setRequiresGradient(true);
        // DJL attaches memory that it does not set to anything; where nothing flows back to, that would be the gradient.
        clear(leaf);
        return leaf;
    }
}

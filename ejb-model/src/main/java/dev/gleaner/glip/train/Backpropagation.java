package dev.gleaner.glip.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import dev.gleaner.glip.ops.Gradients;
import dev.gleaner.glip.ops.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A backward pass through pieces that follow one another. With {@code recompute} only what passes from piece to piece is kept
 * on the way forward; on the way back each piece is computed once more, now with its gradients recorded (Chen et al. 2016).
 * That takes a third more time and a fraction of the memory. The random numbers of each piece start from a seed of its own,
 * so that it leaves out the same things both times.
 *
 * @param pieces each takes the arrays that the one before it gives; the last one's first result is the number to minimise
 */
record Backpropagation(List<UnaryOperator<NDList>> pieces, boolean recompute) {

    /**
     * Adds the gradients of the result to those of all parameters that require them.
     *
     * @param seed of all random numbers
     * @return the last piece's results, each a number
     */
    double[] run(NDList inputs, long seed) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return recompute ? pieceByPiece(inputs, seed) : atOnce(inputs, seed);
        }
    }

    private double[] atOnce(NDList inputs, long seed) {
        double[][] results = new double[1][];
        Gradients.backward(() -> {
            NDList state = inputs;
            for (int i = 0; i < pieces.size(); i++) {
                state = run(i, state, seed);
            }
            results[0] = numbers(state);
            return state.get(0);
        });
        return results[0];
    }

    private double[] pieceByPiece(NDList inputs, long seed) {
        List<NDList> states = new ArrayList<>(List.of(inputs));
        for (int i = 0; i < pieces.size() - 1; i++) {
            int piece = i;
            states.add(Gradients.ignore(() -> run(piece, states.get(piece), seed)));
        }
        double[] results = null;
        NDList gradients = null;
        for (int i = pieces.size() - 1; i >= 0; i--) {
            NDList leaves = leaves(states.remove(i));
            NDList given = gradients;
            int piece = i;
            NDList[] state = new NDList[1];
            Gradients.backward(() -> {
                state[0] = run(piece, leaves, seed);
                return given == null ? state[0].get(0) : alongside(state[0], given);
            });
            if (results == null) {
                results = numbers(state[0]);
            }
            gradients = new NDList(leaves.stream().map(leaf -> isReal(leaf) ? leaf.getGradient() : leaf).toList());
        }
        return results;
    }

    private NDList run(int piece, NDList state, long seed) {
        Engine.getEngine("PyTorch").setRandomSeed(new SplittableRandom(31 * seed + piece).nextInt());
        return pieces.get(piece).apply(state);
    }

    private static NDList leaves(NDList arrays) {
        return new NDList(arrays.stream().map(array -> isReal(array) ? Gradients.leaf(array) : array).toList());
    }

    /** A number whose gradient with respect to each array is the one given. */
    private static NDArray alongside(NDList arrays, NDList gradients) {
        NDArray sum = null;
        for (int i = 0; i < arrays.size(); i++) {
            if (isReal(arrays.get(i))) {
                NDArray product = Kernels.to(arrays.get(i).mul(gradients.get(i)).sum(), DataType.FLOAT32);
                sum = sum == null ? product : sum.add(product);
            }
        }
        return sum;
    }

    private static boolean isReal(NDArray array) {
        DataType type = array.getDataType();
        return type.isFloating() || Kernels.isBfloat16(type);
    }

    private static double[] numbers(NDList results) {
        double[] numbers = new double[results.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = results.get(i).toType(DataType.FLOAT64, false).getDouble();
        }
        return numbers;
    }
}

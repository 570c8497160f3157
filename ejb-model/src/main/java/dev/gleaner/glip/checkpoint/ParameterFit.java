package dev.gleaner.glip.checkpoint;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Compares the tensors of a file with the parameters of a network, and tells everything that is wrong at once. */
public final class ParameterFit {

    private ParameterFit() {
    }

    /**
     * Makes sure that a file holds each parameter once, of the right shape and of a floating-point type, and nothing else.
     *
     * @param source    what the message calls the file
     * @param expected  shapes by name
     * @param found     the file's tensors by name
     * @param ignorable names that the file may hold besides
     * @throws CheckpointException listing every missing, surplus and misshapen tensor by name
     */
    public static void require(String source, Map<String, long[]> expected, Map<String, StoredTensor> found,
                               Predicate<String> ignorable) throws CheckpointException {
        Map<String, String> faults = new TreeMap<>();
        expected.forEach((name, shape) -> {
            StoredTensor tensor = found.get(name);
            if (tensor == null) {
                faults.put(name, "missing, expected " + Arrays.toString(shape));
            } else if (!Arrays.equals(tensor.shape(), shape)) {
                faults.put(name, "has shape " + Arrays.toString(tensor.shape()) + ", expected " + Arrays.toString(shape));
            } else if (!tensor.type().isFloat()) {
                faults.put(name, "has type " + tensor.type() + ", expected floating-point numbers");
            }
        });
        found.forEach((name, tensor) -> {
            if (!expected.containsKey(name) && !ignorable.test(name)) {
                faults.put(name, "surplus, of shape " + Arrays.toString(tensor.shape()));
            }
        });
        if (!faults.isEmpty()) {
            StringBuilder message = new StringBuilder(source).append(" does not fit the network in ").append(faults.size())
                    .append(faults.size() == 1 ? " parameter:" : " parameters:");
            faults.forEach((name, fault) -> message.append('\n').append(name).append(": ").append(fault));
            throw new CheckpointException(message.toString());
        }
    }
}

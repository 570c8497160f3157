package dev.gleaner.glip.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A tensor in a file, or on its way into one. It holds no elements; they are read anew each time they are asked for, while
 * the file is open.
 *
 * @param name    its key in the file
 * @param type    type of its elements
 * @param shape   its dimensions, slowest first; none for a single number
 * @param content reads its elements
 */
public record StoredTensor(String name, TensorType type, long[] shape, Content content) {

    /** Reads a tensor's elements, little-endian and in C order, into a buffer that is exactly filled. */
    @FunctionalInterface
    public interface Content {
        ByteBuffer read() throws IOException;
    }

    /** Gives a tensor's elements in C order, a new buffer each time. */
    @FunctionalInterface
    public interface Floats {
        FloatBuffer read() throws IOException;
    }

    /** A tensor of 32-bit floats that come from somewhere else than a file. */
    public static StoredTensor ofFloats(String name, long[] shape, Floats floats) {
        return new StoredTensor(name, TensorType.F32, shape, () -> {
            FloatBuffer values = floats.read();
            ByteBuffer bytes = ByteBuffer.allocate(values.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return bytes;
        });
    }

    /** Number of elements. */
    public long elements() {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return elements;
    }

    /** Bytes its elements take. */
    public long byteLength() {
        return Math.multiplyExact(elements(), type.bytes());
    }

    /** Its elements, little-endian and in C order. */
    public ByteBuffer read() throws IOException {
        return content.read();
    }

    /**
     * Its elements as 32-bit floats in C order, whichever floating-point type they are stored in.
     *
     * @throws CheckpointException if they are of another kind
     */
    public FloatBuffer readFloats() throws IOException {
        if (!type.isFloat()) {
            throw new CheckpointException(name + " holds elements of type " + type + "; expected floating-point numbers");
        }
        return type.floats(read());
    }

    StoredTensor named(String other) {
        return new StoredTensor(other, type, shape, content);
    }
}

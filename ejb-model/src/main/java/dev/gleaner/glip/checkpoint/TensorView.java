package dev.gleaner.glip.checkpoint;

import dev.gleaner.glip.checkpoint.Pickle.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns the views of a checkpoint (offset and strides over a storage) into tensors in C order. */
final class TensorView {

    private TensorView() {
    }

    /**
     * A tensor that reads through a view; the view is checked against its storage, and the storage against the file.
     *
     * @param place where error messages find it
     */
    static StoredTensor stored(String name, View view, TorchContainer container, String place) throws CheckpointException {
        checkBounds(view, place);
        container.check(view.storage());
        return new StoredTensor(name, view.storage().type(), view.shape(), () -> read(view, container, place));
    }

    private static void checkBounds(View view, String place) throws CheckpointException {
        long available = view.storage().elements();
        try {
            long elements = 1;
            long last = view.offset();
            for (int d = 0; d < view.shape().length; d++) {
                elements = Math.multiplyExact(elements, view.shape()[d]);
                last = Math.addExact(last, Math.multiplyExact(Math.max(view.shape()[d] - 1, 0), view.strides()[d]));
            }
            if (view.offset() < 0 || elements > available || elements > 0 && last >= available) {
                throw new CheckpointException(place + " has " + elements + " elements and reaches element " + last
                        + " of a storage with " + available);
            }
        } catch (ArithmeticException e) {
            throw new CheckpointException(place + " has more elements than any file", e);
        }
    }

    private static ByteBuffer read(View view, TorchContainer container, String place) throws IOException {
        int size = view.storage().type().bytes();
        long elements = 1;
        long span = 1;
        for (int d = 0; d < view.shape().length; d++) {
            elements *= view.shape()[d];
            span += (view.shape()[d] - 1) * view.strides()[d];
        }
        if (elements == 0) {
            return buffer(0);
        }
        if (Math.max(elements, span) > Integer.MAX_VALUE / size) {
            throw new CheckpointException(place + " is larger than 2 GiB; no GLIP has such a tensor");
        }
        ByteBuffer stored = buffer((int) span * size);
        container.read(view.storage(), view.offset() * size, stored);
        stored.flip();
        return inOrder(view) ? stored : gathered(view, stored, (int) elements, size);
    }

    /** Whether the elements lie in C order without gaps; strides of dimensions of one element do not matter. */
    private static boolean inOrder(View view) {
        long next = 1;
        for (int d = view.shape().length - 1; d >= 0; d--) {
            if (view.shape()[d] != 1 && view.strides()[d] != next) {
                return false;
            }
            next *= view.shape()[d];
        }
        return true;
    }

    private static ByteBuffer gathered(View view, ByteBuffer stored, int elements, int size) {
        ByteBuffer ordered = buffer(elements * size);
        long[] index = new long[view.shape().length];
        int from = 0;
        for (int element = 0; element < elements; element++) {
            ordered.put(element * size, stored, from * size, size);
            for (int d = index.length - 1; d >= 0; d--) {
                from += (int) view.strides()[d];
                if (++index[d] < view.shape()[d]) {
                    break;
                }
                from -= (int) (view.strides()[d] * view.shape()[d]);
                index[d] = 0;
            }
        }
        return ordered;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}

package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceModel;
import dev.gleaner.glip.ops.Gradients;
import dev.gleaner.glip.ops.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small functions with gradients worked out by hand, and the tiny network under a hostile garbage collector. */
class BackpropagationTest {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray weight(float... values) {
        NDArray weight = manager.create(values);
        weight.setRequiresGradient(true);
        return weight;
    }

    /** x = 2, a = 3, b = 5: (a x) b + (a x), whose derivative by a is x b + x and by b is a x. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsReachThePiecesInFront(boolean recompute) {
        NDArray a = weight(3);
        NDArray b = weight(5);
        List<UnaryOperator<NDList>> pieces = List.of(
                in -> new NDList(in.get(0).mul(a), in.get(0)),
                in -> new NDList(in.get(0).mul(b).add(in.get(0)).sum()));
        double[] results = new Backpropagation(pieces, recompute).run(new NDList(manager.create(new float[] {2})), 1);
        assertThat(results).containsExactly(36);
        assertThat(a.getGradient().toFloatArray()).containsExactly(12);
        assertThat(b.getGradient().toFloatArray()).containsExactly(6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAddUpFromRunToRun(boolean recompute) {
        NDArray a = weight(1);
        Backpropagation square = new Backpropagation(List.of(in -> new NDList(in.get(0).mul(a).square().sum())), recompute);
        square.run(new NDList(manager.create(new float[] {1})), 1);
        square.run(new NDList(manager.create(new float[] {3})), 1);
        assertThat(a.getGradient().toFloatArray()).containsExactly(2 + 18);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingToTrainIsNoFault(boolean recompute) {
        List<UnaryOperator<NDList>> pieces = List.of(in -> new NDList(in.get(0).square()), in -> new NDList(in.get(0).sum()));
        assertThat(new Backpropagation(pieces, recompute).run(new NDList(manager.create(new float[] {1, 2})), 1)).containsExactly(5);
    }

    /** Half of a thousand ones are dropped, the others doubled: the same ones when the piece is computed again. */
    @Test
    void aPieceLeavesOutTheSameWhenItIsComputedAgain() {
        NDArray a = manager.ones(new Shape(1000));
        a.setRequiresGradient(true);
        List<UnaryOperator<NDList>> pieces = List.of(
                in -> new NDList(Kernels.dropout(a.mul(in.get(0)), 0.5)),
                in -> new NDList(in.get(0).sum()));
        double[] seventh = new Backpropagation(pieces, true).run(new NDList(manager.ones(new Shape(1))), 7);
        float sum = a.getGradient().sum().getFloat();
        assertThat((double) sum).isEqualTo(seventh[0]).isCloseTo(1000, within(150.0));
        Gradients.clear(a);
        assertThat(new Backpropagation(pieces, false).run(new NDList(manager.ones(new Shape(1))), 7)).isEqualTo(seventh);
        Gradients.clear(a);
        assertThat(new Backpropagation(pieces, true).run(new NDList(manager.ones(new Shape(1))), 8)).isNotEqualTo(seventh);
    }

    /** DJL's arrays of Java memory are gone with their handles; none may be left in what is recorded. */
    @Test
    void theGarbageCollectorChangesNoGradient() {
        ReferenceModel model = new ReferenceModel(Reference.file("tiny"));
        Network network = model.load(new Network(model.config()), manager);
        network.namedParameters().values().forEach(parameter -> parameter.getArray().setRequiresGradient(true));
        Map<String, float[]> quiet = gradients(network, in -> in);
        Map<String, float[]> disturbed = gradients(network, in -> {
            disturb();
            return in;
        });
        assertThat(quiet.values().stream().filter(values -> values[0] != 0).count()).isGreaterThan(250);
        assertThat(disturbed.keySet().stream().filter(name -> !Arrays.equals(disturbed.get(name), quiet.get(name)))).isEmpty();
    }

    private Map<String, float[]> gradients(Network network, UnaryOperator<NDList> beforeTheWayBack) {
        network.namedParameters().values().forEach(parameter -> Gradients.clear(parameter.getArray()));
        List<UnaryOperator<NDList>> pieces = new ArrayList<>(network.pieces(part -> false, null));
        ImageTargets targets = ImageTargets.of(new ReferenceModel(Reference.file("tiny")).config().anchors(), 96, 128,
                new float[] {10, 10, 60, 50, 30, 40, 100, 90});
        pieces.add(said -> GlipLoss.of(List.of(targets)).of(said, targets, List.of(new int[] {1}, new int[] {2, 3}), 256));
        pieces.add(beforeTheWayBack);
        NDArray image = manager.arange(0, 1, 1f / (3 * 96 * 128)).reshape(1, 3, 96, 128);
        NDArray ids = manager.create(new long[] {1, 5, 6, 7, 2}, new Shape(1, 5)).duplicate();
        NDArray mask = manager.ones(new Shape(1, 5)).toType(DataType.INT64, false);
        new Backpropagation(pieces, false).run(new NDList(image, ids, mask), 1);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (Map.Entry<String, Parameter> entry : network.namedParameters().entrySet()) {
            gradients.put(entry.getKey(), entry.getValue().getArray().getGradient().toFloatArray());
        }
        return gradients;
    }

    /** Frees what Java no longer holds and writes into the freed memory. */
    private static void disturb() {
        List<ByteBuffer> filled = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            System.gc();
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            for (int size = 4; size <= 1 << 20; size *= 2) {
                for (int i = 0; i < 64 && (long) i * size < 1 << 24; i++) {
                    ByteBuffer buffer = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
                    while (buffer.remaining() >= Float.BYTES) {
                        buffer.putFloat(Float.NaN);
                    }
                    filled.add(buffer);
                }
            }
        }
        assertThat(filled).isNotEmpty();
    }
}

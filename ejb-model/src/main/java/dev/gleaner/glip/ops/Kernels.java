package dev.gleaner.glip.ops;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The tensor operations that PyTorch has and DJL's {@link NDArray} lacks.
 *
 * <p>They are methods of one TorchScript class, {@code kernels.py} beside this class, which holds no tensors and so runs on
 * whatever device its inputs are on. Gradients flow through every kernel into inputs that require them. A result belongs
 * to the manager of the first input and to the caller's open {@link NDScope}.
 */
public final class Kernels {

    private Kernels() {
    }

    /**
     * Group normalisation.
     *
     * @param x      (N, C, H, W)
     * @param groups how many groups the C channels are cut into
     * @param weight (C)
     * @param bias   (C)
     * @return (N, C, H, W)
     */
    public static NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double eps) {
        return call("group_norm", x, constant(groups), weight, bias, constant(eps));
    }

    /**
     * {@code softmax(query key^T / sqrt(D) + mask) value}.
     *
     * @param query (N, heads, L, D)
     * @param key   (N, heads, S, D)
     * @param value (N, heads, S, D)
     * @param mask  added to the scores, broadcast to (N, heads, L, S); null for none
     * @return (N, heads, L, D)
     */
    public static NDArray attention(NDArray query, NDArray key, NDArray value, NDArray mask) {
        return mask == null
                ? call("attention", query, key, value)
                : call("masked_attention", query, key, value, mask);
    }

    /**
     * For each output row a weighted sum of rows: {@code out[b] = sum_k weights[b, k] * rows[indices[b, k]]}.
     *
     * @param rows    (R, C)
     * @param indices (B, K), int64
     * @param weights (B, K)
     * @return (B, C)
     */
    public static NDArray weightedRows(NDArray rows, NDArray indices, NDArray weights) {
        return call("weighted_rows", rows, indices, weights);
    }

    private static NDArray call(String kernel, NDArray... inputs) {
        NDList arguments = new NDList(inputs);
        arguments.add(Library.MARKERS.computeIfAbsent(kernel, Library::marker));
        // The setting is per thread. Specialising on shapes costs more than it gains when nearly every image has its own.
        JniUtils.setGraphExecutorOptimize(false);
        return IValueUtils.forward(Library.MODULE, arguments, true).singletonOrThrow();
    }

    /** Only tensors can be passed with gradients enabled; a kernel reads its numbers from arrays on the CPU. */
    private static NDArray constant(double value) {
        return Library.CONSTANTS.computeIfAbsent(value, Library::array);
    }

    /** Loaded at the first call of a kernel, and for good: a few kilobytes. */
    private static final class Library {
        static final PtNDManager MANAGER = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
        static final PtSymbolBlock MODULE = load();
        /** DJL runs the method named by an array called {@code module_method:NAME} instead of {@code forward}. */
        static final Map<String, NDArray> MARKERS = new ConcurrentHashMap<>();
        static final Map<Double, NDArray> CONSTANTS = new ConcurrentHashMap<>();

        static NDArray marker(String kernel) {
            NDArray marker = array(0);
            marker.setName("module_method:" + kernel);
            return marker;
        }

        static NDArray array(double value) {
            NDArray array = MANAGER.create(value);
            NDScope.unregister(array);
            return array;
        }

        static PtSymbolBlock load() {
            try (InputStream source = Kernels.class.getResourceAsStream("kernels.py")) {
                return JniUtils.loadModule(MANAGER, new ByteArrayInputStream(archive(source.readAllBytes())), false, false);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the kernels", e);
            }
        }

        /** A TorchScript archive of one object of class {@code Kernels} without attributes, and no constants. */
        static byte[] archive(byte[] source) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
                entry(zip, "version", ascii("3\n"));
                entry(zip, "data.pkl", ascii("\u0080\u0002c__torch__\nKernels\n)\u0081}b."));
                entry(zip, "constants.pkl", ascii("\u0080\u0002)."));
                entry(zip, "code/__torch__.py", source);
            }
            return bytes.toByteArray();
        }

        private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
            zip.putNextEntry(new ZipEntry("kernels/" + name));
            zip.write(content);
            zip.closeEntry();
        }

        private static byte[] ascii(String opcodes) {
            return opcodes.getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}

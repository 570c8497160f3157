package dev.gleaner.glip.ops;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
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

    /** Where the official code clamps scores before a softmax, it is to plus and minus this. */
    public static final double BOUND = 50_000;

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
     * @param mask  added to the scores, broadcast to (N, heads, L, S)
     * @return (N, heads, L, D)
     */
    public static NDArray attention(NDArray query, NDArray key, NDArray value, NDArray mask) {
        return call("attention", query, key, value, mask);
    }

    /** The softmax over the last axis: (...) to the same. */
    public static NDArray softmax(NDArray x) {
        return call("softmax", x);
    }

    /**
     * An array in another precision, or itself where it has that already. DJL's own {@code toType} lets no gradients through,
     * and ends the process when it is asked for bfloat16, which it does not know: it calls the type of such arrays unknown.
     *
     * @param type float32, float16, bfloat16, or what {@link NDArray#getDataType} says of a bfloat16 array
     */
    public static NDArray to(NDArray x, DataType type) {
        if (x.getDataType() == type || isBfloat16(x.getDataType()) && isBfloat16(type)) {
            return x;
        }
        int code = switch (type) {
            case FLOAT16 -> 5;
            case FLOAT32 -> 6;
            case BFLOAT16, UNKNOWN -> 15;
            default -> throw new IllegalArgumentException("type: " + type + ", expected a floating-point type to compute in");
        };
        return call("to_type", x, constant(code));
    }

    /** Whether arrays of this type, which DJL may call unknown, are in bfloat16. */
    public static boolean isBfloat16(DataType type) {
        return type == DataType.BFLOAT16 || type == DataType.UNKNOWN;
    }

    /**
     * Chosen rows, one after another.
     *
     * @param rows    (R, C)
     * @param indices (B), int64
     * @return (B, C)
     */
    public static NDArray rows(NDArray rows, NDArray indices) {
        return call("rows", rows, indices);
    }

    /** Each value is zero with probability {@code rate}, or else grows by {@code 1 / (1 - rate)}: (...) to the same. */
    public static NDArray dropout(NDArray x, double rate) {
        return rate == 0 ? x : call("dropout", x, constant(rate));
    }

    /**
     * Both directions of multi-head cross attention at once, over one matrix of scores
     * {@code s = image keys^T + keyBias}, which is never held as a whole: the image is gone through in blocks of places.
     *
     * <ul>
     * <li>every place attends to the first {@code valid} tokens: {@code softmax_tokens(s) values + valueBias}
     * <li>every token attends to all places: {@code softmax_places(s)^T image}
     * </ul>
     *
     * @param image     (P, C), one row for each place
     * @param keys      (heads * T, C), head by head, already scaled
     * @param keyBias   (heads * T)
     * @param values    (heads * valid, D), head by head
     * @param valueBias (D)
     * @param valid     how many of the T tokens are no padding; they come first
     * @param least     scores are raised to at least this
     * @param most      scores are cut to at most this
     * @param dropout   share of the weights of both softmaxes that is dropped, the others growing to make up for it
     * @return what the places gather, (P, D); what the tokens gather, (heads * T, C); and the sum of each token's weights,
     *         (heads * T), 1 without dropout
     */
    public static NDList crossAttention(NDArray image, NDArray keys, NDArray keyBias, NDArray values, NDArray valueBias,
            int heads, int valid, double least, double most, double dropout) {
        return callAll("cross_attention", image, keys, keyBias, values, valueBias, constant(heads), constant(valid),
                constant(least), constant(most), constant(dropout));
    }

    /**
     * Modulated deformable convolution of 3x3 taps with padding 1 (Zhu et al. 2019), sampling bilinearly and taking zero
     * outside the image. The output grid is {@code H' = (height - 1) / stride + 1} by {@code W'} alike.
     *
     * <p>{@code offset} and {@code mask} are read as flat memory: the first {@code 18 * H' * W'} and {@code 9 * H' * W'}
     * values, whatever grid they were made for, as the official CUDA kernel does.
     *
     * @param rows   (height * width, C), row by row
     * @param offset at least (18, H', W'): for each tap its shift down, then its shift right, in pixels
     * @param mask   at least (9, H', W'): the factor of each tap
     * @param weight (D, 9 * C), tap by tap
     * @param bias   (D)
     * @return (H' * W', D)
     */
    public static NDArray deformableConvolution(NDArray rows, int height, int width, int stride, NDArray offset,
            NDArray mask, NDArray weight, NDArray bias) {
        return call("deformable_convolution", rows, constant(height), constant(width), constant(stride), offset, mask,
                weight, bias);
    }

    /**
     * Bilinear interpolation with the corners of both grids aligned.
     *
     * @param x (N, C, H, W)
     * @return (N, C, height, width)
     */
    public static NDArray upsample(NDArray x, int height, int width) {
        return call("upsample", x, constant(height), constant(width));
    }

    /**
     * The larger of two lines: {@code max(x * slope1 + intercept1, x * slope2 + intercept2)}.
     *
     * @param x (N, C, H, W); slopes and intercepts are broadcast to it
     * @return (N, C, H, W)
     */
    public static NDArray largerLine(NDArray x, NDArray slope1, NDArray intercept1, NDArray slope2, NDArray intercept2) {
        return call("larger_line", x, slope1, intercept1, slope2, intercept2);
    }

    /**
     * The places where a label may have been found: where the mean probability of the label's tokens exceeds a threshold.
     *
     * @param logits     (P, T), alignment of each place with each token
     * @param centreness (P), logits
     * @param regression (P, 4)
     * @param labels     (T, K), for each label its tokens' shares in the mean
     * @param most       how many are wanted at most: those with the largest product of probability and centreness
     * @return of M places in no particular order: index of the place (M), index of the label (M), square root of the product
     *         (M), all of them float32 or int64, and the regression (M, 4)
     */
    public static NDList candidates(NDArray logits, NDArray centreness, NDArray regression, NDArray labels, double threshold,
            int most) {
        return callAll("candidates", logits, centreness, regression, labels, constant(threshold), constant(most));
    }

    /**
     * Sum of the sigmoid focal losses (Lin et al. 2017) of all logits.
     *
     * @param logits  (...)
     * @param targets (...), 1 where the logit should be high, 0 elsewhere
     * @param weights broadcast to the logits: how much each counts
     * @param alpha   weight of the ones; the zeros have {@code 1 - alpha}
     * @param gamma   power of what is wrong about a probability
     * @return ()
     */
    public static NDArray focalLoss(NDArray logits, NDArray targets, NDArray weights, double alpha, double gamma) {
        return call("focal_loss", logits, targets, weights, constant(alpha), constant(gamma));
    }

    /** Sum of the binary cross entropies of logits (...) with targets (...) in 0..1, each times its weight (...). */
    public static NDArray binaryCrossEntropy(NDArray logits, NDArray targets, NDArray weights) {
        return call("binary_cross_entropy", logits, targets, weights);
    }

    /** Sum of the squares of all values, in double precision. */
    public static double squareSum(NDArray x) {
        try (NDArray sum = call("square_sum", x)) {
            return sum.getDouble();
        }
    }

    /**
     * One step of AdamW (Loshchilov and Hutter 2019) on one parameter, in place.
     *
     * @param weight  changed
     * @param mean    running mean of the gradients, changed
     * @param square  running mean of their squares, changed
     * @param scale   what the gradient is multiplied by first
     * @param rate    learning rate
     * @param decay   the weight shrinks by {@code rate * decay} of itself
     * @param step    counted from 1
     */
    public static void adamw(NDArray weight, NDArray gradient, NDArray mean, NDArray square, double scale, double rate,
            double decay, double beta1, double beta2, double epsilon, long step) {
        double[] numbers = {scale, rate, decay, beta1, beta2, epsilon, 1 - Math.pow(beta1, step),
            Math.sqrt(1 - Math.pow(beta2, step))};
        try (NDArray list = Library.MANAGER.create(numbers); NDArray values = weight.stopGradient()) {
            call("adamw", values, gradient, mean, square, list).close();
        }
    }

    /** {@code average = decay * average + (1 - decay) * value}, in place. */
    public static void blend(NDArray average, NDArray value, double decay) {
        try (NDArray values = value.stopGradient()) {
            call("blend", average, values, constant(decay)).close();
        }
    }

    private static NDArray call(String kernel, NDArray... inputs) {
        return callAll(kernel, inputs).singletonOrThrow();
    }

    private static NDList callAll(String kernel, NDArray... inputs) {
        NDList arguments = new NDList(inputs);
        arguments.add(Library.MARKERS.computeIfAbsent(kernel, Library::marker));
        // The setting is per thread. Specialising on shapes costs more than it gains when nearly every image has its own.
        JniUtils.setGraphExecutorOptimize(false);
        return IValueUtils.forward(Library.MODULE, arguments, true);
    }

    /**
     * A number as an array () on the CPU, kept for good: for the few numbers that formulas and configurations hold.
     *
     * <p>Blocks multiply by these instead of by Java numbers. DJL would make an array of a Java number that lives in Java's
     * memory and is closed at once, while PyTorch reads it again in the backward pass. And only arrays can be passed to a
     * kernel with gradients enabled.
     */
    public static NDArray constant(double value) {
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

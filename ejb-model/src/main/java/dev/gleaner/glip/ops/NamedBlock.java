package dev.gleaner.glip.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBaseBlock;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A block whose parameters have the dotted names of the checkpoint ({@code stages.0.blocks.1.attention.qkv.weight}) and
 * whose shapes are known from its constructor, so that a checkpoint can be compared with it before anything is loaded.
 *
 * <p>Subclasses say in {@link #compute} what they do; every array that this makes along the way and does not return is
 * closed when it ends, so a forward pass holds little more than one block's intermediates. When gradients are recorded
 * PyTorch itself keeps what the backward pass needs. Parameters live on one device and are never changed by a forward pass.
 */
public abstract class NamedBlock extends AbstractBaseBlock {

    private final BlockList children = new BlockList();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new LinkedHashMap<>();
    private Consumer<NDList> observer = results -> { };
    private DataType precision;

    /** Declares a parameter of this block; its array comes with {@link #load}. */
    protected final Parameter parameter(String name, long... shape) {
        Parameter parameter = Parameter.builder().setName(name).setType(Parameter.Type.OTHER).build();
        parameters.put(name, parameter);
        shapes.put(name, new Shape(shape));
        return parameter;
    }

    /** Declares a child; its parameters are named {@code name.REST}. */
    protected final <B extends NamedBlock> B child(String name, B block) {
        children.add(name, block);
        return block;
    }

    /** Declares a row of children named {@code name.0}, {@code name.1}, ... */
    protected final <B extends NamedBlock> List<B> children(String name, int count, IntFunction<B> block) {
        return IntStream.range(0, count).mapToObj(i -> child(name + "." + i, block.apply(i))).toList();
    }

    /**
     * Lets this block and its children compute in another precision than their parameters are kept in: mixed precision
     * (Micikevicius et al. 2018). Gradients reach the parameters in the parameters' own precision. Inputs are the caller's
     * business.
     */
    public final void computeIn(DataType type) {
        precision = type;
        children.forEach(child -> ((NamedBlock) child.getValue()).computeIn(type));
    }

    /** A parameter's array, in the precision that this block computes in. */
    protected final NDArray value(Parameter parameter) {
        NDArray array = parameter.getArray();
        return precision == null ? array : Kernels.to(array, precision);
    }

    /**
     * The block's formula.
     *
     * @param inputs   what the caller passed; never changed or closed here
     * @param training whether random regularisation applies
     */
    protected abstract NDList compute(NDList inputs, boolean training);

    /** Runs the block; the results belong to the caller. */
    public final NDList forward(boolean training, NDArray... inputs) {
        return scoped(new NDList(inputs), training);
    }

    /** Runs a block with one result. */
    public final NDArray apply(boolean training, NDArray... inputs) {
        return scoped(new NDList(inputs), training).singletonOrThrow();
    }

    /** Shows every result of this block to an observer, on its way to the caller, whose it is. Replaces an earlier one. */
    public final void observe(Consumer<NDList> observer) {
        this.observer = observer;
    }

    @Override
    protected final NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return scoped(inputs, training);
    }

    private NDList scoped(NDList inputs, boolean training) {
        return scoped(inputs, () -> {
            NDList results = compute(inputs, training);
            observer.accept(results);
            return results;
        });
    }

    /** Evaluates part of a formula; every array that is made along the way and not returned is closed when it ends. */
    protected static NDList scoped(NDList inputs, Supplier<NDList> part) {
        NDList results;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            results = part.get();
            NDScope.unregister(results);
        }
        for (NDArray result : results) {
            if (inputs.stream().noneMatch(input -> input == result)) {
                NDScope.register(result);
            }
        }
        return results;
    }

    /** Dotted name and shape of every parameter, in the order of declaration: own ones first, then the children's. */
    public final Map<String, Shape> parameterShapes() {
        Map<String, Shape> all = new LinkedHashMap<>(shapes);
        children.forEach(child -> ((NamedBlock) child.getValue()).parameterShapes()
                .forEach((name, shape) -> all.put(child.getKey() + "." + name, shape)));
        return all;
    }

    /** Dotted name and parameter, in the order of {@link #parameterShapes()}. */
    public final Map<String, Parameter> namedParameters() {
        Map<String, Parameter> all = new LinkedHashMap<>(parameters);
        children.forEach(child -> ((NamedBlock) child.getValue()).namedParameters()
                .forEach((name, parameter) -> all.put(child.getKey() + "." + name, parameter)));
        return all;
    }

    /**
     * Gives every parameter its array, once in the block's life. The arrays then live as long as their manager.
     *
     * @param weights an array on the block's device for each name of {@link #parameterShapes()}
     * @throws IllegalArgumentException naming every parameter without an array or with one of another shape
     */
    public final void load(Function<String, NDArray> weights) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        parameterShapes().forEach((name, shape) -> {
            NDArray array = weights.apply(name);
            if (array == null) {
                faults.add(name + " is missing, expected " + shape);
            } else if (!array.getShape().equals(shape)) {
                faults.add(name + " is " + array.getShape() + ", expected " + shape);
            }
            arrays.put(name, array);
        });
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("weights do not fit: " + String.join("; ", faults));
        }
        namedParameters().forEach((name, parameter) -> {
            NDScope.unregister(arrays.get(name));
            parameter.setArray(arrays.get(name));
            // DJL takes an array whose name has a dot for an entry of a dictionary when it is passed to a kernel.
            arrays.get(name).setName(null);
        });
    }

    @Override
    public final ParameterList getDirectParameters() {
        ParameterList list = new ParameterList();
        parameters.forEach(list::add);
        return list;
    }

    @Override
    public final ParameterList getParameters() {
        ParameterList list = new ParameterList();
        namedParameters().forEach(list::add);
        return list;
    }

    @Override
    public final BlockList getChildren() {
        return children;
    }

    @Override
    public final boolean isInitialized() {
        return namedParameters().values().stream().allMatch(Parameter::isInitialized);
    }

    /** Shapes follow from the inputs at run time; nothing is inferred ahead. */
    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " does not infer shapes");
    }

    @Override
    public final void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        throw new UnsupportedOperationException("weights come by load()");
    }

    @Override
    public final void saveParameters(DataOutputStream out) {
        throw new UnsupportedOperationException("weights are kept in model bundles");
    }

    @Override
    public final void loadParameters(NDManager manager, DataInputStream in) {
        throw new UnsupportedOperationException("weights are kept in model bundles");
    }
}

package dev.gleaner.glip.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a Python pickle of protocol 2 to 5 as data. It builds dictionaries, lists, tuples, numbers, texts, and the views
 * of stored tensors that {@code torch.save} writes; nothing is ever looked up, called or instantiated. Whatever else a
 * pickle asks for becomes a {@link Foreign} that carries a name and nothing more, so a caller can refuse or skip it.
 *
 * <p>Python's None is null, int is Long or BigInteger, float is Double, str is String, bytes is byte[], list and tuple
 * are List, dict and OrderedDict are {@link Dict}.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the description of each opcode</a>
 */
final class Pickle {

    /** A class or function the pickle names. */
    record Global(String name) {
    }

    /** In place of an object that only a class outside this reader could build. */
    record Foreign(String name) {
    }

    /** The elements behind one or more tensors. */
    record Storage(String key, TensorType type, long elements) {
        long bytes() {
            return elements * type.bytes();
        }
    }

    /** A tensor: where its first element lies in the storage and how far the next one is in each dimension. */
    record View(Storage storage, long offset, long[] shape, long[] strides) {
    }

    /** A dictionary, with what the pickle attached to it as a Python object. */
    static final class Dict {
        final Map<Object, Object> items = new LinkedHashMap<>();
        Object attributes;
    }

    private static final Object MARK = new Object();
    private static final int LARGEST_PICKLE = 64 << 20;
    private static final int MOST_OPERATIONS = 4_000_000;
    private static final int MOST_DIMENSIONS = 32;
    private static final Map<String, TensorType> STORAGES = Map.of(
            "torch.DoubleStorage", TensorType.F64, "torch.FloatStorage", TensorType.F32,
            "torch.HalfStorage", TensorType.F16, "torch.BFloat16Storage", TensorType.BF16,
            "torch.LongStorage", TensorType.I64, "torch.IntStorage", TensorType.I32,
            "torch.ShortStorage", TensorType.I16, "torch.CharStorage", TensorType.I8,
            "torch.ByteStorage", TensorType.U8, "torch.BoolStorage", TensorType.BOOL);

    private final InputStream in;
    private final String source;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private final Map<String, Storage> storages = new HashMap<>();
    private long position;

    private Pickle(InputStream in, String source, long position) {
        this.in = in;
        this.source = source;
        this.position = position;
    }

    /** A pickle's value, every storage it names by its key, and how many bytes of the stream belong to the pickle. */
    record Result(Object value, Map<String, Storage> storages, long length) {
    }

    /**
     * Reads one pickle and leaves the stream behind its end.
     *
     * @param in     a buffered stream
     * @param source what error messages call the file
     * @param start  position of the stream in the file, for error messages
     */
    static Result read(InputStream in, String source, long start) throws IOException {
        Pickle pickle = new Pickle(in, source, start);
        try {
            Object value = pickle.run();
            return new Result(value, pickle.storages, pickle.position - start);
        } catch (EOFException e) {
            throw new CheckpointException(source + " ends at byte " + pickle.position
                    + " inside a pickle; the file is truncated", e);
        }
    }

    private Object run() throws IOException {
        long end = position + LARGEST_PICKLE;
        for (int operation = 0; operation < MOST_OPERATIONS && position < end; operation++) {
            int opcode = unsignedByte();
            if (opcode == '.') {
                return pop();
            }
            perform(opcode);
        }
        throw wrong("a pickle of more than " + MOST_OPERATIONS + " operations or " + LARGEST_PICKLE + " bytes");
    }

    private void perform(int opcode) throws IOException {
        switch (opcode) {
            case 0x80 -> protocol(unsignedByte());
            case 0x95 -> number(8);                                             // FRAME
            case '(' -> push(MARK);
            case '0' -> pop();
            case '1' -> popMark();
            case '2' -> push(top());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push(number(1));
            case 'M' -> push(number(2));
            case 'J' -> push((long) (int) number(4));
            case 0x8a -> push(integer(unsignedByte()));
            case 0x8b -> push(integer(length(4)));
            case 'G' -> push(ByteBuffer.wrap(bytes(8)).getDouble());
            case 'U' -> push(text(length(1)));
            case 'T', 'X' -> push(text(length(4)));
            case 0x8c -> push(text(length(1)));
            case 0x8d -> push(text(length(8)));
            case 'C' -> push(bytes(length(1)));
            case 'B' -> push(bytes(length(4)));
            case 0x8e, 0x96 -> push(bytes(length(8)));
            case ')' -> push(List.of());
            case 't' -> push(popMark());
            case 0x85 -> push(popLast(1));
            case 0x86 -> push(popLast(2));
            case 0x87 -> push(popLast(3));
            case ']' -> push(new ArrayList<>());
            case 'l' -> push(popMark());
            case 'a' -> append(popLast(1));
            case 'e' -> append(popMark());
            case '}' -> push(new Dict());
            case 'd' -> {
                List<Object> items = popMark();
                push(new Dict());
                put(items);
            }
            case 's' -> put(popLast(2));
            case 'u' -> put(popMark());
            case 0x8f -> push(new Foreign("builtins.set"));
            case 0x90 -> {
                popMark();
                expect(top() instanceof Foreign, "items for something that is no set");
            }
            case 0x91 -> {
                popMark();
                push(new Foreign("builtins.frozenset"));
            }
            case 'q' -> memo.put((int) number(1), top());
            case 'r' -> memo.put((int) number(4), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> recall((int) number(1));
            case 'j' -> recall((int) number(4));
            case 'c' -> push(new Global(line() + "." + line()));
            case 0x93 -> {
                List<Object> name = popLast(2);
                expect(name.get(0) instanceof String && name.get(1) instanceof String, "a class whose name is no text");
                push(new Global(name.get(0) + "." + name.get(1)));
            }
            case 'R' -> reduce(popLast(2));
            case 0x81 -> push(new Foreign(named(popLast(2).get(0))));
            case 0x92 -> push(new Foreign(named(popLast(3).get(0))));
            case 'o' -> {
                List<Object> parts = popMark();
                expect(!parts.isEmpty(), "an object without a class");
                push(new Foreign(named(parts.get(0))));
            }
            case 'i' -> {
                String name = line() + "." + line();
                popMark();
                push(new Foreign(name));
            }
            case 'b' -> build(pop());
            case 'Q' -> push(persistent(pop()));
            default -> throw wrong("unknown opcode 0x" + Integer.toHexString(opcode));
        }
    }

    private void protocol(int protocol) throws CheckpointException {
        expect(protocol >= 2 && protocol <= 5, "protocol " + protocol + " instead of 2 to 5");
    }

    private void reduce(List<Object> call) throws CheckpointException {
        String callee = named(call.get(0));
        if (!(call.get(1) instanceof List<?> arguments)) {
            throw wrong("a call of " + callee + " without arguments");
        }
        push(switch (callee) {
            case "collections.OrderedDict" -> orderedDict(arguments);
            case "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
            case "torch._utils._rebuild_parameter" -> parameter(arguments);
            default -> new Foreign(callee);
        });
    }

    private Dict orderedDict(List<?> arguments) throws CheckpointException {
        Dict dict = new Dict();
        if (!arguments.isEmpty()) {
            expect(arguments.get(0) instanceof List<?>, "an OrderedDict whose items are no list");
            for (Object item : (List<?>) arguments.get(0)) {
                expect(item instanceof List<?> pair && pair.size() == 2, "an item of an OrderedDict that is no pair");
                List<?> pair = (List<?>) item;
                dict.items.put(key(pair.get(0)), pair.get(1));
            }
        }
        return dict;
    }

    private Object parameter(List<?> arguments) throws CheckpointException {
        expect(!arguments.isEmpty() && (arguments.get(0) instanceof View || arguments.get(0) instanceof Foreign),
                "a parameter without a tensor");
        return arguments.get(0);
    }

    /** Arguments: storage, offset of the first element, shape, strides, and what only training needs. */
    private Object tensor(List<?> arguments) throws CheckpointException {
        expect(arguments.size() >= 4, "a tensor with " + arguments.size() + " arguments instead of 4 or more");
        if (arguments.get(0) instanceof Foreign foreign) {
            return foreign;
        }
        expect(arguments.get(0) instanceof Storage && arguments.get(1) instanceof Long,
                "a tensor without a storage and an offset");
        long[] shape = dimensions(arguments.get(2));
        long[] strides = dimensions(arguments.get(3));
        expect(shape.length == strides.length, "a tensor of " + shape.length + " dimensions with " + strides.length
                + " strides");
        return new View((Storage) arguments.get(0), (Long) arguments.get(1), shape, strides);
    }

    private long[] dimensions(Object tuple) throws CheckpointException {
        expect(tuple instanceof List<?> list && list.size() <= MOST_DIMENSIONS
                && list.stream().allMatch(dimension -> dimension instanceof Long number && number >= 0),
                "a tensor whose shape or strides are not up to " + MOST_DIMENSIONS + " whole numbers from 0");
        return ((List<?>) tuple).stream().mapToLong(Long.class::cast).toArray();
    }

    /** {@code ("storage", class, key, device, elements)}, in the older container with the view it is of, always None. */
    private Object persistent(Object id) throws CheckpointException {
        if (!(id instanceof List<?> parts) || parts.size() < 5 || !"storage".equals(parts.get(0))) {
            return new Foreign("a persistent object that is no storage");
        }
        String type = named(parts.get(1));
        expect(parts.get(2) instanceof String && parts.get(4) instanceof Long && (parts.size() == 5 || parts.get(5) == null),
                "a storage without key, device and size");
        if (!STORAGES.containsKey(type)) {
            return new Foreign(type);
        }
        Storage storage = new Storage((String) parts.get(2), STORAGES.get(type), (Long) parts.get(4));
        expect(storage.elements() >= 0 && storage.elements() < Long.MAX_VALUE / Long.BYTES,
                "a storage of " + storage.elements() + " elements");
        Storage other = storages.putIfAbsent(storage.key(), storage);
        expect(other == null || other.equals(storage), "storage " + storage.key() + " with two types or sizes");
        return storage;
    }

    private void build(Object attributes) throws CheckpointException {
        if (top() instanceof Dict dict) {
            dict.attributes = attributes;
        } else {
            expect(top() instanceof Foreign, "attributes for something that is no object");
        }
    }

    private void append(List<Object> items) throws CheckpointException {
        if (top() instanceof ArrayList<?>) {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) top();
            list.addAll(items);
        } else {
            expect(top() instanceof Foreign, "items for something that is no list");
        }
    }

    private void put(List<Object> items) throws CheckpointException {
        expect(items.size() % 2 == 0, "a key without a value");
        if (top() instanceof Dict dict) {
            for (int i = 0; i < items.size(); i += 2) {
                dict.items.put(key(items.get(i)), items.get(i + 1));
            }
        } else {
            expect(top() instanceof Foreign, "items for something that is no dictionary");
        }
    }

    /** Containers as keys are never compared: a pickle can make them hold themselves. */
    private static Object key(Object key) {
        return key == null || key instanceof String || key instanceof Number || key instanceof Boolean
                ? key : new Foreign("a container as a key");
    }

    private String named(Object callee) throws CheckpointException {
        if (callee instanceof Global global) {
            return global.name();
        }
        if (callee instanceof Foreign foreign) {
            return foreign.name();
        }
        throw wrong("a call of something that has no name");
    }

    private void recall(int index) throws CheckpointException {
        expect(memo.containsKey(index), "a reference to memo " + index + ", which is empty");
        push(memo.get(index));
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() throws CheckpointException {
        expect(!stack.isEmpty() && stack.get(stack.size() - 1) != MARK, "nothing where a value is needed");
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws CheckpointException {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> popLast(int count) throws CheckpointException {
        int from = stack.size() - count;
        expect(from >= 0 && !stack.subList(from, stack.size()).contains(MARK),
                "fewer values than the " + count + " needed");
        return cut(from);
    }

    private List<Object> popMark() throws CheckpointException {
        int mark = stack.size() - 1;
        while (mark >= 0 && stack.get(mark) != MARK) {
            mark--;
        }
        expect(mark >= 0, "the end of a group without its beginning");
        List<Object> values = cut(mark + 1);
        stack.remove(mark);
        return values;
    }

    private List<Object> cut(int from) {
        List<Object> tail = stack.subList(from, stack.size());
        List<Object> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    private int unsignedByte() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException();
        }
        position++;
        return value;
    }

    private long number(int bytes) throws IOException {
        byte[] wide = new byte[8];
        System.arraycopy(bytes(bytes), 0, wide, 0, bytes);
        return ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private int length(int bytes) throws IOException {
        long length = number(bytes);
        expect(length >= 0 && length <= LARGEST_PICKLE, "an item of " + Long.toUnsignedString(length)
                + " bytes, more than " + LARGEST_PICKLE);
        return (int) length;
    }

    private Number integer(int length) throws IOException {
        expect(length <= 255, "a whole number of " + length + " bytes, more than 255");
        byte[] bytes = bytes(length);
        if (length == 0) {
            return 0L;
        }
        for (int i = 0; i < length / 2; i++) {
            byte low = bytes[i];
            bytes[i] = bytes[length - 1 - i];
            bytes[length - 1 - i] = low;
        }
        BigInteger value = new BigInteger(bytes);
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private String text(int length) throws IOException {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        position += bytes.length;
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = unsignedByte(); next != '\n'; next = unsignedByte()) {
            expect(line.length() < 1000, "a class name of more than 1000 characters");
            line.append((char) next);
        }
        return line.toString();
    }

    private void expect(boolean holds, String what) throws CheckpointException {
        if (!holds) {
            throw wrong(what);
        }
    }

    private CheckpointException wrong(String found) {
        return new CheckpointException(source + ", pickle byte " + position + ": " + found
                + "; expected what torch.save writes");
    }
}

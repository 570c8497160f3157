package dev.gleaner.glip.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes small files in both containers of {@code torch.save}, right ones and wrong ones. */
final class TorchFixture {

    /** A tensor over a storage; an ordinary one starts at 0 with the strides of C order. */
    record Tensor(String storageClass, String key, long elements, long offset, List<Integer> shape, List<Integer> strides) {
    }

    /** A class by itself. */
    record Reference(String module, String name) {
    }

    /** What {@code module.name(arguments)} would give. */
    record Call(String module, String name, Object... arguments) {
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TorchFixture() {
        op(0x80).op(2);
    }

    static byte[] pickle(Object value) {
        TorchFixture writer = new TorchFixture();
        writer.value(value);
        return writer.op('.').out.toByteArray();
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static Tensor vector(String key, int elements) {
        return new Tensor("FloatStorage", key, elements, 0, List.of(elements), List.of(1));
    }

    static Path zip(Path file, Object saved, Map<String, byte[]> storages) throws IOException {
        return zip(file, pickle(saved), storages);
    }

    static Path zip(Path file, byte[] pickle, Map<String, byte[]> storages) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            stored(zip, "archive/data.pkl", pickle);
            for (Map.Entry<String, byte[]> storage : storages.entrySet()) {
                stored(zip, "archive/data/" + storage.getKey(), storage.getValue());
            }
            stored(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return file;
    }

    static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** @param storages bytes of the elements by key; each element takes four */
    static Path legacy(Path file, Object saved, Map<String, byte[]> storages) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20,
                0x6a, (byte) 0xa8, 0x50, 0x19, '.'});
            out.write(pickle(1001));
            out.write(pickle(Map.of("protocol_version", 1001, "little_endian", true)));
            out.write(pickle(saved));
            out.write(pickle(List.copyOf(storages.keySet())));
            for (String key : List.copyOf(storages.keySet())) {
                byte[] content = storages.get(key);
                out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(content.length / 4).array());
                out.write(content);
            }
        }
        return file;
    }

    private void value(Object value) {
        if (value == null) {
            op('N');
        } else if (value instanceof Boolean flag) {
            op(flag ? 0x88 : 0x89);
        } else if (value instanceof Integer || value instanceof Long) {
            op(0x8a).op(8).bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(((Number) value).longValue()).array());
        } else if (value instanceof Double number) {
            op('G').bytes(ByteBuffer.allocate(8).putDouble(number).array());
        } else if (value instanceof String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            op('X').bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array()).bytes(bytes);
        } else if (value instanceof List<?> list) {
            op(']').op('(');
            list.forEach(this::value);
            op('e');
        } else if (value instanceof Map<?, ?> map) {
            op('}').op('(');
            map.forEach((key, item) -> {
                value(key);
                value(item);
            });
            op('u');
        } else if (value instanceof Reference reference) {
            op('c').bytes((reference.module + "\n" + reference.name + "\n").getBytes(StandardCharsets.US_ASCII));
        } else if (value instanceof Call call) {
            value(new Reference(call.module, call.name));
            tuple(call.arguments);
            op('R');
        } else if (value instanceof Tensor tensor) {
            tensor(tensor);
        }
    }

    private void tensor(Tensor tensor) {
        value(new Reference("torch._utils", "_rebuild_tensor_v2"));
        op('(');
        tuple("storage", new Reference("torch", tensor.storageClass), tensor.key, "cpu", tensor.elements);
        op('Q');
        value(tensor.offset);
        tuple(tensor.shape.toArray());
        tuple(tensor.strides.toArray());
        value(false);
        value(new Call("collections", "OrderedDict"));
        op('t').op('R');
    }

    private void tuple(Object... items) {
        op('(');
        for (Object item : items) {
            value(item);
        }
        op('t');
    }

    private TorchFixture op(int code) {
        out.write(code);
        return this;
    }

    private TorchFixture bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }
}

package dev.gleaner.glip.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Files in the safetensors format: the length of a JSON header (8 bytes, little-endian), the header with type, shape and
 * place of each tensor, and the tensors' bytes one behind the other.
 *
 * <p>DJL reads and writes the format too, but with all tensors in the engine's memory at once and taking the header at
 * its word. Here a tensor is mapped when it is asked for, and a header is believed when it accounts for every byte.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
public final class Safetensors {

    private static final int LARGEST_HEADER = 16 << 20;
    /** Java copies what it reads and writes through native memory of the same size, which it keeps for each thread. */
    static final int CHUNK = 1 << 20;
    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = new ObjectMapper(
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

    private Safetensors() {
    }

    /** Writes tensors in the order given, each read when its turn comes. */
    public static void write(Path file, Collection<StoredTensor> tensors) throws IOException {
        write(file, Map.of(), tensors);
    }

    /** Writes tensors with words about them, by names of the writer's choice ({@code __metadata__}). */
    public static void write(Path file, Map<String, String> metadata, Collection<StoredTensor> tensors) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode words = header.putObject(METADATA);
            new TreeMap<>(metadata).forEach(words::put);
        }
        long offset = 0;
        for (StoredTensor tensor : tensors) {
            ObjectNode entry = header.putObject(tensor.name()).put("dtype", tensor.type().name());
            Arrays.stream(tensor.shape()).forEach(entry.putArray("shape")::add);
            entry.putArray("data_offsets").add(offset).add(offset += tensor.byteLength());
        }
        byte[] json = JSON.writeValueAsBytes(header);
        byte[] aligned = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(aligned, json.length, aligned.length, (byte) ' ');
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(aligned.length).flip());
            writeFully(channel, ByteBuffer.wrap(aligned));
            for (StoredTensor tensor : tensors) {
                ByteBuffer content = tensor.read();
                if (content.remaining() != tensor.byteLength()) {
                    throw new CheckpointException(tensor.name() + " gave " + content.remaining() + " bytes; expected "
                            + tensor.byteLength());
                }
                writeFully(channel, content);
            }
        }
    }

    /**
     * Reads the header of a file; elements are mapped from it each time a tensor is asked for them.
     *
     * @return the tensors by name, in the order of the header
     * @throws CheckpointException if the header and the file do not agree in every byte
     */
    public static Map<String, StoredTensor> read(Path file) throws IOException {
        String source = file.getFileName().toString();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] json = header(channel, source);
            long start = (long) Long.BYTES + json.length;
            return tensors(header(json, source), file, start, channel.size() - start);
        }
    }

    /**
     * The words that a file holds about its tensors, none if there are none.
     *
     * @throws CheckpointException if they are no words
     */
    public static Map<String, String> metadata(Path file) throws IOException {
        String source = file.getFileName().toString();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Map<String, String> metadata = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> field : header(header(channel, source), source).path(METADATA).properties()) {
                if (!field.getValue().isTextual()) {
                    throw new CheckpointException(source + ": " + field.getKey() + " of its metadata is " + field.getValue()
                            + "; expected a text");
                }
                metadata.put(field.getKey(), field.getValue().textValue());
            }
            return metadata;
        }
    }

    private static byte[] header(FileChannel channel, String source) throws IOException {
        long length = bytes(channel, 0, Long.BYTES, source).getLong(0);
        if (length < 2 || length > Math.min(LARGEST_HEADER, channel.size() - Long.BYTES)) {
            throw new CheckpointException(source + " announces a header of " + Long.toUnsignedString(length)
                    + " bytes in a file of " + channel.size() + "; expected a safetensors file");
        }
        return bytes(channel, Long.BYTES, (int) length, source).array();
    }

    private static JsonNode header(byte[] json, String source) throws IOException {
        try {
            JsonNode header = JSON.readTree(json);
            if (json[0] == '{' && header.isObject()) {
                return header;
            }
        } catch (JsonProcessingException e) {
            throw new CheckpointException(source + " has a header that is no JSON: " + e.getOriginalMessage(), e);
        }
        throw new CheckpointException(source + " has a header that is no JSON object");
    }

    private static Map<String, StoredTensor> tensors(JsonNode header, Path file, long start, long available)
            throws CheckpointException {
        String source = file.getFileName().toString();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<Long, Long> ends = new TreeMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> fields = header.fields(); fields.hasNext();) {
            Map.Entry<String, JsonNode> field = fields.next();
            String name = field.getKey();
            if (name.equals(METADATA)) {
                continue;
            }
            TensorType type = type(field.getValue().path("dtype").asText(), name, source);
            long[] shape = numbers(field.getValue().path("shape"), name, "shape", source);
            long[] offsets = numbers(field.getValue().path("data_offsets"), name, "data_offsets", source);
            if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > available) {
                throw new CheckpointException(source + ": " + name + " lies at " + Arrays.toString(offsets)
                        + " of " + available + " bytes; expected its beginning and its end");
            }
            long length = offsets[1] - offsets[0];
            StoredTensor tensor = new StoredTensor(name, type, shape, () -> map(file, start + offsets[0], length));
            if (!hasLength(tensor, length)) {
                throw new CheckpointException(source + ": " + name + " of type " + type + " and shape "
                        + Arrays.toString(shape) + " has " + length + " bytes");
            }
            tensors.put(name, tensor);
            if (length > 0 && ends.put(offsets[0], offsets[1]) != null) {
                throw new CheckpointException(source + ": " + name + " overlaps another tensor at byte " + offsets[0]);
            }
        }
        long covered = 0;
        for (Map.Entry<Long, Long> place : ends.entrySet()) {
            if (place.getKey() != covered) {
                throw new CheckpointException(source + ": tensors overlap or leave a gap between byte "
                        + Math.min(covered, place.getKey()) + " and " + Math.max(covered, place.getKey()));
            }
            covered = place.getValue();
        }
        if (covered != available) {
            throw new CheckpointException(source + " has " + available + " bytes of tensors; its header accounts for " + covered);
        }
        return tensors;
    }

    private static boolean hasLength(StoredTensor tensor, long length) {
        try {
            return tensor.byteLength() == length;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    private static TensorType type(String name, String tensor, String source) throws CheckpointException {
        try {
            return TensorType.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(source + ": " + tensor + " has the type '" + name + "'; expected one of "
                    + Arrays.toString(TensorType.values()), e);
        }
    }

    private static long[] numbers(JsonNode list, String tensor, String field, String source) throws CheckpointException {
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = list.get(i);
            numbers[i] = number != null && number.isIntegralNumber() && number.canConvertToLong() ? number.longValue() : -1;
        }
        if (!list.isArray() || Arrays.stream(numbers).anyMatch(number -> number < 0)) {
            throw new CheckpointException(source + ": " + tensor + " has " + field + " " + list
                    + "; expected a list of whole numbers from 0");
        }
        return numbers;
    }

    private static ByteBuffer map(Path file, long position, long length) throws IOException {
        if (length > Integer.MAX_VALUE) {
            throw new CheckpointException(file.getFileName() + " has a tensor of " + length + " bytes; expected less than 2 GiB");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, position, length).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long position, int count, String source) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new CheckpointException(source + " has " + channel.size() + " bytes; expected a safetensors file");
            }
        }
        return bytes.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            ByteBuffer part = content.slice(content.position(), Math.min(content.remaining(), CHUNK));
            content.position(content.position() + channel.write(part));
        }
    }
}

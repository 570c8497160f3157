package dev.gleaner.glip.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, List.of(tensor("matrix", new long[] {2, 3}, 1, 2, 3, 4, 5, 6),
                tensor("number", new long[0], -0.5f), tensor("empty", new long[] {0, 4}),
                new StoredTensor("flags", TensorType.U8, new long[] {3}, () -> ByteBuffer.wrap(new byte[] {1, 0, 1}))));

        Map<String, StoredTensor> tensors = Safetensors.read(file);

        assertThat(tensors.keySet()).containsExactly("matrix", "number", "empty", "flags");
        assertThat(tensors.get("matrix").shape()).containsExactly(2, 3);
        assertThat(floats(tensors.get("matrix"))).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(floats(tensors.get("number"))).containsExactly(-0.5f);
        assertThat(floats(tensors.get("empty"))).isEmpty();
        assertThat(tensors.get("flags").read()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 0, 1}));
    }

    /** One float, 1.5, by hand from the format's description. */
    @Test
    void writesTheFormat() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, List.of(tensor("a", new long[] {1}, 1.5f)));

        byte[] bytes = Files.readAllBytes(file);
        // 54 characters of header and two spaces, so that the tensors start at a multiple of eight.
        assertThat(HexFormat.of().formatHex(bytes, 0, 8)).isEqualTo("3800000000000000");
        assertThat(new String(bytes, 8, 56, StandardCharsets.US_ASCII))
                .isEqualTo("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  ");
        assertThat(HexFormat.of().formatHex(bytes, 64, bytes.length)).isEqualTo("0000c03f");
    }

    @Test
    void wordsAboutTheTensorsAreNoTensors() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, Map.of("note", "a \"ü\"", "by", "us"), List.of(tensor("a", new long[] {1}, 1.5f)));

        assertThat(Safetensors.metadata(file)).containsExactly(Map.entry("by", "us"), Map.entry("note", "a \"ü\""));
        assertThat(Safetensors.read(file).keySet()).containsExactly("a");
        assertThat(floats(Safetensors.read(file).get("a"))).containsExactly(1.5f);
        assertThat(Safetensors.metadata(file(56, "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  "))).isEmpty();
    }

    @Test
    void wordsThatAreNumbersAreRefused() throws IOException {
        String header = "{\"__metadata__\":{\"note\":7}}";
        assertThatThrownBy(() -> Safetensors.metadata(file(header.length(), header))).isInstanceOf(CheckpointException.class)
                .hasMessage("the.safetensors: note of its metadata is 7; expected a text");
    }

    @Test
    void anotherReaderAndWriterOfTheFormatAgree() throws IOException {
        Path ours = folder.resolve("ours.safetensors");
        Path theirs = folder.resolve("theirs.safetensors");
        Safetensors.write(ours, List.of(tensor("matrix", new long[] {2, 2}, 1, 2, 3, 4)));

        try (NDManager manager = NDManager.newBaseManager(); InputStream in = Files.newInputStream(ours);
                OutputStream out = Files.newOutputStream(theirs)) {
            NDList read = NDList.decode(manager, in);
            assertThat(read.singletonOrThrow().getName()).isEqualTo("matrix");
            assertThat(read.singletonOrThrow().getShape()).isEqualTo(new Shape(2, 2));
            assertThat(read.singletonOrThrow().toFloatArray()).containsExactly(1, 2, 3, 4);
            read.encode(out, NDList.Encoding.SAFETENSORS);
        }
        assertThat(floats(Safetensors.read(theirs).get("matrix"))).containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[]                                                                              | no JSON object",
        "{\"a\":                                                                         | no JSON",
        "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}                | type 'F33'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}                | has 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}                | has 4 bytes",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,4]}}                | has 4 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296],\"data_offsets\":[0,0]}} | has 0 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}               | whole numbers from 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":\"1\",\"data_offsets\":[0,4]}}              | whole numbers from 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}               | [8, 12] of 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}                | [4, 0] of 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}                  | [4] of 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}} | whole numbers from 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}                | accounts for 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}                | gap between byte 0 and 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | overlap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | overlaps",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | Duplicate"})
    void headersThatDoNotAccountForTheFileAreRefused(String header, String message) throws IOException {
        assertThatThrownBy(() -> Safetensors.read(file(header.length(), header))).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("the.safetensors", message);
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "1000", "9223372036854775807"})
    void headersOfImpossibleLengthAreRefused(long length) throws IOException {
        assertThatThrownBy(() -> Safetensors.read(file(length, "{}"))).isInstanceOf(CheckpointException.class)
                .hasMessageContaining(Long.toUnsignedString(length));
    }

    @Test
    void aFileThatEndsInTheHeaderIsRefused() throws IOException {
        assertThatThrownBy(() -> Safetensors.read(Files.writeString(folder.resolve("short.safetensors"), "{}")))
                .isInstanceOf(CheckpointException.class).hasMessageContaining("2 bytes");
    }

    private Path file(long length, String header) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return Files.write(folder.resolve("the.safetensors"), ByteBuffer.allocate(8 + json.length + 8)
                .order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json).array());
    }

    private static StoredTensor tensor(String name, long[] shape, float... values) {
        return StoredTensor.ofFloats(name, shape, () -> FloatBuffer.wrap(values));
    }

    private static float[] floats(StoredTensor tensor) throws IOException {
        FloatBuffer floats = tensor.readFloats();
        float[] values = new float[floats.remaining()];
        floats.get(values);
        return values;
    }
}

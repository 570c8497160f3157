package dev.gleaner.glip.checkpoint;

import static dev.gleaner.glip.checkpoint.TorchFixture.floats;
import static dev.gleaner.glip.checkpoint.TorchFixture.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.checkpoint.TorchFixture.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made or damaged to do harm end in a message, never in exhausted memory, a deep stack or another exception. */
class HostileCheckpointTest {

    private static final byte[] MODEL_KEY = HexFormat.of().parseHex("8002" + "7d" + "8c056d6f64656c");    // {"model": ...
    private static final byte[] END = HexFormat.of().parseHex("732e");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "version https://git-lfs.github.com/spec/v1", "{\"model\": {}}", "PK\3\4"})
    void filesOfAnotherKind(String content) throws IOException {
        refused(Files.writeString(folder.resolve("file.pth"), content), "file.pth");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "28 49 30 0a 2e                  | unknown opcode 0x49",                  // an integer of protocol 0
        "80 01 4e 2e                     | protocol 1",
        "80 02 8d ff ff ff ff ff ff ff 7f 41 | an item of 9223372036854775807 bytes",
        "80 02 8e ff ff ff ff ff ff ff ff 41 | an item of 18446744073709551615 bytes",
        "80 02 58 ff ff ff 03            | ends at byte",
        "80 02 8b ff ff 00 00            | a whole number of 65535 bytes",
        "80 02 68 05 2e                  | memo 5",
        "80 02 2e                        | nothing where a value is needed",
        "80 02 28 2e                     | nothing where a value is needed",
        "80 02 65                        | the end of a group",
        "80 02 7d 28 4b 01 75 2e         | a key without a value",
        "80 02 4b 01 4b 01 52 2e         | a call of something that has no name",
        "80 02 82 01 2e                  | unknown opcode 0x82",                  // the extension registry
        "80 02 7d 7d 61 2e               | items for something that is no list",
        "80 02 4e                        | ends at byte"})
    void picklesThatMakeNoSense(String hex, String message) throws IOException {
        refused(TorchFixture.zip(folder.resolve("file.pth"), HexFormat.of().parseHex(hex.replace(" ", "")), Map.of()), message);
    }

    @Test
    void containersThatHoldThemselves() throws IOException {
        // {"model": l} with l = [l], and a dictionary whose key is a tuple of itself.
        refused(pickled("5d" + "9468" + "0061"), "a list; expected a dictionary of tensors");
        refused(pickled("7d" + "94" + "8c0178" + "6800" + "73"), "['x'] is a dictionary");
        refused(pickled("7d" + "94" + "6800" + "85" + "4b01" + "73"), "a key that is no text");
    }

    @Test
    void listsInListsAMillionDeep() throws IOException {
        ByteArrayOutputStream deep = new ByteArrayOutputStream();
        deep.write(MODEL_KEY);
        deep.write(HexFormat.of().parseHex("7d8c0177"));
        for (int i = 0; i < 1_000_000; i++) {
            deep.write(']');
        }
        for (int i = 1; i < 1_000_000; i++) {
            deep.write('a');
        }
        deep.write('s');
        deep.write(END);
        refused(TorchFixture.zip(folder.resolve("file.pth"), deep.toByteArray(), Map.of()), "['w'] is a list");
    }

    @Test
    void moreOperationsThanAnyCheckpointHas() throws IOException {
        byte[] lists = new byte[5_000_000];
        Arrays.fill(lists, (byte) ']');
        lists[0] = (byte) 0x80;
        lists[1] = 2;
        refused(TorchFixture.zip(folder.resolve("file.pth"), lists, Map.of()), "more than 4000000 operations");
    }

    @Test
    void tensorsLargerThanTheirStorage() throws IOException {
        Map<String, byte[]> four = Map.of("0", floats(1, 2, 3, 4));
        refusedTensor(new Tensor("FloatStorage", "0", 4, 0, List.of(5), List.of(1)), four, "5 elements");
        refusedTensor(new Tensor("FloatStorage", "0", 4, 1, List.of(4), List.of(1)), four, "reaches element 4");
        refusedTensor(new Tensor("FloatStorage", "0", 4, -1, List.of(1), List.of(1)), four, "reaches element -1");
        refusedTensor(new Tensor("FloatStorage", "0", 4, 0, List.of(2), List.of(1 << 30)), four, "reaches element 1073741824");
        refusedTensor(new Tensor("FloatStorage", "0", 4, 0, List.of(1 << 30, 1 << 30, 1 << 30), List.of(0, 0, 0)), four,
                "more elements than any file");
        refusedTensor(new Tensor("FloatStorage", "0", 4, 0, List.of(1 << 20, 1 << 20), List.of(0, 0)), four, "1099511627776 elements");
        refusedTensor(new Tensor("FloatStorage", "0", 4, 0, List.of(-1), List.of(1)), four, "whole numbers from 0");
        refusedTensor(new Tensor("FloatStorage", "0", 1L << 40, 0, List.of(1), List.of(1)), four, "expected 4398046511104");
        refusedTensor(new Tensor("FloatStorage", "0", Long.MAX_VALUE, 0, List.of(1), List.of(1)), four, "a storage of");
        refusedTensor(new Tensor("ComplexFloatStorage", "0", 2, 0, List.of(1), List.of(1)), four, "torch.ComplexFloatStorage");
    }

    @Test
    void storagesThatAreNotThere() throws IOException {
        refusedTensor(vector("9", 1), Map.of("0", floats(1)), "no entry archive/data/9");
        refusedTensor(vector("../../secret", 1), Map.of("0", floats(1)), "'../../secret'; expected a number");
        refused(TorchFixture.legacy(folder.resolve("old.pth"), Map.of("model", Map.of("w", vector("9", 1))),
                Map.of("0", floats(1))), "storage of unknown size, 0");
        refused(TorchFixture.legacy(folder.resolve("old.pth"), Map.of("model", Map.of("w", vector("9", 1))), Map.of()),
                "no storage 9");
        refused(TorchFixture.legacy(folder.resolve("old.pth"), Map.of("model", Map.of("w", vector("0", 7))),
                Map.of("0", floats(1))), "storage 0 has 1 elements, and in its pickle 7");
    }

    @Test
    void archivesOfAnotherBuild() throws IOException {
        byte[] pickle = TorchFixture.pickle(Map.of("model", Map.of()));
        refused(archive(ZipEntry.STORED, "../data.pkl", pickle), "'../data.pkl' that points out of the archive");
        refused(archive(ZipEntry.STORED, "/data.pkl", pickle), "points out of the archive");
        refused(archive(ZipEntry.STORED, "data.pkl", pickle), "0 entries NAME/data.pkl");
        refused(archive(ZipEntry.STORED, "a/data.pkl", pickle, "b/data.pkl", pickle), "2 entries NAME/data.pkl");
        refused(archive(ZipEntry.DEFLATED, "a/data.pkl", pickle), "a/data.pkl is compressed");
        refused(archive(ZipEntry.STORED, "a/data.pkl", pickle, "a/byteorder", "big".getBytes(StandardCharsets.US_ASCII)),
                "byte order 'big'");
    }

    @Test
    void anArchiveWithAHugeDirectory() throws IOException {
        Path file = TorchFixture.zip(folder.resolve("file.pth"), Map.of("model", Map.of()), Map.of());
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 22 + 12, 1 << 30);

        refused(Files.write(file, bytes), "a directory of 1073741824 bytes");
    }

    @Test
    void filesCutOffAnywhere() throws IOException {
        for (Path whole : both()) {
            byte[] bytes = Files.readAllBytes(whole);
            for (int length = 0; length < bytes.length; length++) {
                refused(Files.write(folder.resolve("cut.pth"), Arrays.copyOf(bytes, length)), "cut.pth");
            }
        }
    }

    /** Damage may go unnoticed inside numbers and names; it must not do anything else. */
    @Test
    void filesWithDamagedBytes() throws IOException {
        Random random = new Random(7);
        for (Path whole : both()) {
            byte[] bytes = Files.readAllBytes(whole);
            for (int attempt = 0; attempt < 1000; attempt++) {
                byte[] damaged = bytes.clone();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    damaged[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                Path file = Files.write(folder.resolve("damaged.pth"), damaged);
                try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
                    for (StoredTensor tensor : checkpoint.tensors().values()) {
                        assertThat(tensor.read().remaining()).isLessThan(1000);
                    }
                } catch (IOException expected) {
                    assertThat(expected).hasMessageContaining("damaged.pth");
                }
            }
        }
    }

    private List<Path> both() throws IOException {
        Map<String, Object> model = Map.of("model", Map.of("a", vector("0", 3)), "arguments", List.of(1, 2.5, "text"));
        Map<String, byte[]> storages = Map.of("0", floats(1, 2, 3));
        return List.of(TorchFixture.zip(folder.resolve("new.pth"), model, storages),
                TorchFixture.legacy(folder.resolve("old.pth"), model, storages));
    }

    private Path pickled(String model) throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(MODEL_KEY);
        pickle.write(HexFormat.of().parseHex(model));
        pickle.write(END);
        return TorchFixture.zip(folder.resolve("file.pth"), pickle.toByteArray(), Map.of());
    }

    private Path archive(int method, Object... namesAndContents) throws IOException {
        Path file = folder.resolve("archive.pth");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                if (method == ZipEntry.STORED) {
                    TorchFixture.stored(zip, (String) namesAndContents[i], (byte[]) namesAndContents[i + 1]);
                } else {
                    zip.putNextEntry(new ZipEntry((String) namesAndContents[i]));
                    zip.write((byte[]) namesAndContents[i + 1]);
                    zip.closeEntry();
                }
            }
        }
        return file;
    }

    private void refusedTensor(Tensor tensor, Map<String, byte[]> storages, String message) throws IOException {
        refused(TorchFixture.zip(folder.resolve("file.pth"), Map.of("model", Map.of("w", tensor)), storages), message);
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> OfficialCheckpoint.open(file)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }
}

package dev.gleaner.glip.checkpoint;

import static dev.gleaner.glip.checkpoint.TorchFixture.floats;
import static dev.gleaner.glip.checkpoint.TorchFixture.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Reference;
import dev.gleaner.glip.checkpoint.TorchFixture.Call;
import dev.gleaner.glip.checkpoint.TorchFixture.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OfficialCheckpointTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.gleaner.glip.Reference#models")
    void readsNamesTypesAndShapesOfTheSmallModels(Path model) throws IOException {
        List<Manifest.Entry> entries = Manifest.ofSmallModel(model).entries();

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(model.resolve("tiny.pth"))) {
            assertThat(checkpoint.tensors()).hasSize(entries.size());
            for (Manifest.Entry entry : entries) {
                StoredTensor tensor = checkpoint.tensors().get(entry.name());
                assertThat(tensor.shape()).containsExactly(entry.shape());
                assertThat(tensor.type()).isEqualTo(entry.dtype().equals("int64") ? TensorType.I64 : TensorType.F32);
                assertThat(tensor.read().remaining()).isEqualTo(tensor.byteLength());
            }
        }
    }

    @Test
    void readsTheNumbersOfTheSmallModel() throws IOException {
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(Reference.file("tiny/tiny.pth"))) {
            // The anchor of 64 pixels around the middle of an 8 x 8 cell, with inclusive corners.
            assertThat(read(checkpoint, "rpn.anchor_generator.cell_anchors.0")).containsExactly(-28, -28, 35, 35);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny/tiny_legacy.pth", "tiny/tiny_training_state.pth"})
    void otherFilesOfTheSmallModelHoldTheSameWeights(String file) throws IOException {
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(Reference.file("tiny/tiny.pth"));
                OfficialCheckpoint other = OfficialCheckpoint.open(Reference.largeFile(file))) {
            assertThat(other.tensors().keySet()).containsExactlyElementsOf(checkpoint.tensors().keySet());
            for (String name : checkpoint.tensors().keySet()) {
                assertThat(other.tensors().get(name).read()).as(name).isEqualTo(checkpoint.tensors().get(name).read());
            }
        }
    }

    @Test
    void readsBothContainers() throws IOException {
        Map<String, Object> model = ordered("a.weight", vector("0", 3), "b.bias", vector("1", 2));
        Map<String, byte[]> storages = Map.of("0", floats(1, 2, 3), "1", floats(-4, 0.5f));

        for (Path file : List.of(TorchFixture.zip(folder.resolve("new.pth"), Map.of("model", model), storages),
                TorchFixture.legacy(folder.resolve("old.pth"), Map.of("model", model), storages))) {
            try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
                assertThat(checkpoint.tensors().keySet()).containsExactly("a.weight", "b.bias");
                assertThat(read(checkpoint, "a.weight")).containsExactly(1, 2, 3);
                assertThat(read(checkpoint, "b.bias")).containsExactly(-4, 0.5f);
            }
        }
    }

    @Test
    void aDictionaryOfTensorsNeedsNoEntryModel() throws IOException {
        Path file = TorchFixture.zip(folder.resolve("bare.pth"), Map.of("w", vector("0", 1)), Map.of("0", floats(7)));

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
            assertThat(read(checkpoint, "w")).containsExactly(7);
        }
    }

    @Test
    void takesThePrefixOfDistributedTrainingOffWhenAllNamesHaveIt() throws IOException {
        Path all = TorchFixture.zip(folder.resolve("all.pth"), Map.of("model", ordered("module.a", vector("0", 1),
                "module.b", vector("0", 1))), Map.of("0", floats(7)));
        Path some = TorchFixture.zip(folder.resolve("some.pth"), Map.of("model", ordered("module.a", vector("0", 1),
                "b", vector("0", 1))), Map.of("0", floats(7)));

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(all)) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("a", "b");
            assertThat(checkpoint.tensors().get("a").name()).isEqualTo("a");
        }
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(some)) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("module.a", "b");
        }
    }

    /** The optimiser's storage is named in the pickle and is nowhere in the file, so reading it would fail. */
    @Test
    void passesOverEverythingButTheWeights() throws IOException {
        Path file = TorchFixture.zip(folder.resolve("training.pth"), ordered(
                "model", Map.of("w", vector("0", 1)),
                "optimizer", Map.of("state", List.of(new Tensor("FloatStorage", "1", 1L << 40, 0, List.of(1 << 20, 1 << 20),
                        List.of(1 << 20, 1)))),
                "iteration", 1234,
                "arguments", new Call("argparse", "Namespace"),
                "scheduler", new Call("os", "system", "touch " + folder.resolve("touched"))), Map.of("0", floats(7)));

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("w");
            assertThat(read(checkpoint, "w")).containsExactly(7);
        }
        assertThat(folder.resolve("touched")).doesNotExist();
    }

    @Test
    void passesOverOtherStoragesOfTheOlderContainer() throws IOException {
        Map<String, byte[]> storages = new LinkedHashMap<>();
        storages.put("17", floats(1, 2, 3, 4));
        storages.put("4", floats(7));
        Path file = TorchFixture.legacy(folder.resolve("training.pth"), ordered(
                "optimizer", List.of(vector("17", 4), new Call("torch.optim", "SGD")),
                "model", Map.of("w", vector("4", 1))), storages);

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
            assertThat(read(checkpoint, "w")).containsExactly(7);
        }
    }

    @Test
    void foreignClassesAmongTheWeightsAreRefusedByName() throws IOException {
        Map<String, Object> weights = ordered("w", vector("0", 1), "deep", List.of(Map.of("x", new Call("os", "system", "ls"))));
        Path called = TorchFixture.zip(folder.resolve("called.pth"), Map.of("model", weights), Map.of("0", floats(7)));
        Path named = TorchFixture.zip(folder.resolve("named.pth"),
                Map.of("model", Map.of("w", new TorchFixture.Reference("builtins", "eval"))), Map.of());
        Path whole = TorchFixture.zip(folder.resolve("whole.pth"), new Call("models", "GLIP"), Map.of());

        assertThatThrownBy(() -> OfficialCheckpoint.open(called)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("called.pth", "['deep'][...]['x']", "os.system");
        assertThatThrownBy(() -> OfficialCheckpoint.open(named)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("['w']", "builtins.eval");
        assertThatThrownBy(() -> OfficialCheckpoint.open(whole)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("models.GLIP", "expected a dictionary");
    }

    @Test
    void weightsThatAreNoTensorsAreNamed() throws IOException {
        Path file = TorchFixture.zip(folder.resolve("wrong.pth"), Map.of("model", Map.of("w", 5)), Map.of());

        assertThatThrownBy(() -> OfficialCheckpoint.open(file)).isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("['w']", "the value 5", "expected a tensor");
    }

    /** A 2 x 3 matrix 1 2 3 / 4 5 6, its transpose, its last column, and one row behind an offset. */
    @Test
    void followsOffsetsAndStrides() throws IOException {
        Map<String, Object> views = ordered(
                "whole", new Tensor("FloatStorage", "0", 6, 0, List.of(2, 3), List.of(3, 1)),
                "transposed", new Tensor("FloatStorage", "0", 6, 0, List.of(3, 2), List.of(1, 3)),
                "column", new Tensor("FloatStorage", "0", 6, 2, List.of(2), List.of(3)),
                "row", new Tensor("FloatStorage", "0", 6, 3, List.of(1, 3), List.of(77, 1)),
                "number", new Tensor("FloatStorage", "0", 6, 4, List.of(), List.of()),
                "none", new Tensor("FloatStorage", "0", 6, 6, List.of(0, 3), List.of(3, 1)));
        Path file = TorchFixture.zip(folder.resolve("views.pth"), Map.of("model", views), Map.of("0", floats(1, 2, 3, 4, 5, 6)));

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
            assertThat(read(checkpoint, "whole")).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(read(checkpoint, "transposed")).containsExactly(1, 4, 2, 5, 3, 6);
            assertThat(read(checkpoint, "column")).containsExactly(3, 6);
            assertThat(read(checkpoint, "row")).containsExactly(4, 5, 6);
            assertThat(read(checkpoint, "number")).containsExactly(5);
            assertThat(read(checkpoint, "none")).isEmpty();
        }
    }

    /** 1.5 and -2 in each floating-point type; the bit patterns are of IEEE 754. */
    @ParameterizedTest
    @CsvSource({"DoubleStorage, F64, 000000000000f83f00000000000000c0", "FloatStorage, F32, 0000c03f000000c0",
        "HalfStorage, F16, 003e00c0", "BFloat16Storage, BF16, c03f00c0"})
    void readsEachFloatingPointType(String storage, TensorType type, String hex) throws IOException {
        Path file = TorchFixture.zip(folder.resolve("typed.pth"),
                Map.of("w", new Tensor(storage, "0", 2, 0, List.of(2), List.of(1))),
                Map.of("0", HexFormat.of().parseHex(hex)));

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
            assertThat(checkpoint.tensors().get("w").type()).isEqualTo(type);
            assertThat(read(checkpoint, "w")).containsExactly(1.5f, -2);
        }
    }

    /** The largest and the smallest half, one third, minus zero and infinity. */
    @Test
    void widensHalvesExactly() throws IOException {
        ByteBuffer halves = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x7bff)
                .putShort((short) 0x0001).putShort((short) 0x3555).putShort((short) 0x8000).putShort((short) 0xfc00).flip();

        assertThat(TensorType.F16.floats(halves).array()).containsExactly(65504, 5.9604645e-8f, 0.33325195f, -0f,
                Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @CsvSource({"LongStorage, I64, 8", "IntStorage, I32, 4", "ByteStorage, U8, 1", "BoolStorage, BOOL, 1"})
    void readsOtherTypesAsBytes(String storage, TensorType type, int bytes) throws IOException {
        Path file = TorchFixture.zip(folder.resolve("typed.pth"),
                Map.of("w", new Tensor(storage, "0", 1, 0, List.of(1), List.of(1))), Map.of("0", new byte[bytes]));

        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(file)) {
            StoredTensor tensor = checkpoint.tensors().get("w");
            assertThat(tensor.type()).isEqualTo(type);
            assertThat(tensor.read().remaining()).isEqualTo(bytes);
            assertThatThrownBy(tensor::readFloats).isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("w", type.name(), "floating-point");
        }
    }

    private static float[] read(OfficialCheckpoint checkpoint, String name) throws IOException {
        FloatBuffer floats = checkpoint.tensors().get(name).readFloats();
        float[] values = new float[floats.remaining()];
        floats.get(values);
        return values;
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}

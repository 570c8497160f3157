package dev.gleaner.glip.vision;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Windows of 2 x 2 over a map of 3 x 3 whose places are numbered row by row; 9 stands for padding. */
class WindowsTest {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final NDArray map = manager.arange(0, 9, 1, DataType.FLOAT32).reshape(new Shape(9, 1));

    @AfterEach
    void close() {
        manager.close();
    }

    /** The places of each window, window by window. */
    private List<String> places(Windows windows) {
        List<String> places = new ArrayList<>();
        for (Windows.Band band : windows.bands()) {
            float[] rows = windows.rows(map, band).toFloatArray();
            long[] source = band.layout().source().toLongArray();
            for (int i = 0; i < source.length; i += 4) {
                places.add(Arrays.stream(source, i, i + 4)
                        .mapToObj(row -> row < rows.length ? "" + (int) rows[(int) row] : "9")
                        .reduce("", String::concat));
            }
        }
        return places;
    }

    @Test
    void thePlainLayoutPadsRightAndBelow() {
        assertThat(places(new Windows(manager, 3, 3, 1, 2, 0))).containsExactly("0134", "2959", "6799", "8999");
    }

    @Test
    void theShiftedLayoutRollsThePaddedMap() {
        // Rows and columns in the order 1, 2, padding, 0.
        assertThat(places(new Windows(manager, 3, 3, 1, 2, 1))).containsExactly("4578", "9396", "9912", "9990");
    }

    @Test
    void bandsJoinedGiveTheMapBack() {
        for (int shift : new int[] {0, 1}) {
            Windows windows = new Windows(manager, 3, 3, 1, 2, shift);
            NDList bands = new NDList(windows.bands().stream().map(band -> windows.rows(map, band)).toList());
            assertThat(windows.join(bands).toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Test
    void aBandsTargetUndoesItsSource() {
        Windows windows = new Windows(manager, 3, 3, 1, 2, 1);
        for (Windows.Band band : windows.bands()) {
            long[] source = band.layout().source().toLongArray();
            long[] target = band.layout().target().toLongArray();
            for (int row = 0; row < target.length; row++) {
                assertThat(source[(int) target[row]]).isEqualTo(row);
            }
        }
    }

    @Test
    void onlyNeighboursOfTheMapSeeEachOther() {
        Windows windows = new Windows(manager, 3, 3, 1, 2, 1);
        float[] upper = windows.bands().get(0).layout().mask().toFloatArray();
        float[] lower = windows.bands().get(1).layout().mask().toFloatArray();
        assertThat(Arrays.copyOfRange(upper, 0, 16)).containsOnly(0);
        // At the right edge the first column does not see the second.
        assertThat(Arrays.copyOfRange(upper, 16, 32)).containsExactly(
                0, -100, 0, -100, -100, 0, -100, 0, 0, -100, 0, -100, -100, 0, -100, 0);
        // At the lower edge the first row does not see the second.
        assertThat(Arrays.copyOfRange(lower, 0, 16)).containsExactly(
                0, 0, -100, -100, 0, 0, -100, -100, -100, -100, 0, 0, -100, -100, 0, 0);
        // In the corner each sees itself alone.
        assertThat(Arrays.copyOfRange(lower, 16, 32)).containsExactly(
                0, -100, -100, -100, -100, 0, -100, -100, -100, -100, 0, -100, -100, -100, -100, 0);
        assertThat(new Windows(manager, 3, 3, 1, 2, 0).bands().get(0).layout().mask()).isNull();
    }
}

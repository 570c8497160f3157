package dev.gleaner.glip.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GridTest {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    /** Two channels of 1 x 3 places. */
    private final NDArray wide = manager.create(new float[] {1, 2, 3, 10, 20, 30}, new Shape(1, 2, 1, 3));
    /** Two channels of 2 x 1 places. */
    private final NDArray high = manager.create(new float[] {4, 5, 40, 50}, new Shape(1, 2, 2, 1));

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void aRowHoldsTheChannelsOfOnePlace() {
        assertThat(Grid.rows(wide)).isEqualTo(manager.create(new float[] {1, 10, 2, 20, 3, 30}, new Shape(3, 2)));
        assertThat(Grid.of(wide).image(Grid.rows(wide))).isEqualTo(wide);
    }

    @Test
    void severalImagesAreConcatenatedAndSplitAgain() {
        NDList images = new NDList(wide, high);
        NDArray rows = Grid.concatenate(images);

        assertThat(rows.getShape()).isEqualTo(new Shape(5, 2));
        assertThat(Grid.of(images)).isEqualTo(List.of(new Grid(1, 3), new Grid(2, 1)));
        assertThat(Grid.split(rows, Grid.of(images))).containsExactly(wide, high);
    }

    @Test
    void theMeanIsTakenOverPlaces() {
        assertThat(Grid.mean(wide).toFloatArray()).containsExactly(2, 20);
    }
}

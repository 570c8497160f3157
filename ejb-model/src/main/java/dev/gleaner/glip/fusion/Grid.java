package dev.gleaner.glip.fusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Height and width of a feature map, and the two ways of holding it: as an image {@code (1, C, H, W)} and as rows
 * {@code (H * W, C)}, one for each place, row by row. The rows of a channels-last image are the same memory.
 */
public record Grid(int height, int width) {

    /** The grid of an image {@code (1, C, H, W)}. */
    public static Grid of(NDArray image) {
        Shape shape = image.getShape();
        return new Grid((int) shape.get(2), (int) shape.get(3));
    }

    /** (1, C, H, W) to (H * W, C). */
    public static NDArray rows(NDArray image) {
        return image.transpose(0, 2, 3, 1).reshape(-1, image.getShape().get(1));
    }

    /** The mean over all places: (1, C, H, W) to (1, C). */
    public static NDArray mean(NDArray image) {
        return rows(image).mean(new int[] {0}, true);
    }

    /** (H * W, C) to (1, C, H, W), channels last in memory. */
    public NDArray image(NDArray rows) {
        return rows.reshape(1, height, width, -1).transpose(0, 3, 1, 2);
    }

    /** The rows of several images one after the other: (P, C). */
    public static NDArray concatenate(NDList images) {
        return NDArrays.concat(new NDList(images.stream().map(Grid::rows).toList()));
    }

    /** Undoes {@link #concatenate}: the part of the rows that belongs to each of the grids, as images. */
    public static NDList split(NDArray rows, List<Grid> grids) {
        NDList images = new NDList();
        int start = 0;
        for (Grid grid : grids) {
            images.add(grid.image(rows.get("{}:{}", start, start + grid.places())));
            start += grid.places();
        }
        return images;
    }

    /** The grids of several images. */
    public static List<Grid> of(NDList images) {
        List<Grid> grids = new ArrayList<>();
        images.forEach(image -> grids.add(of(image)));
        return grids;
    }

    /** How many places there are. */
    public int places() {
        return height * width;
    }
}

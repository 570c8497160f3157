package dev.gleaner.glip.head;

/**
 * The anchors of one pyramid level: one square box per feature cell, in pixels of the resized image, with inclusive
 * corners ({@code width = x2 - x1 + 1}). Cells come row by row, so cell {@code (y, x)} of a grid {@code W} wide is
 * anchor {@code y * W + x} (RetinaNet, section 4; ATSS uses one anchor per cell).
 */
public final class AnchorGrid {

    private final float[] cell;
    private final int stride;

    /**
     * @param stride pixels between two neighbouring cells
     * @param size   side of the anchor in pixels
     */
    public AnchorGrid(int stride, float size) {
        float centre = (stride - 1) / 2f;
        float reach = (size - 1) / 2f;
        this.cell = new float[] {centre - reach, centre - reach, centre + reach, centre + reach};
        this.stride = stride;
    }

    /**
     * The anchor of one cell.
     *
     * @param index {@code y * gridWidth + x}
     * @return {@code x1, y1, x2, y2}, inclusive
     */
    public float[] anchor(int index, int gridWidth) {
        float x = (index % gridWidth) * (float) stride;
        float y = (index / gridWidth) * (float) stride;
        return new float[] {cell[0] + x, cell[1] + y, cell[2] + x, cell[3] + y};
    }

    /** All anchors of a grid, {@code (gridHeight * gridWidth, 4)} row by row. */
    public float[] all(int gridHeight, int gridWidth) {
        float[] anchors = new float[gridHeight * gridWidth * 4];
        for (int i = 0; i < gridHeight * gridWidth; i++) {
            System.arraycopy(anchor(i, gridWidth), 0, anchors, i * 4, 4);
        }
        return anchors;
    }
}

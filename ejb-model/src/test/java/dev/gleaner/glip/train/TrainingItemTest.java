package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.vision.ImageTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingItemTest {

    private static final ImageTensor IMAGE = new ImageTensor(new float[3], 1, 1, 1, 1, 1, 1);

    private static TrainingItem item(int[] mask, float[] boxes, int[] labels, int[]... tokens) {
        return new TrainingItem(IMAGE, "cat", new int[4], mask, boxes, labels, List.of(tokens), 0);
    }

    @Test
    void thePositiveMapHasAOneForEachTokenOfABox() {
        TrainingItem item = item(new int[4], new float[8], new int[] {0, 1}, new int[] {1, 2}, new int[0]);

        assertThat(item.size()).isEqualTo(2);
        assertThat(item.positiveMap()).isDeepEqualTo(new float[][] {{0, 1, 1, 0}, {0, 0, 0, 0}});
    }

    @Test
    void refusesArraysThatDoNotFitOneAnother() {
        assertThatThrownBy(() -> item(new int[3], new float[0], new int[0])).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attentionMask: 3 entries, expected 4, one for each token id");
        assertThatThrownBy(() -> item(new int[4], new float[4], new int[0])).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("boxes: 4 numbers, expected 0, four for each of 0 labels");
        assertThatThrownBy(() -> item(new int[4], new float[4], new int[1])).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("positiveTokens: 0 entries, expected 1, one for each box");
    }
}

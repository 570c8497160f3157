package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.train.RandomCrop.Window;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomCropTest {

    private static List<TargetBox> boxes(Box... boxes) {
        return List.of(boxes).stream().map(box -> new TargetBox(box, 0)).toList();
    }

    /** Columns 10 to 29 and rows 20 to 49 are kept. */
    @Test
    void cutsBoxesAtTheEdgesAndMovesThem() {
        Window window = new Window(10, 20, 20, 30);

        assertThat(window.clip(Box.xywh(12, 25, 5, 6))).isEqualTo(Box.xywh(2, 5, 5, 6));
        assertThat(window.clip(Box.xywh(5, 40, 100, 100))).isEqualTo(Box.xywh(0, 20, 20, 10));
        assertThat(window.touches(Box.xywh(29, 49, 5, 5))).isTrue();
        assertThat(window.touches(Box.xywh(30, 20, 5, 5))).isFalse();
    }

    /** Of the two boxes the second reaches from edge to edge, so that it must be cut. */
    @Test
    void everyBoxVanishesOrKeepsItsShare() {
        List<TargetBox> boxes = boxes(Box.xywh(10, 10, 12, 8), Box.xywh(0, 30, 100, 20));
        RandomCrop crop = new RandomCrop(1, 0.3, 0.5);
        SplittableRandom random = new SplittableRandom(7);
        int cropped = 0;
        int vanished = 0;
        int cut = 0;
        for (int i = 0; i < 500; i++) {
            Optional<Window> window = crop.draw(100, 60, boxes, random);
            if (window.isEmpty()) {
                continue;
            }
            cropped++;
            Window part = window.get();
            assertThat(part.left()).isBetween(0, 100 - part.width());
            assertThat(part.top()).isBetween(0, 60 - part.height());
            assertThat(part.width()).isBetween(30, 100);
            assertThat(part.height()).isBetween(18, 60);
            assertThat((double) part.width() / part.height()).isBetween(0.5, 2.0);
            int kept = 0;
            for (TargetBox target : boxes) {
                double visible = Math.max(0, part.clip(target.box()).width()) * Math.max(0, part.clip(target.box()).height());
                if (visible == 0) {
                    vanished++;
                } else {
                    assertThat(visible / target.box().area()).isBetween(0.5, 1.0);
                    kept++;
                    cut += visible < target.box().area() ? 1 : 0;
                }
            }
            assertThat(kept).isPositive();
        }
        assertThat(cropped).isGreaterThan(400);
        assertThat(vanished).isPositive();
        assertThat(cut).isPositive();
    }

    @Test
    void leavesTheImageWholeWhereNoPartWillDo() {
        // All of the box must stay, and no part with sides of 0.3 to 0.4999 of the image can hold it.
        assertThat(new RandomCrop(1, 0.3, 1).draw(1000, 100, boxes(Box.xywh(0, 0, 1000, 100)), new SplittableRandom(1))).isEmpty();
        assertThat(RandomCrop.NONE.draw(100, 100, boxes(), new SplittableRandom(1))).isEmpty();
    }

    @Test
    void cutsAnImageThatHoldsNothing() {
        assertThat(new RandomCrop(1, 0.3, 0.5).draw(100, 100, boxes(), new SplittableRandom(1))).isPresent();
    }

    @Test
    void cropsAsOftenAsItIsTold() {
        SplittableRandom random = new SplittableRandom(3);
        RandomCrop crop = new RandomCrop(0.25, 0.9, 0.5);
        int cropped = 0;
        for (int i = 0; i < 4000; i++) {
            cropped += crop.draw(100, 100, boxes(), random).isPresent() ? 1 : 0;
        }
        assertThat(cropped).isBetween(900, 1100);
    }

    @Test
    void refusesSharesThatAreNone() {
        assertThatThrownBy(() -> new RandomCrop(1.5, 0.3, 0.5)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("crop.probability: 1.5, expected a number from 0 to 1");
        assertThatThrownBy(() -> new RandomCrop(1, -1, 0.5)).hasMessageStartingWith("crop.minSide: -1.0");
        assertThatThrownBy(() -> new RandomCrop(1, 0.3, Double.NaN)).hasMessageStartingWith("crop.minVisible: NaN");
    }
}

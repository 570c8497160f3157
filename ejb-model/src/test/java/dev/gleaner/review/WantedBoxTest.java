package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.NewDecision.BoxDecision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WantedBoxTest {

    private static final Image IMAGE = new Image(1, "a.jpg", Path.of("/a.jpg"), 100, 50, 1, "none");
    private static final Map<String, Long> CATEGORIES = Map.of("cat", 7L);

    private static List<WantedBox> read(BoxDecision... boxes) {
        return WantedBox.read(Arrays.asList(boxes), IMAGE, CATEGORIES);
    }

    @Test
    void takesWhatEachActionNeeds() {
        assertThat(read(new BoxDecision(3L, 2, Action.ACCEPT, null, null), new BoxDecision(4L, 0, Action.MOVE, "cat", List.of(0.0, 0.0, 100.0, 50.0)),
                new BoxDecision(null, null, Action.DRAW, "cat", List.of(1.0, 2.0, 3.0, 4.0)))).containsExactly(
                new WantedBox("boxes[0]", 3L, 2, Action.ACCEPT, null, null),
                new WantedBox("boxes[1]", 4L, 0, Action.MOVE, 7L, Box.xywh(0, 0, 100, 50)),
                new WantedBox("boxes[2]", null, 0, Action.DRAW, 7L, Box.xywh(1, 2, 3, 4)));
    }

    @Test
    void namesEverythingThatIsWrong() {
        assertThatThrownBy(() -> read(new BoxDecision(3L, 0, Action.ACCEPT, "cat", null), new BoxDecision(3L, 0, Action.REJECT, null, null),
                new BoxDecision(null, null, Action.DRAW, null, null), new BoxDecision(5L, 0, Action.MOVE, null, List.of(90.0, 0.0, 11.0, 10.0)), null,
                new BoxDecision(6L, 0, Action.REJECT, null, List.of(1.0, 1.0, 1.0, 1.0)), new BoxDecision(8L, 0, Action.MOVE, null, Arrays.asList(1.0, null, 1.0, 1.0)),
                new BoxDecision(9L, 0, Action.MOVE, null, List.of(Double.NaN, 0.0, 1.0, 1.0))))
                .isInstanceOf(InvalidInput.class).satisfies(thrown -> assertThat(((InvalidInput) thrown).faults()).extracting(InvalidInput.Fault::field)
                        .containsExactly("boxes[0].category", "boxes[1].annotation", "boxes[2].category", "boxes[2].bbox", "boxes[3].bbox", "boxes[4].action",
                                "boxes[5].bbox", "boxes[6].bbox", "boxes[7].bbox"));
        assertThatThrownBy(() -> WantedBox.read(null, IMAGE, CATEGORIES)).hasMessageContaining("boxes is missing");
    }
}

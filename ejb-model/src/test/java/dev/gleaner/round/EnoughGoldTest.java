package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.glip.Box;
import dev.gleaner.round.SliceFigures.Comparison;
import dev.gleaner.round.SliceFigures.Resampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EnoughGoldTest {

    private static final Box BOX = Box.xywh(10, 10, 20, 20);

    /** So many images with a dog each, another with a crowd, one with a thing that nobody asks for, and one that is empty. */
    private static GroundTruth truth(int dogs) {
        List<TruthBox> boxes = new ArrayList<>(LongStream.range(0, dogs).mapToObj(image -> TruthBox.of(1 + image, image, 1, BOX)).toList());
        boxes.add(new TruthBox(100, 100, 1, BOX, 400, true, true));
        boxes.add(TruthBox.of(101, 101, 2, BOX));
        return new GroundTruth(LongStream.concat(LongStream.range(0, dogs), LongStream.of(100, 101, 102)).mapToObj(TruthImage::of).toList(),
                List.of(TruthCategory.of(1, "dog")), boxes);
    }

    /** The candidate finds all dogs, the champion none. */
    private static Gate.Decision byFigures(GroundTruth truth) {
        List<DetectedBox> all = truth.boxes().stream().filter(box -> box.categoryId() == 1 && !box.crowd()).map(box -> new DetectedBox(box.imageId(), 1, BOX, 0.9)).toList();
        return SliceFigures.of(new Comparison(truth, List.of(), all), Map.of(), Map.of(), new Resampling(10, 200, 0.95, 1)).decide(Gate.DEFAULT);
    }

    @Test
    void aFewImagesPromoteNobodyHoweverSureTheIntervalSeems() {
        for (int images : List.of(1, 2, 9)) {
            Gate.Decision figures = byFigures(truth(images));
            assertThat(figures.promoted()).as("by its interval").isTrue();
            assertThat(EnoughGold.of(truth(images)).applied(figures)).isEqualTo(new Gate.Decision(false, List.of("the held-out gold is " + images
                    + (images == 1 ? " image" : " images") + " with boxes to be found, expected at least 10: by fewer nobody can tell a better model from a lucky one")));
        }
        Gate.Decision figures = byFigures(truth(10));
        assertThat(EnoughGold.of(truth(10)).applied(figures)).isSameAs(figures);
    }

    @Test
    void whatElseSpeaksAgainstTheCandidateIsToldToo() {
        assertThat(new EnoughGold(3).applied(new Gate.Decision(false, List.of("worse"))).reasons()).hasSize(2).first().isEqualTo("worse");
    }

    /** A candidate that fails on all that could tell of it. */
    @Test
    void nothingToBeFoundIsARefusalAndNoFailure() {
        EnoughGold none = EnoughGold.of(truth(0));
        assertThat(none.isAny()).isFalse();
        assertThat(none.applied(new Gate.Decision(false, List.of())).reasons()).singleElement().asString().startsWith("the held-out gold is 0 images");
    }
}

package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.evaluation.GroundedSentence.Phrase;
import dev.gleaner.evaluation.GroundingRecall.Boxes;
import dev.gleaner.evaluation.GroundingRecall.Recall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroundingRecallTest {

    private static final Corners THING = new Corners(0, 0, 10, 10);
    private static final Corners OTHER = new Corners(20, 0, 30, 10);
    private static final Corners BOTH = new Corners(0, 0, 30, 10);
    private static final Corners WRONG = new Corners(50, 50, 60, 60);

    private static List<Corners> metAtPlace(int place) {
        List<Corners> boxes = new ArrayList<>(Collections.nCopies(place, WRONG));
        boxes.add(THING);
        return boxes;
    }

    private static GroundedSentence sentence(int number, Phrase... phrases) {
        return new GroundedSentence("17", number, List.of(phrases));
    }

    private static SentenceDetections found(int number, List<List<Corners>> boxes) {
        return new SentenceDetections("17", number, boxes);
    }

    @Test
    void countsAPhraseForEachOfItsTypes() {
        Phrase people = new Phrase(List.of("people"), List.of(THING));
        Phrase dog = new Phrase(List.of("animals", "other"), List.of(THING));

        GroundingRecall recall = GroundingRecall.of(List.of(sentence(0, people, dog), sentence(1, people, people)), List.of(
                found(1, List.of(metAtPlace(4), metAtPlace(0))),
                found(0, List.of(metAtPlace(10), metAtPlace(9)))), Boxes.ANY, 0.5);

        assertThat(recall.byType()).containsExactlyInAnyOrderEntriesOf(Map.of(
                "all", new Recall(4, 1 / 4.0, 2 / 4.0, 3 / 4.0, 1),
                "people", new Recall(3, 1 / 3.0, 2 / 3.0, 2 / 3.0, 1),
                "animals", new Recall(1, 0, 0, 1, 1),
                "other", new Recall(1, 0, 0, 1, 1)));
    }

    @Test
    void severalBoxesAreMetOneByOneOrAllTogether() {
        List<GroundedSentence> sentences = List.of(sentence(0, new Phrase(List.of("other"), List.of(THING, OTHER))));
        List<SentenceDetections> one = List.of(found(0, List.of(List.of(OTHER))));
        List<SentenceDetections> both = List.of(found(0, List.of(List.of(BOTH))));

        assertThat(all(sentences, one, Boxes.ANY)).isEqualTo(1);
        assertThat(all(sentences, both, Boxes.ANY)).isZero();
        assertThat(all(sentences, one, Boxes.MERGED)).isZero();
        assertThat(all(sentences, both, Boxes.MERGED)).isEqualTo(1);
    }

    private static double all(List<GroundedSentence> sentences, List<SentenceDetections> detections, Boxes boxes) {
        return GroundingRecall.of(sentences, detections, boxes, 0.5).byType().get(GroundingRecall.ALL).upperBound();
    }

    @Test
    void anOverlapOfExactlyTheLeastIsEnough() {
        List<GroundedSentence> sentences = List.of(sentence(0, new Phrase(List.of("other"), List.of(THING))));
        assertThat(all(sentences, List.of(found(0, List.of(List.of(new Corners(0, 0, 10, 5))))), Boxes.ANY)).isEqualTo(1);
        assertThat(all(sentences, List.of(found(0, List.of(List.of(new Corners(0, 0, 10, 4.9))))), Boxes.ANY)).isZero();
    }

    @Test
    void theFirstOfSeveralPredictionsCountsAndUnknownSentencesDoNot() {
        List<GroundedSentence> sentences = List.of(sentence(0, new Phrase(List.of("other"), List.of(THING))), sentence(1));
        assertThat(all(sentences, List.of(found(0, List.of(metAtPlace(0))), found(0, List.of(List.of(WRONG))), found(1, List.of()),
                found(8, List.of())), Boxes.ANY)).isEqualTo(1);
    }

    @Test
    void aPhraseForWhichNothingWasFoundIsNotMet() {
        assertThat(all(List.of(sentence(0, new Phrase(List.of("other"), List.of(THING)))), List.of(found(0, List.of(List.of()))), Boxes.ANY))
                .isZero();
    }

    @Test
    void refusesMissingSentencesAndPhrases() {
        List<GroundedSentence> sentences = List.of(sentence(3, new Phrase(List.of("other"), List.of(THING))));
        assertThatThrownBy(() -> GroundingRecall.of(sentences, List.of(), Boxes.ANY, 0.5))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("sentence 3 of image 17");
        assertThatThrownBy(() -> GroundingRecall.of(sentences, List.of(found(3, List.of())), Boxes.ANY, 0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("detections for sentence 3 of image 17 are 0 lists; expected 1, one for each phrase with boxes");
        assertThatThrownBy(() -> new Phrase(List.of("other"), List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}

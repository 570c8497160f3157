package dev.gleaner.evaluationrun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.evaluationrun.FamilySummary.Average;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FamilySummaryTest {

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Average.of(Stream.of(0.75, 0.125, 0.25))).contains(new Average(0.375, 0.25, 3));
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertThat(Average.of(Stream.of(0.5, 0.25, 0.0, 1.0))).contains(new Average(0.4375, 0.375, 4));
    }

    @Test
    void nothingHasNoAverage() {
        assertThat(Average.of(Stream.of())).isEmpty();
    }
}

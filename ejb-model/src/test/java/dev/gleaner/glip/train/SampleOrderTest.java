package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SampleOrderTest {

    @Test
    void everyEpochVisitsEveryImageOnce() {
        SampleOrder order = new SampleOrder(100, 3);
        for (long epoch : new long[] {0, 1, 2, 1_000_000_000_000L}) {
            assertThat(order.epoch(epoch)).containsExactlyInAnyOrder(IntStream.range(0, 100).toArray());
        }
    }

    @Test
    void isAFunctionOfSeedAndVisit() {
        SampleOrder order = new SampleOrder(7, 3);
        List<Integer> visited = LongStream.range(0, 70).mapToObj(order::at).toList();

        assertThat(visited.subList(7, 14)).isEqualTo(Arrays.stream(order.epoch(1)).boxed().toList());
        for (int start = 0; start < 70; start += 13) {
            SampleOrder again = new SampleOrder(7, 3);
            assertThat(LongStream.range(start, 70).mapToObj(again::at)).isEqualTo(visited.subList(start, 70));
        }
    }

    /** 24 orders of four images: over 2,400 epochs each comes about a hundred times, in neighbouring seeds and epochs too. */
    @Test
    void ordersAreEvenlySpread() {
        var ofEpochs = LongStream.range(0, 2400).mapToObj(epoch -> Arrays.toString(new SampleOrder(4, 1).epoch(epoch)))
                .collect(Collectors.groupingBy(order -> order, Collectors.counting()));
        var ofSeeds = LongStream.range(0, 2400).mapToObj(seed -> Arrays.toString(new SampleOrder(4, seed).epoch(0)))
                .collect(Collectors.groupingBy(order -> order, Collectors.counting()));

        assertThat(ofEpochs).hasSize(24);
        assertThat(ofSeeds).hasSize(24);
        assertThat(ofEpochs.values()).allSatisfy(count -> assertThat(count).isBetween(60L, 140L));
        assertThat(ofSeeds.values()).allSatisfy(count -> assertThat(count).isBetween(60L, 140L));
    }

    /** A seed's next epoch is not the next seed's epoch, as it would be if the two were added. */
    @Test
    void seedsDoNotShareEpochs() {
        Set<String> orders = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            for (long epoch = 0; epoch < 20; epoch++) {
                orders.add(Arrays.toString(new SampleOrder(30, seed).epoch(epoch)));
            }
        }
        assertThat(orders).hasSize(400);
    }

    /** Stored runs go on with these on any Java; worked out apart from Java, from the specification of its Random. */
    @Test
    void staysTheSameFromReleaseToRelease() {
        assertThat(new SampleOrder(8, 3).epoch(0)).containsExactly(4, 5, 7, 3, 0, 1, 6, 2);
    }

    @Test
    void oneImageIsVisitedAgainAndAgain() {
        SampleOrder order = new SampleOrder(1, 3);
        assertThat(LongStream.range(0, 5).mapToObj(order::at)).containsOnly(0);
    }

    @Test
    void refusesNoImagesAndNegativeVisits() {
        assertThatThrownBy(() -> new SampleOrder(0, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("images: 0, expected at least 1");
        assertThatThrownBy(() -> new SampleOrder(1, 3).at(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("visit: -1, expected 0 or more");
    }
}

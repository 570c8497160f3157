package dev.gleaner.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ThroughputTest {

    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private final Throughput throughput = new Throughput(start);

    @Test
    void countsFromTheStart() {
        assertThat(throughput.finished(8, start.plusSeconds(4))).isEqualTo(2.0);
        assertThat(throughput.finished(8, start.plusSeconds(10))).isEqualTo(1.6);
    }

    @Test
    void forgetsWhatIsOlderThanAMinute() {
        throughput.finished(60, start.plusSeconds(10));
        throughput.finished(60, start.plusSeconds(70));

        // What came in at 70 s is counted since the chunk at 10 s, then since the one at 70 s.
        assertThat(throughput.finished(30, start.plusSeconds(100))).isEqualTo(90.0 / 90);
        assertThat(throughput.finished(30, start.plusSeconds(130))).isEqualTo(60.0 / 60);
    }

    @Test
    void survivesAChunkInNoTime() {
        assertThat(throughput.finished(1, start)).isEqualTo(1000.0);
    }
}

package dev.gleaner.labeling;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the labeling runs at work on this server share, and what the partitions of one run share. */
@ApplicationScoped
public class LabelingServer {

    private final DecodingRoom decodingRoom = new DecodingRoom(Runtime.getRuntime().maxMemory() / 2);
    private final Map<Long, Throughput> throughputs = new ConcurrentHashMap<>();

    DecodingRoom decodingRoom() {
        return decodingRoom;
    }

    /** A partition of the run is about to begin. */
    void opened(long run) {
        throughputs.computeIfAbsent(run, r -> new Throughput(Instant.now()));
    }

    /** @return the run's images per second of late */
    double finished(long run, int images) {
        return throughputs.computeIfAbsent(run, r -> new Throughput(Instant.now())).finished(images, Instant.now());
    }

    /** The run has come to rest. */
    void closed(long run) {
        throughputs.remove(run);
    }
}

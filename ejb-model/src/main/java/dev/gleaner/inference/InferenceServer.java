package dev.gleaner.inference;

import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.modelversion.ModelRuntime;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.remote.RemoteImages;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the runs at work on this server share, and what the partitions of one run share. */
@ApplicationScoped
public class InferenceServer {

    private record Run(String job, long id) {
    }

    private final Map<Run, Throughput> throughputs = new ConcurrentHashMap<>();
    @Inject
    private ModelRuntime runtime;
    @Inject
    private RemoteImages elsewhere;
    private StoredImages images;

    @PostConstruct
    void open() {
        images = new StoredImages(new DecodingRoom(Runtime.getRuntime().maxMemory() / 2), elsewhere);
    }

    /** A partition of the run is about to begin: opens its model; the lane must be closed. */
    public InferenceLane open(String job, long run, ModelVersion model, List<Prompt> prompts, Chunking chunking, Thresholds thresholds) {
        InferenceLane lane = new InferenceLane(runtime.open(model), prompts, chunking, thresholds, images);
        throughput(job, run);
        return lane;
    }

    /**
     * Reads an image that was imported, once there is room for it.
     *
     * @throws IOException if it is too large, gone, changed since then, not to be had, or unreadable
     */
    public RgbImage read(PendingImage image) throws IOException {
        return images.read(image, ImageDecoder::decode);
    }

    /** @return the run's images per second of late */
    public double finished(String job, long run, int images) {
        return throughput(job, run).finished(images, Instant.now());
    }

    private Throughput throughput(String job, long run) {
        return throughputs.computeIfAbsent(new Run(job, run), any -> new Throughput(Instant.now()));
    }

    /** The run has come to rest. */
    public void closed(String job, long run) {
        throughputs.remove(new Run(job, run));
    }
}

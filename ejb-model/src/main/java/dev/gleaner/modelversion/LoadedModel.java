package dev.gleaner.modelversion;

import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Glip.PreparedImage;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A model version on the device, shared with whoever else has it open; give it back with {@link #close}. Any thread may call
 * any method: inference takes its turn on the device.
 */
public interface LoadedModel extends AutoCloseable {

    /** As {@link Glip#decode}; takes no turn on the device. */
    PreparedImage decode(byte[] encoded) throws IOException;

    /** Detections of the prompts above the thresholds, best first, with as few passes as the text length allows. */
    default List<Detection> detect(PreparedImage image, List<Prompt> prompts, Thresholds thresholds) {
        return detect(image, prompts, Chunking.PACKED, thresholds);
    }

    /** Detections of the prompts above the thresholds, best first. */
    List<Detection> detect(PreparedImage image, List<Prompt> prompts, Chunking chunking, Thresholds thresholds);

    /** Detections of the caption's noun phrases above the thresholds, best first. */
    List<Detection> detect(PreparedImage image, String caption, Thresholds thresholds);

    /** Works with the model itself, in its turn on the device. What the work prepares there stays good until the model is given back. */
    <T> T use(Function<Glip, T> work);

    @Override
    void close();
}

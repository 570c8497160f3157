package dev.gleaner.platform;

import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A platform that keeps no predictions beside what people make: boxes that are sent become part of what people work on. So none is ever replaced, and
 * each is sent once: one that somebody deletes there is not sent again.
 */
public interface BoxPlatform extends LabelingPlatform {

    @Override
    default boolean keepsPredictions() {
        return false;
    }

    /**
     * Adds boxes where they can be added. Some may be there already, since nobody knows whether an earlier call arrived: these are not added again.
     *
     * @param predictions without boxes that were sent before
     * @return the boxes that are there now and not by people, by task; the others may be sent with the next push
     */
    @Override
    Map<String, List<ProposedBox>> send(PlatformProject project, List<PlatformPrediction> predictions) throws IOException;

    @Override
    default void put(PlatformProject project, PlatformPrediction prediction) throws IOException {
        send(project, List.of(prediction));
    }
}

package dev.gleaner.labeling;

import dev.gleaner.glip.Detection;
import java.util.List;
import java.util.Optional;

/**
 * What a run has to say about one image: its detections, best first, or why it is in quarantine.
 */
public record LabeledImage(long imageId, List<Detection> detections, Optional<String> quarantine) {

    static LabeledImage with(long imageId, List<Detection> detections) {
        return new LabeledImage(imageId, detections, Optional.empty());
    }

    static LabeledImage quarantined(long imageId, String reason) {
        return new LabeledImage(imageId, List.of(), Optional.of(reason));
    }
}

package dev.gleaner.inference;

import dev.gleaner.glip.Detection;
import java.util.List;
import java.util.Optional;

/**
 * What a run has to say about one image: its detections, best first, or why it is in quarantine.
 */
public record DetectedImage(long imageId, List<Detection> detections, Optional<String> quarantine) {

    static DetectedImage with(long imageId, List<Detection> detections) {
        return new DetectedImage(imageId, detections, Optional.empty());
    }

    static DetectedImage quarantined(long imageId, String reason) {
        return new DetectedImage(imageId, List.of(), Optional.of(reason));
    }
}

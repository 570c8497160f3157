package dev.gleaner.labeling;

import dev.gleaner.inference.DetectedImage;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

/**
 * A run has finished with an image: its proposals are written, or the image is in quarantine. Written in the transaction that
 * writes the proposals; one for each run and image.
 */
@Entity
@Table(name = "labeling_results")
@IdClass(LabelingResult.Key.class)
class LabelingResult {

    record Key(long runId, long imageId) implements Serializable {
    }

    @Id
    private long runId;
    @Id
    private long imageId;
    private int proposals;
    private String quarantine;
    private Instant finishedAt;

    protected LabelingResult() {
    }

    LabelingResult(long runId, DetectedImage image) {
        this.runId = runId;
        this.imageId = image.imageId();
        this.proposals = image.detections().size();
        this.quarantine = image.quarantine().orElse(null);
        this.finishedAt = Instant.now();
    }
}

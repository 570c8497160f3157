package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.DetectedImage;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.hibernate.annotations.Immutable;

/**
 * An evaluation has finished with an image: these are its detections, best first, or why it is in quarantine. Three arrays and
 * not a row for each: a large evaluation has some million detections.
 */
@Entity
@Immutable
@Table(name = "evaluation_detections")
@IdClass(EvaluatedImage.Key.class)
class ImageDetections {

    private static final int NUMBERS = 4;

    @Id
    private long evaluationId;
    @Id
    private long imageId;
    private int[] prompts;
    private double[] boxes;
    private double[] scores;
    private String quarantine;
    private Instant finishedAt;

    protected ImageDetections() {
    }

    /** @param places of the evaluation's prompts */
    ImageDetections(long evaluationId, DetectedImage image, Map<Prompt, Integer> places, int most) {
        List<Detection> kept = image.detections().stream().limit(most).toList();
        this.evaluationId = evaluationId;
        this.imageId = image.imageId();
        this.prompts = kept.stream().mapToInt(found -> places.get(new Prompt(found.category(), found.phrase()))).toArray();
        this.boxes = kept.stream().map(Detection::box)
                .flatMapToDouble(box -> DoubleStream.of(box.x(), box.y(), box.width(), box.height())).toArray();
        this.scores = kept.stream().mapToDouble(Detection::score).toArray();
        this.quarantine = image.quarantine().orElse(null);
        this.finishedAt = Instant.now();
    }

    /** @param categories of the evaluation's prompts, by their places */
    List<DetectedBox> detections(long[] categories) {
        List<DetectedBox> found = new ArrayList<>(scores.length);
        for (int d = 0; d < scores.length; d++) {
            found.add(new DetectedBox(imageId, categories[prompts[d]], box(d), scores[d]));
        }
        return found;
    }

    private Box box(int detection) {
        int at = detection * NUMBERS;
        return Box.xywh(boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]);
    }

    long imageId() {
        return imageId;
    }

    int[] prompts() {
        return prompts;
    }

    List<Box> boxes() {
        return IntStream.range(0, scores.length).mapToObj(this::box).toList();
    }

    double[] scores() {
        return scores;
    }
}

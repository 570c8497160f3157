package dev.gleaner.evaluationrun;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.Protocol;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** By whose rules an evaluation compares boxes. */
public enum EvaluationProtocol {

    /** COCO's 12 figures; the official evaluation keeps 100 detections of an image. */
    COCO("coco", 100, Protocol.COCO),

    /** LVIS's figures with fixed AP: the 10,000 best detections of each category; the official evaluation keeps 300 of an image. */
    LVIS_FIXED("lvis-fixed", 300, Protocol.LVIS);

    private final String label;
    private final int detectionsPerImage;
    private final Protocol rules;

    EvaluationProtocol(String label, int detectionsPerImage, Protocol rules) {
        this.label = label;
        this.detectionsPerImage = detectionsPerImage;
        this.rules = rules;
    }

    DetectionEvaluation evaluate(GroundTruth truth, Collection<DetectedBox> detections) {
        return DetectionEvaluation.of(rules, truth, detections);
    }

    /** What the interface calls it. */
    public String label() {
        return label;
    }

    public static Optional<EvaluationProtocol> labelled(String label) {
        return Arrays.stream(values()).filter(protocol -> protocol.label.equals(label)).findFirst();
    }

    int detectionsPerImage() {
        return detectionsPerImage;
    }

    public Protocol rules() {
        return rules;
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.BoxState;
import dev.gleaner.review.DecidedBox;
import dev.gleaner.review.LoggedDecision;
import dev.gleaner.review.ReviewDecision;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** An entry of the audit log of reviewing: who decided what, when, and what was before. */
public record DecisionView(long id, Long item, Integer itemVersion, long image, String action, String reviewer, String requestId, String origin,
        Instant decidedAt, Double seconds, String comment, String reason, Long undoes, List<ReviewedBoxJson> boxes) {

    /** What a decision did to a box: {@code before} is null of a drawn one, {@code after} of one that is gone. */
    public record ReviewedBoxJson(Long annotation, String action, BoxStateJson before, BoxStateJson after) {

        private static ReviewedBoxJson of(DecidedBox box, Map<Long, String> categories) {
            return new ReviewedBoxJson(box.annotationId().orElse(null), ReviewQueueOrder.label(box.action()),
                    box.before().map(state -> BoxStateJson.of(state, categories)).orElse(null),
                    box.after().map(state -> BoxStateJson.of(state, categories)).orElse(null));
        }
    }

    public record BoxStateJson(String category, List<Double> bbox, Annotation.Status status, int version, String decidedBy, String decidedAt) {

        private static BoxStateJson of(BoxState state, Map<Long, String> categories) {
            return new BoxStateJson(categories.get(state.category()), AnnotationJson.bbox(state.box()), state.status(), state.version(), state.decidedBy(),
                    state.decidedAt());
        }
    }

    static DecisionView of(LoggedDecision logged, Map<Long, String> categories) {
        ReviewDecision decision = logged.decision();
        return new DecisionView(decision.id(), decision.itemId().orElse(null), decision.itemVersion().orElse(null), decision.imageId(),
                ReviewQueueOrder.label(decision.action()), decision.reviewer(), decision.requestId(), decision.origin(), decision.decidedAt(),
                decision.seconds().orElse(null), decision.comment().orElse(null), decision.reason().orElse(null), decision.undoes().orElse(null),
                logged.boxes().stream().map(box -> ReviewedBoxJson.of(box, categories)).toList());
    }
}

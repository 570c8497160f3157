package dev.gleaner.web.rest;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.review.AnswerBox;
import dev.gleaner.review.ReviewItem;
import dev.gleaner.review.ShownBox;
import dev.gleaner.review.ShownItem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** An item of a review queue as its reviewer gets to see it: the image and all boxes on it, decided or not; {@code answers} are null but of a ruling. */
public record ReviewItemView(long id, long queue, int place, ReviewItem.Status status, int version, String reason, Double worth, String reviewer,
        Instant claimedUntil, Instant decidedAt, String skipReason, ImageJson image, List<ReviewBoxJson> boxes, List<AnswerJson> answers) {

    /** A box; {@code open} is the one a decision is wanted about. */
    public record ReviewBoxJson(long annotation, int version, String category, String phrase, List<Double> bbox, Double score, Annotation.Status status,
            Long modelVersion, boolean open) {

        static ReviewBoxJson of(ShownBox box, Map<Long, String> categories) {
            return new ReviewBoxJson(box.annotation(), box.version(), categories.get(box.category()), box.phrase(), AnnotationJson.bbox(box.box()),
                    box.score(), box.status(), box.modelVersion(), box.open());
        }
    }

    /** What one of those said who differ; {@code name} is a letter, and does not tell who. */
    public record AnswerJson(String name, List<AnswerBoxJson> boxes) {
    }

    public record AnswerBoxJson(String category, List<Double> bbox) {

        static AnswerBoxJson of(AnswerBox box, Map<Long, String> categories) {
            return new AnswerBoxJson(categories.get(box.category()), AnnotationJson.bbox(box.box()));
        }
    }

    private static List<AnswerJson> answers(List<List<AnswerBox>> answers, Map<Long, String> categories) {
        return answers.isEmpty() ? null : IntStream.range(0, answers.size()).mapToObj(i -> new AnswerJson(String.valueOf((char) ('A' + i)),
                answers.get(i).stream().map(box -> AnswerBoxJson.of(box, categories)).toList())).toList();
    }

    static ReviewItemView of(ShownItem shown, Map<Long, String> categories) {
        ReviewItem item = shown.item();
        return new ReviewItemView(item.id(), item.queueId(), item.place(), item.status(), item.version(), item.reason(), item.worth().orElse(null),
                item.reviewer().orElse(null), item.claimedUntil().orElse(null), item.decidedAt().orElse(null), item.skipReason().orElse(null),
                ImageJson.of(shown.image()), shown.boxes().stream().map(box -> ReviewBoxJson.of(box, categories)).toList(),
                answers(shown.answers(), categories));
    }
}

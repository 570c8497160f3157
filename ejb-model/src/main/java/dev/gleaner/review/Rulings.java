package dev.gleaner.review;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The last word about images about which the reviewers of a queue differ. Somebody who is none of them gets an item of the image, sees what each of them said
 * without their names, and decides about the boxes as they are; the answers that were compared stay what they are.
 */
final class Rulings {

    private final ReviewRepository reviews;

    Rulings(ReviewRepository reviews) {
        this.reviews = reviews;
    }

    /**
     * Gives the reviewer the item of an image, which is made if nobody asked for it before. One that somebody set aside is handed out again.
     *
     * @param image its id; null is refused
     * @throws InvalidInput if fewer than two reviewers of the queue have decided about the image
     * @throws Conflict     if they agree, or the reviewer was asked about the image in the queue
     * @throws StaleItem    if somebody else holds it, or has decided
     */
    ReviewItem claim(ReviewQueue queue, Long image, String reviewer, Instant now, Duration time) {
        List<ReviewItem> items = image == null ? List.of() : reviews.ofImage(queue.id(), image);
        List<List<AnswerBox>> answers = answers(items);
        if (answers.size() < 2) {
            throw new InvalidInput("image", image, "the id of an image about which several reviewers of " + ReviewQueue.KIND + " " + queue.id() + " have decided");
        }
        if (!differ(answers)) {
            throw new Conflict("the reviewers of image " + image + " agree: there is nothing left to decide");
        }
        requireOther(items, image, reviewer);
        ReviewItem ruling = items.stream().filter(item -> item.kind() == ReviewItem.Kind.RULING).findFirst().flatMap(item -> reviews.lockItem(item.id()))
                .orElseGet(() -> reviews.add(ReviewItem.ruling(queue, image, reviews.lastPlace(queue.id()) + 1)));
        ruling.requireToBeHad(reviewer, now);
        if (ruling.isHeldAt(now)) {
            reviews.renew(ruling.id(), reviewer, time);
            return reviews.lockItem(ruling.id()).orElseThrow();
        }
        ruling.hold(reviewer, now.plus(time));
        reviews.flush();
        return ruling;
    }

    /** @throws Conflict if the item asks for the last word, and the reviewer is one of those who were asked before */
    void requireOther(ReviewItem item, String reviewer) {
        if (item.kind() == ReviewItem.Kind.RULING) {
            requireOther(reviews.ofImage(item.queueId(), item.imageId()), item.imageId(), reviewer);
        }
    }

    private static void requireOther(List<ReviewItem> items, long image, String reviewer) {
        if (items.stream().anyMatch(item -> item.kind() != ReviewItem.Kind.RULING && item.reviewer().filter(reviewer::equals).isPresent())) {
            throw new Conflict("%s was asked about image %d already: somebody else has to decide".formatted(reviewer, image));
        }
    }

    /** What each of the reviewers said, in an order that does not tell who; of other items nothing. */
    List<List<AnswerBox>> answersFor(ReviewItem item) {
        if (item.kind() != ReviewItem.Kind.RULING) {
            return List.of();
        }
        List<List<AnswerBox>> answers = new ArrayList<>(answers(reviews.ofImage(item.queueId(), item.imageId())));
        Collections.shuffle(answers, new Random(new SplittableRandom(item.id()).nextLong()));
        return answers;
    }

    private static List<List<AnswerBox>> answers(List<ReviewItem> items) {
        return items.stream().filter(ReviewItem::consensus).flatMap(item -> item.answer().stream()).toList();
    }

    private static boolean differ(List<List<AnswerBox>> answers) {
        for (List<AnswerBox> one : answers) {
            for (List<AnswerBox> other : answers) {
                if (BoxAgreement.of(one, other).values().stream().anyMatch(agreement -> agreement.first() + agreement.second() > 0)) {
                    return true;
                }
            }
        }
        return false;
    }
}

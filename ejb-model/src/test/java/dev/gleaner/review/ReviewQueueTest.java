package dev.gleaner.review;

import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.NewReviewQueue.Filter;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.review.ReviewQueue.Ordering;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tests of queues have in common: a real database, and ten images in it. */
abstract class ReviewQueueTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    ReviewHarness harness;

    @BeforeEach
    void prepare() throws Exception {
        harness = new ReviewHarness(database, 10);
    }

    <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    List<ReviewItem> items(ReviewQueue queue) throws Exception {
        return in(() -> harness.queues().items(queue.id(), EnumSet.allOf(ReviewItem.Status.class), 0, 1000));
    }

    /** Numbers of the images of a queue, in its order. */
    List<Integer> images(ReviewQueue queue) throws Exception {
        List<Long> ids = harness.images.stream().map(image -> image.id()).toList();
        return items(queue).stream().map(item -> ids.indexOf(item.imageId())).toList();
    }

    NewReviewQueue wanted(Ordering ordering, Filter filter, Double checks, Integer consensus, Double share, Integer limit) {
        return new NewReviewQueue("queue", harness.dataset.id(), ordering, filter, checks, consensus, share, limit, 7L);
    }

    NewReviewQueue filtered(Filter filter) {
        return wanted(null, filter, null, null, null, null);
    }

    void decide(ShownItem item, String reviewer, BoxDecision... boxes) throws Exception {
        decide(item, reviewer, 2.0, boxes);
    }

    void decide(ShownItem item, String reviewer, double seconds, BoxDecision... boxes) throws Exception {
        in(() -> harness.service().decide(item.item().id(), new NewDecision(item.item().version(), UUID.randomUUID().toString(), List.of(boxes), seconds, null,
                Origin.API), reviewer));
    }

    static BoxDecision box(ShownItem item, int box, Action action) {
        ShownBox shown = item.boxes().get(box);
        return new BoxDecision(shown.annotation(), shown.version(), action, null, null);
    }

    static BoxDecision drawn(double x) {
        return new BoxDecision(null, null, Action.DRAW, "cat", List.of(x, 10.0, 20.0, 20.0));
    }

    ReviewQualityService quality() {
        return new ReviewQualityService(new DecisionRepository(database.entities()), new DatasetRepository(database.entities()),
                new ProjectService(new ProjectRepository(database.entities())));
    }
}

package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.glip.Box;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.ImageReviewService.ImageReview;
import dev.gleaner.review.ImageReviewService.NamedBox;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Proposals are 20 x 20 at (x, 10) on an image of 100 x 100. */
class ImageReviewServiceTest {

    private static final Origin PLATFORM = new Origin("label-studio");

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private ReviewHarness harness;
    private ImageReviewService reviews;

    @BeforeEach
    void prepare() throws Exception {
        harness = new ReviewHarness(database, 1);
        EntityManager entities = database.entities();
        reviews = new ImageReviewService(new ReviewRepository(entities), new DecisionRepository(entities), new AnnotationRepository(entities),
                new DatasetRepository(entities), new ProjectRepository(entities));
    }

    private static NamedBox said(String category, double x) {
        return new NamedBox(category, Box.xywh(x, 10, 20, 20));
    }

    private Optional<LoggedDecision> decide(String request, String reviewer, NamedBox... boxes) throws Exception {
        ImageReview review = new ImageReview(harness.images.get(0).id(), request, reviewer, PLATFORM, 4.2, Set.of("cat", "dog"), List.of(boxes));
        return database.inTransaction(() -> reviews.decide(review));
    }

    private int undo(String reviewer, String earlier) throws Exception {
        return database.inTransaction(() -> reviews.undo(harness.images.get(0).id(), reviewer, earlier, earlier + "gone", PLATFORM));
    }

    private Annotation box(long id) throws Exception {
        return database.inTransaction(() -> database.entities().find(Annotation.class, id));
    }

    private long count() throws Exception {
        return database.inTransaction(() -> new AnnotationRepository(database.entities()).ofImage(harness.images.get(0).id(), Status.SHOWN)).size();
    }

    private static List<Action> actions(LoggedDecision decision) {
        return decision.boxes().stream().map(DecidedBox::action).toList();
    }

    @Test
    void findsWhatBecameOfEachBox() throws Exception {
        long accepted = harness.proposed(0, harness.cat, 0, 0.9);
        long moved = harness.proposed(0, harness.cat, 30, 0.8);
        long relabelled = harness.proposed(0, harness.cat, 60, 0.7);
        long rejected = harness.proposed(0, harness.dog, 75, 0.6);

        LoggedDecision decision = decide("a:1", "ls/1", said("cat", 0), said("cat", 33), said("dog", 60), new NamedBox("cat", Box.xywh(0, 60, 30, 30))).orElseThrow();

        assertThat(actions(decision)).containsExactly(Action.ACCEPT, Action.MOVE, Action.RELABEL, Action.DRAW, Action.REJECT);
        assertThat(decision.decision().origin()).isEqualTo("label-studio");
        assertThat(decision.decision().seconds()).contains(4.2);
        assertThat(box(accepted).status()).isEqualTo(Status.ACCEPTED);
        assertThat(box(moved).status()).isEqualTo(Status.CORRECTED);
        assertThat(box(moved).box()).isEqualTo(Box.xywh(33, 10, 20, 20));
        assertThat(box(relabelled).categoryId()).isEqualTo(harness.dog);
        assertThat(box(rejected).status()).isEqualTo(Status.REJECTED);
        assertThat(count()).isEqualTo(5);
    }

    @Test
    void theSameIsNotDoneTwice() throws Exception {
        harness.proposed(0, harness.cat, 0, 0.9);
        long first = decide("b:1", "ls/1", said("cat", 0), said("dog", 50)).orElseThrow().decision().id();

        assertThat(decide("b:1", "ls/1", said("cat", 0), said("dog", 50)).orElseThrow().decision().id()).isEqualTo(first);
        assertThat(decide("b:2", "ls/1", said("cat", 0), said("dog", 50))).as("nothing is different").isEmpty();
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void theReviewerMayThinkBetterOfIt() throws Exception {
        long proposed = harness.proposed(0, harness.cat, 0, 0.9);
        decide("c:1", "ls/1", said("dog", 50));
        assertThat(box(proposed).status()).isEqualTo(Status.REJECTED);

        LoggedDecision again = decide("c:2", "ls/1", said("cat", 0)).orElseThrow();

        assertThat(actions(again)).containsExactly(Action.ACCEPT, Action.REJECT);
        assertThat(box(proposed).status()).isEqualTo(Status.ACCEPTED);
    }

    @Test
    void whatOthersVouchForStays() throws Exception {
        long imported = harness.imported(0, harness.cat, 0);
        long proposed = harness.proposed(0, harness.dog, 50, 0.9);
        decide("d:1", "ls/1", said("dog", 50));
        assertThat(box(imported).status()).isEqualTo(Status.IMPORTED);

        assertThat(decide("d:2", "ls/2").orElseThrow().boxes()).as("another reviewer says that there is nothing").isEmpty();
        assertThat(box(proposed).status()).isEqualTo(Status.ACCEPTED);
    }

    @Test
    void boxesOfCategoriesThatTheOtherProgramDoesNotKnowStay() throws Exception {
        long proposed = harness.proposed(0, harness.dog, 50, 0.9);

        ImageReview review = new ImageReview(harness.images.get(0).id(), "e:1", "ls/1", PLATFORM, null, Set.of("cat"), List.of());
        assertThat(database.inTransaction(() -> reviews.decide(review)).orElseThrow().boxes()).isEmpty();

        assertThat(box(proposed).status()).isEqualTo(Status.PROPOSED);
    }

    private boolean empty() throws Exception {
        return database.inTransaction(() -> (Boolean) database.entities().createNativeQuery("select exists (select 1 from empty_image_decisions where image_id = "
                + harness.images.get(0).id() + ")", Boolean.class).getSingleResult());
    }

    @Test
    void thatNothingIsThereIsAReview() throws Exception {
        LoggedDecision decision = decide("i:1", "ls/1").orElseThrow();
        assertThat(decision.boxes()).isEmpty();
        assertThat(decision.decision().action()).isEqualTo(ReviewDecision.Action.DECIDE);
        Object about = database.inTransaction(() -> database.entities().createNativeQuery("select cast(categories as text) from review_decisions where id = :id")
                .setParameter("id", decision.decision().id()).getSingleResult());
        assertThat(about).as("what the other program knows").isEqualTo("{" + harness.cat + "," + harness.dog + "}");
        assertThat(empty()).isTrue();
        assertThat(decide("i:1", "ls/1").orElseThrow().decision().id()).as("sent again").isEqualTo(decision.decision().id());
        assertThat(decide("i:2", "ls/1")).as("known by now").isEmpty();
        assertThat(decide("i:4", "ls/2")).as("of somebody else").isPresent();
        assertThat(undo("ls/2", "i:")).isEqualTo(1);
        assertThat(undo("ls/1", "i:")).isEqualTo(1);
        assertThat(empty()).isFalse();
        assertThat(decide("i:3", "ls/1")).as("said anew").isPresent();
    }

    @Test
    void whatStandsByWordOfOthersIsConfirmedOnce() throws Exception {
        harness.box(0, harness.cat, "ACCEPTED", 10, 0.9, harness.run, harness.model);
        database.inTransaction(() -> database.entities().createNativeQuery("update annotations set decided_by = 'ann' where image_id = " + harness.images.get(0).id())
                .executeUpdate());
        assertThat(decide("j:1", "ls/1", said("cat", 10))).as("in a gallery nobody said that nothing is missing").isPresent();
        assertThat(decide("j:2", "ls/1", said("cat", 10))).isEmpty();
        assertThat(empty()).as("there is a box").isFalse();
    }

    @Test
    void whereAProposalIsLeftNobodySaidThatNothingIsThere() throws Exception {
        decide("k:1", "ls/1");
        harness.proposed(0, harness.cat, 10, 0.9);
        assertThat(empty()).as("it came later").isTrue();
        database.inTransaction(() -> database.entities().createNativeQuery("update annotations set created_at = '2000-01-01' where image_id = "
                + harness.images.get(0).id()).executeUpdate());
        assertThat(empty()).isFalse();
    }

    @Test
    void allOfItCanBeTakenBack() throws Exception {
        long proposed = harness.proposed(0, harness.cat, 0, 0.9);
        decide("f:1", "ls/1", said("cat", 3), said("dog", 50));
        decide("f:2", "ls/1", said("cat", 0));

        assertThat(undo("ls/1", "f:")).isEqualTo(2);

        assertThat(box(proposed).status()).isEqualTo(Status.PROPOSED);
        assertThat(box(proposed).box()).isEqualTo(Box.xywh(0, 10, 20, 20));
        assertThat(count()).isEqualTo(1);
        assertThat(undo("ls/1", "f:")).as("nothing is left to take back").isZero();
    }

    @Test
    void whatSomebodyElseChangedSinceIsNotTakenBack() throws Exception {
        long proposed = harness.proposed(0, harness.cat, 0, 0.9);
        decide("g:1", "ls/1", said("cat", 0));
        database.inTransaction(() -> {
            database.entities().find(Annotation.class, proposed).reject("ann", Instant.now());
            return null;
        });

        assertThat(undo("ls/1", "g:")).isZero();
        assertThat(box(proposed).status()).isEqualTo(Status.REJECTED);
    }

    @Test
    void aSkipDecidesNothing() throws Exception {
        long proposed = harness.proposed(0, harness.cat, 0, 0.9);

        LoggedDecision skipped = database.inTransaction(() -> reviews.skip(harness.images.get(0).id(), "h:1", "ls/1", PLATFORM, null, "skipped"));

        assertThat(skipped.decision().action()).isEqualTo(ReviewDecision.Action.SKIP);
        assertThat(skipped.decision().reason()).contains("skipped");
        assertThat(box(proposed).status()).isEqualTo(Status.PROPOSED);
    }
}

package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.project.ThresholdChange;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.NewReviewQueue.Filter;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.round.ReviewedThresholds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is told of the reviewing, on a real database. */
class ReviewQualityServiceTest extends ReviewQueueTest {

    @Test
    void figuresOfTheNewestDecisionsSaySo() throws Exception {
        int more = DecisionRepository.MOST + 5;
        in(() -> database.entities().createNativeQuery(("insert into review_decisions (project_id, dataset_id, image_id, action, counts, reviewer, request_id,"
                + " origin, decided_at, seconds) select %d, %d, %d, 'DECIDE', true, case when i <= 5 then 'old' else 'new' end, 'r' || i, 'api',"
                + " now() - (%d - i) * interval '1 second', 2 from generate_series(1, %d) i").formatted(harness.project.id(), harness.dataset.id(),
                harness.images.get(0).id(), more, more)).executeUpdate());
        ReviewQuality quality = in(() -> quality().quality(harness.project.id(), 1));
        assertThat(quality.newest()).isEqualTo(DecisionRepository.MOST);
        assertThat(quality.reviewers()).extracting(ReviewQuality.OfReviewer::reviewer, ReviewQuality.OfReviewer::items)
                .containsExactly(tuple("new", DecisionRepository.MOST));
    }

    @Test
    void countsFollowDecisionsAndTheirUndoing() throws Exception {
        for (int i = 0; i < 4; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        ReviewQueue queue = harness.queue();
        List<ShownItem> items = in(() -> harness.service().claim(queue.id(), 3, "ann"));
        decide(items.get(0), "ann", box(items.get(0), 0, Action.ACCEPT));
        decide(items.get(1), "ann", box(items.get(1), 0, Action.REJECT));
        in(() -> harness.service().skip(items.get(2).item().id(), new NewSkip(items.get(2).item().version(), "skip", "dark", null, null, Origin.API), "ann"));
        assertThat(in(() -> harness.queues().counts(List.of(queue)))).containsExactly(Map.entry(queue.id(), new QueueCounts(1, 0, 2, 1)));
        in(() -> harness.service().undo(items.get(0).item().id(), "back", Origin.API, "ann"));
        in(() -> harness.service().undo(items.get(2).item().id(), "back too", Origin.API, "ann"));
        assertThat(in(() -> harness.queues().counts(List.of(queue)))).containsExactly(Map.entry(queue.id(), new QueueCounts(1, 2, 1, 0)));
    }

    @Test
    void checksAreScoredAndChangeNothing() throws Exception {
        for (int i = 0; i < 9; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        // On image 9 it is known that there are cats at 10 and 60; the model found the first and made one up at 40.
        harness.imported(9, harness.cat, 10);
        harness.imported(9, harness.cat, 60);
        long found = harness.proposed(9, harness.cat, 11, 0.6);
        harness.proposed(9, harness.cat, 40, 0.4);
        ReviewQueue queue = harness.queue(wanted(null, null, 0.1, null, null, null));
        assertThat(queue.items()).isEqualTo(10);
        assertThat(queue.images()).isEqualTo(9);
        List<ReviewItem> checks = items(queue).stream().filter(item -> item.kind() == ReviewItem.Kind.CHECK).toList();
        assertThat(checks).hasSize(1);
        assertThat(checks.get(0).imageId()).isEqualTo(harness.images.get(9).id());
        ShownItem check = in(() -> harness.service().claim(queue.id(), 10, "ann")).stream()
                .filter(item -> item.item().id().equals(checks.get(0).id())).findFirst().orElseThrow();
        assertThat(check.boxes()).as("what is known is not shown").hasSize(2).extracting(ShownBox::open).containsExactly(true, true);
        assertThat(check.item().reason()).startsWith("2 boxes, first of all cat, 0.");
        assertThat(check.item().worth()).isPresent();

        // Ann takes both, and misses the cat at 60.
        decide(check, "ann", box(check, 0, Action.ACCEPT), box(check, 1, Action.ACCEPT));
        assertThat(in(() -> database.entities().createNativeQuery("select status from annotations where id = " + found, String.class).getSingleResult()))
                .isEqualTo("PROPOSED");
        ReviewQuality quality = in(() -> quality().quality(harness.project.id(), 1));
        assertThat(quality.newest()).as("of all").isNull();
        assertThat(quality.reviewers()).hasSize(1);
        ReviewQuality.OfReviewer ann = quality.reviewers().get(0);
        assertThat(ann.checks()).isEqualTo(new BoxAgreement(1, 1, 1));
        assertThat(ann.checkedItems()).isEqualTo(1);
        assertThat(ann.accepted()).as("boxes that were changed").isZero();
        assertThat(quality.categories()).containsExactly(new ReviewQuality.OfCategory("cat", new BoxAgreement(1, 1, 1), BoxAgreement.NONE));
        assertThat(quality.models()).isEmpty();
        assertThat(in(() -> quality().history(harness.images.get(9).id(), Long.MAX_VALUE, 10))).extracting(entry -> entry.decision().counts()).containsExactly(false);
        // Undone, it is to be done again.
        in(() -> harness.service().undo(check.item().id(), UUID.randomUUID().toString(), Origin.API, "ann"));
        assertThat(in(() -> quality().quality(harness.project.id(), 1)).categories()).isEmpty();
    }

    @Test
    void whatIsDecidedAndDoneWithServesAsACheckToo() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        ReviewQueue first = harness.queue();
        ShownItem item = in(() -> harness.service().claim(first.id(), 1, "ann")).get(0);
        ShownBox shown = item.boxes().get(0);
        decide(item, "ann", new BoxDecision(shown.annotation(), 0, Action.MOVE, "dog", List.of(12.0, 10.0, 20.0, 20.0)));
        for (int i = 1; i < 10; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        ReviewItem check = items(harness.queue(wanted(null, null, 0.1, null, null, null))).stream().filter(other -> other.kind() == ReviewItem.Kind.CHECK)
                .findFirst().orElseThrow();
        assertThat(check.imageId()).isEqualTo(harness.images.get(0).id());
        assertThat(check.shown()).as("as it was proposed").extracting(ShownBox::category, box -> box.box().x()).containsExactly(tuple(
                harness.cat, 10.0));
        assertThat(check.truth()).containsExactly(new AnswerBox(harness.dog, 12, 10, 20, 20));
    }

    @Test
    void consensusItemsNeedDifferentReviewersAndAreCompared() throws Exception {
        long open = harness.proposed(0, harness.cat, 10, 0.5);
        ReviewQueue queue = harness.queue(wanted(null, null, null, 2, 1.0, null));
        assertThat(queue.items()).isEqualTo(2);
        List<ShownItem> ann = in(() -> harness.service().claim(queue.id(), 10, "ann"));
        assertThat(ann).hasSize(1);
        assertThat(in(() -> harness.service().claim(queue.id(), 10, "ann"))).as("the other is for others").isEmpty();
        List<ShownItem> bob = in(() -> harness.service().claim(queue.id(), 10, "bob"));
        assertThat(bob).hasSize(1);
        assertThat(bob.get(0).item().kind()).isEqualTo(ReviewItem.Kind.OPINION);
        assertThat(bob.get(0).boxes()).isEqualTo(ann.get(0).boxes());

        // Both take the cat; Bob sees another one. What he says changes nothing.
        decide(ann.get(0), "ann", 2, box(ann.get(0), 0, Action.ACCEPT));
        decide(bob.get(0), "bob", 4, box(bob.get(0), 0, Action.ACCEPT), drawn(60));
        assertThat(in(() -> new AnnotationRepository(database.entities()).ofImage(harness.images.get(0).id(), Status.SHOWN)))
                .extracting(Annotation::id).containsExactly(open);
        ReviewQuality quality = in(() -> quality().quality(harness.project.id(), 1));
        assertThat(quality.reviewers()).extracting(ReviewQuality.OfReviewer::reviewer).containsExactly("ann", "bob");
        assertThat(quality.reviewers()).extracting(ReviewQuality.OfReviewer::agreement).containsExactlyInAnyOrder(new BoxAgreement(1, 0, 1),
                new BoxAgreement(1, 1, 0));
        assertThat(quality.reviewers()).extracting(ReviewQuality.OfReviewer::medianSeconds).containsExactly(2.0, 4.0);
        assertThat(quality.reviewers()).extracting(ReviewQuality.OfReviewer::accepted).containsExactly(1, 0);
        assertThat(quality.categories().get(0).agreement().f1()).isEqualTo(2 / 3.0);
        assertThat(quality.differing()).containsExactly(new ReviewQuality.Differing(queue.id(), harness.images.get(0).id(), List.of("ann", "bob"),
                quality.categories().get(0).agreement()));
        // Bob thinks better of it: nothing is left to settle.
        in(() -> harness.service().undo(bob.get(0).item().id(), UUID.randomUUID().toString(), Origin.API, "bob"));
        ShownItem again = in(() -> harness.service().item(bob.get(0).item().id(), "bob"));
        decide(again, "bob", 4, box(again, 0, Action.ACCEPT));
        assertThat(in(() -> quality().quality(harness.project.id(), 1)).differing()).isEmpty();
    }

    @Test
    void acceptanceAndThresholdsFollowFromDecisions() throws Exception {
        // Ten cats from 0.95 down to 0.5; the lowest two are wrong, one is moved a little, one far.
        List<ShownItem> items = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            harness.proposed(i, harness.cat, 10, 0.95 - 0.05 * i);
        }
        ReviewQueue queue = harness.queue();
        items.addAll(in(() -> harness.service().claim(queue.id(), 10, "ann")));
        items.sort((a, b) -> Double.compare(b.boxes().get(0).score(), a.boxes().get(0).score()));
        for (int i = 0; i < 10; i++) {
            ShownBox shown = items.get(i).boxes().get(0);
            decide(items.get(i), "ann", switch (i) {
                case 8, 9 -> box(items.get(i), 0, Action.REJECT);
                case 2 -> new BoxDecision(shown.annotation(), 0, Action.MOVE, null, List.of(12.0, 10.0, 20.0, 20.0));
                case 3 -> new BoxDecision(shown.annotation(), 0, Action.MOVE, null, List.of(25.0, 10.0, 20.0, 20.0));
                default -> box(items.get(i), 0, Action.ACCEPT);
            });
        }
        ReviewQuality quality = in(() -> quality().quality(harness.project.id(), 1));
        assertThat(quality.models()).containsExactly(new ReviewQuality.OfModel(harness.model, "cat", 6, 2, 2));
        assertThat(quality.models().get(0).acceptance()).isEqualTo(0.6);
        List<ThresholdCurve> curves = in(() -> quality().thresholds(harness.project.id(), new ReviewedThresholds(0.3, 10)));
        assertThat(curves).hasSize(1);
        assertThat(curves.get(0).decisions()).isEqualTo(10);
        assertThat(curves.get(0).accepted()).as("six taken, one moved a little").isEqualTo(7);
        // 7 of 10 are right at 0.5 and above: Wilson's lower end is 0.397.
        assertThat(curves.get(0).fitted()).isCloseTo(0.5, within(1e-9));
        assertThat(curves.get(0).points().get(9).low()).isCloseTo(0.397, within(0.0005));
        assertThat(in(() -> quality().thresholds(harness.project.id(), ReviewedThresholds.DEFAULT)).get(0).fitted()).as("never 0.8").isEqualTo(1);

        in(() -> harness.service().undo(items.get(0).item().id(), UUID.randomUUID().toString(), Origin.API, "ann"));
        assertThat(in(() -> quality().quality(harness.project.id(), 1)).models()).containsExactly(new ReviewQuality.OfModel(harness.model, "cat", 5, 2, 2));
        assertThat(in(() -> quality().thresholds(harness.project.id(), ReviewedThresholds.DEFAULT)).get(0).decisions()).isEqualTo(9);
    }

    @Test
    void aCheckOfSomeCategoriesDoesNotMindOthers() throws Exception {
        for (int i = 0; i < 9; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        harness.imported(9, harness.cat, 10);
        harness.imported(9, harness.dog, 60);
        harness.proposed(9, harness.cat, 10, 0.6);
        ReviewQueue queue = harness.queue(wanted(null, new Filter(List.of("cat"), null, null, null, null, null), 0.1, null, null, null));
        ShownItem check = in(() -> harness.service().claim(queue.id(), 10, "ann")).stream()
                .filter(item -> item.item().kind() == ReviewItem.Kind.CHECK).findFirst().orElseThrow();
        // The dog that the model missed is really there.
        decide(check, "ann", box(check, 0, Action.ACCEPT), new BoxDecision(null, null, Action.DRAW, "dog", List.of(60.0, 10.0, 20.0, 20.0)));
        assertThat(in(() -> quality().quality(harness.project.id(), 1)).reviewers()).extracting(ReviewQuality.OfReviewer::checks)
                .containsExactly(new BoxAgreement(1, 0, 0));
    }

    @Test
    void whoChangedAThresholdIsWrittenDown() throws Exception {
        ProjectService projects = new ProjectService(new ProjectRepository(database.entities()));
        long project = harness.project.id();
        in(() -> projects.setThresholds(project, Map.of("cat", 0.9, "dog", 0.2), "ann"));
        Map<String, Double> back = new HashMap<>();
        back.put("cat", null);
        back.put("dog", 0.2);
        in(() -> projects.setThresholds(project, back, "bob"));
        assertThatThrownBy(() -> in(() -> projects.setThresholds(project, Map.of("cat", 0.1, "cow", 0.1), "bob"))).hasMessageContaining("cow");
        assertThat(in(() -> projects.thresholdChanges(project, Long.MAX_VALUE, 10))).extracting(ThresholdChange::category, ThresholdChange::before,
                ThresholdChange::after, ThresholdChange::changedBy).as("newest first, only what changed").containsExactly(
                tuple("cat", Optional.of(0.9), Optional.empty(), "bob"), tuple("dog", Optional.empty(), Optional.of(0.2), "ann"),
                tuple("cat", Optional.empty(), Optional.of(0.9), "ann"));
        assertThatThrownBy(() -> in(() -> database.entities().createNativeQuery("delete from threshold_changes").executeUpdate()))
                .hasStackTraceContaining("is append-only");
    }
}

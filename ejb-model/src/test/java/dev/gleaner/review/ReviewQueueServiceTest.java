package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.Conflict;
import dev.gleaner.NotFound;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.evaluation.AreaRange;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.NewReviewQueue.Filter;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.review.ReviewQueue.Ordering;
import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What queues are made of, on a real database. */
class ReviewQueueServiceTest extends ReviewQueueTest {

    @Test
    void nearestToItsThresholdFirst() throws Exception {
        // All alike but for their scores: close to 0.5 counts, and what is below it counts by its share of it. The cat of image 3 has no
        // other like it near.
        harness.proposed(0, harness.cat, 10, 0.9);
        harness.proposed(1, harness.cat, 10, 0.2);
        harness.proposed(2, harness.cat, 10, 0.51);
        ReviewQueue queue = harness.queue();
        assertThat(images(queue)).containsExactly(2, 0, 1);
        ReviewItem first = items(queue).get(0);
        // Of entropy 0, disagreement 0, closeness 1 - 0.01 / 0.2, rarity 1 and novelty 1 the mean.
        assertThat(first.worth().orElseThrow()).isCloseTo((0.95 + 1 + 1) / 5, within(1e-9));
        assertThat(first.reason()).isEqualTo("cat, 0.51: no box of this category was reviewed; unlike what was reviewed");
        assertThat(queue.images()).isEqualTo(3);
    }

    @Test
    void theProjectsOwnThresholdCounts() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        harness.proposed(1, harness.cat, 10, 0.9);
        in(() -> new ProjectService(new ProjectRepository(database.entities())).setThresholds(harness.project.id(), Map.of("cat", 0.9), "ann"));
        assertThat(images(harness.queue())).containsExactly(1, 0);
    }

    @Test
    void whatOtherCategoriesAndOtherModelsSayCounts() throws Exception {
        // In different places, so that none is a near-duplicate of another.
        harness.proposed(0, harness.cat, 10, 0.8);
        harness.proposed(1, harness.cat, 40, 0.8);
        harness.proposed(1, harness.dog, 40, 0.8);
        harness.proposed(2, harness.cat, 75, 0.8);
        long older = harness.model("older");
        harness.box(2, harness.cat, "SUPERSEDED", 10, 0.8, harness.run(older), older);
        Map<Integer, String> reasons = new HashMap<>();
        ReviewQueue queue = harness.queue();
        List<Integer> images = images(queue);
        List<ReviewItem> items = items(queue);
        for (int i = 0; i < items.size(); i++) {
            reasons.put(images.get(i), items.get(i).reason());
        }
        assertThat(reasons.get(1)).contains("1 other categories fire in the same place");
        assertThat(reasons.get(2)).contains("model versions agree by 0.00 only");
        assertThat(images).endsWith(0);
    }

    @Test
    void filtersLetThroughWhatTheyName() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.9);
        harness.proposed(1, harness.dog, 10, 0.4);
        long other = harness.model("other");
        long otherRun = harness.run(other);
        harness.box(2, harness.dog, "PROPOSED", 10, 0.5, otherRun, other);
        assertThat(images(harness.queue(filtered(new Filter(List.of("cat"), null, null, null, null, null))))).containsExactly(0);
        assertThat(images(harness.queue(filtered(new Filter(null, List.of(0.3, 0.5), null, null, null, null))))).containsExactlyInAnyOrder(1, 2);
        assertThat(images(harness.queue(filtered(new Filter(null, null, null, other, null, null))))).containsExactly(2);
        assertThat(images(harness.queue(filtered(new Filter(null, null, null, null, otherRun, null))))).containsExactly(2);
        // 20 x 20 is small.
        assertThat(images(harness.queue(filtered(new Filter(null, null, List.of(AreaRange.SMALL), null, null, null))))).hasSize(3);
        assertThatThrownBy(() -> harness.queue(filtered(new Filter(null, null, List.of(AreaRange.MEDIUM, AreaRange.LARGE), null, null, null))))
                .isInstanceOf(Conflict.class).hasMessageContaining("there is nothing to review");
        ReviewQueue cats = harness.queue(filtered(new Filter(List.of("dog"), null, null, null, null, null)));
        harness.proposed(1, harness.cat, 50, 0.9);
        ShownItem item = in(() -> harness.service().claim(cats.id(), 10, "ann")).stream().filter(shown -> shown.image().fileName().equals("1.jpg")).findFirst()
                .orElseThrow();
        assertThat(item.boxes()).extracting(ShownBox::open).as("only the dog is asked about").containsExactly(true, false);
    }

    @Test
    void whatWasMadeByARoundsModel() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        long other = harness.model("student");
        harness.box(1, harness.cat, "PROPOSED", 10, 0.5, harness.run(other), other);
        long round = in(() -> ((Number) database.entities().createNativeQuery(("insert into training_rounds (project_id, name, dataset_id, champion_id,"
                + " prompts, settings, status, phase, trigger, started_by, candidate_id) values (%d, 'round', %d, %d, '[]', '{}', 'COMPLETED', 'DONE', 'x', 'x', %d)"
                + " returning id").formatted(harness.project.id(), harness.dataset.id(), harness.model, other), Long.class).getSingleResult()).longValue());
        assertThat(images(harness.queue(filtered(new Filter(null, null, null, null, null, round))))).containsExactly(1);
        assertThatThrownBy(() -> harness.queue(filtered(new Filter(null, null, null, harness.model, null, round)))).hasMessageContaining("filter.round");
    }

    @Test
    void aPreviewTellsWhatTheQueueWouldHold() throws Exception {
        // Cats on images 0 to 7, two of them on the last, and a dog on image 0; of image 9 it is known what is there.
        for (int i = 0; i < 8; i++) {
            harness.proposed(i, harness.cat, 10, 0.1 + 0.1 * i);
        }
        harness.proposed(7, harness.cat, 50, 0.8);
        harness.proposed(0, harness.dog, 50, 0.9);
        harness.imported(9, harness.cat, 10);
        harness.proposed(9, harness.cat, 10, 0.5);
        QueuePreview all = previewed(wanted(null, null, null, null, null, null));
        assertThat(all).isEqualTo(new QueuePreview(9, 9, 11, false, 0, 0,
                List.of(new QueuePreview.OfCategory("cat", 9, 10), new QueuePreview.OfCategory("dog", 1, 1))));
        // Of the known image nothing is asked but the check: 1 of 9 is as near to a tenth as it gets. A quarter of 8 is 2, seen by two more each.
        NewReviewQueue mixed = wanted(null, null, 0.1, 3, 0.25, null);
        QueuePreview preview = previewed(mixed);
        assertThat(preview).isEqualTo(new QueuePreview(8, 8, 10, false, 1, 4,
                List.of(new QueuePreview.OfCategory("cat", 8, 9), new QueuePreview.OfCategory("dog", 1, 1))));
        ReviewQueue made = harness.queue(mixed);
        assertThat(made.images()).isEqualTo(preview.images());
        assertThat(made.items()).isEqualTo(preview.items()).isEqualTo(13);
        assertThat(previewed(wanted(null, null, null, null, null, 3))).extracting(QueuePreview::images, QueuePreview::found).containsExactly(3, 9);
        assertThat(previewed(filtered(new Filter(List.of("dog"), List.of(0.5, 1.0), List.of(AreaRange.SMALL), harness.model, harness.run, null))))
                .isEqualTo(new QueuePreview(1, 1, 1, false, 0, 0, List.of(new QueuePreview.OfCategory("dog", 1, 1))));
        assertThat(previewed(filtered(new Filter(null, null, List.of(AreaRange.LARGE), null, null, null))))
                .isEqualTo(new QueuePreview(0, 0, 0, false, 0, 0, List.of()));
        assertThat(previewed(new NewReviewQueue(null, harness.dataset.id(), null, null, null, null, null, null, null)).found()).as("without a name").isEqualTo(9);
        assertThatThrownBy(() -> previewed(filtered(new Filter(List.of("cow"), null, null, null, null, null)))).hasMessageContaining("filter.categories[0]");
    }

    @Test
    void aDatasetThatIsKnownThroughoutIsReviewedAllTheSame() throws Exception {
        for (int i = 0; i < 10; i++) {
            harness.imported(i, harness.cat, 10);
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        NewReviewQueue wanted = wanted(null, null, 0.1, null, null, null);
        assertThat(previewed(wanted)).extracting(QueuePreview::images, QueuePreview::checks).containsExactly(9, 1);
        ReviewQueue made = harness.queue(wanted);
        assertThat(made.images()).isEqualTo(9);
        assertThat(images(made)).as("each once, as work or as a check").containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    private QueuePreview previewed(NewReviewQueue wanted) throws Exception {
        return in(() -> harness.queues().preview(wanted));
    }

    @Test
    void lotsAreDrawnAlikeForOneSeedOnly() throws Exception {
        for (int i = 0; i < 10; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        List<Integer> seven = images(harness.queue(wanted(Ordering.RANDOM, null, null, null, null, null)));
        assertThat(seven).hasSize(10).doesNotHaveDuplicates();
        assertThat(images(harness.queue(wanted(Ordering.RANDOM, null, null, null, null, 4)))).isEqualTo(seven.subList(0, 4));
        assertThat(images(harness.queue(new NewReviewQueue("queue", harness.dataset.id(), Ordering.RANDOM, null, null, null, null, null, 8L))))
                .containsExactlyInAnyOrderElementsOf(seven).isNotEqualTo(seven);
    }

    @Test
    void strataAreAlike() throws Exception {
        for (int i = 0; i < 8; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        harness.proposed(8, harness.dog, 10, 0.5);
        harness.proposed(9, harness.dog, 10, 0.5);
        ReviewQueue queue = harness.queue(wanted(Ordering.STRATIFIED, null, null, null, null, 4));
        assertThat(images(queue)).contains(8, 9).hasSize(4);
        assertThat(items(queue)).extracting(ReviewItem::reason).filteredOn("drawn by lot for dog"::equals).hasSize(2);
    }

    @Test
    void aQueueHoldsAsManyAsAreWanted() throws Exception {
        for (int i = 0; i < 6; i++) {
            harness.proposed(i, harness.cat, 10, 0.5 + 0.05 * i);
        }
        assertThat(images(harness.queue(wanted(null, null, null, null, null, 2)))).hasSize(2).containsAnyOf(0, 1);
        assertThat(images(harness.queue(wanted(null, null, null, null, null, 6)))).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }

    @Test
    void anImageFullOfBoxesHidesNoOther() throws Exception {
        for (int i = 0; i < 60; i++) {
            harness.proposed(0, harness.cat, 10, 0.5);
        }
        harness.proposed(1, harness.cat, 10, 0.9);
        harness.proposed(2, harness.dog, 10, 0.1);
        assertThat(images(harness.queue(wanted(null, null, null, null, null, 3)))).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void aClosedQueueHandsNothingOut() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        ReviewQueue queue = harness.queue();
        ShownItem item = in(() -> harness.service().claim(queue.id(), 1, "ann")).get(0);
        assertThatThrownBy(() -> in(() -> {
            harness.queues().remove(queue.id());
            return null;
        })).isInstanceOf(Conflict.class).hasMessageContaining("1 items that reviewers hold");
        in(() -> harness.queues().close(queue.id()));
        assertThatThrownBy(() -> in(() -> harness.service().claim(queue.id(), 1, "bob"))).isInstanceOf(Conflict.class).hasMessageContaining("is closed");
        decide(item, "ann", box(item, 0, Action.ACCEPT));
        in(() -> {
            harness.queues().remove(queue.id());
            return null;
        });
        assertThat(in(() -> quality().history(harness.images.get(0).id(), Long.MAX_VALUE, 10))).as("outlives it").hasSize(1);
    }

    @Test
    void aRemovedQueueTakesWhatAReviewerDecidedOffline() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        harness.proposed(1, harness.cat, 10, 0.9);
        ReviewQueue queue = harness.queue();
        ShownItem item = in(() -> harness.service().claim(queue.id(), 1, "ann")).get(0);
        in(() -> database.entities().createNativeQuery("update review_items set claimed_until = now() - interval '1 second' where id = " + item.item().id())
                .executeUpdate());
        in(() -> {
            harness.queues().remove(queue.id());
            return null;
        });
        assertThatThrownBy(() -> in(() -> harness.queues().get(queue.id()))).isInstanceOf(NotFound.class);
        assertThat(in(() -> harness.queues().newest(harness.project.id(), Long.MAX_VALUE, 10))).isEmpty();
        for (String reviewer : List.of("ann", "bob")) {
            assertThatThrownBy(() -> in(() -> harness.service().claim(queue.id(), 1, reviewer))).isInstanceOf(NotFound.class);
        }
        assertThatThrownBy(() -> in(() -> {
            harness.queues().remove(queue.id());
            return null;
        })).isInstanceOf(NotFound.class);
        decide(item, "ann", box(item, 0, Action.ACCEPT));
        assertThat(in(() -> database.entities().find(Annotation.class, box)).status()).isEqualTo(Status.ACCEPTED);
        in(() -> harness.service().undo(item.item().id(), UUID.randomUUID().toString(), Origin.API, "ann"));
        assertThat(in(() -> database.entities().find(Annotation.class, box)).status()).isEqualTo(Status.PROPOSED);
        assertThat(in(() -> database.entities().createNativeQuery("select count(*) from review_items where queue_id = " + queue.id(), Long.class)
                .getSingleResult())).as("what was never handed out is gone").isEqualTo(1L);
    }

    @Test
    void aQueueOfWhichNothingWasHandedOutIsGone() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        ReviewQueue queue = harness.queue();
        in(() -> {
            harness.queues().remove(queue.id());
            return null;
        });
        assertThat(in(() -> database.entities().find(ReviewQueue.class, queue.id()))).isNull();
    }

    /** Four cats at a threshold, and far from it one of which an earlier model version saw another thing. */
    @Test
    void whatIsFarFromAThresholdIsRankedTooIfItIsWorthMore() throws Exception {
        for (int i = 0; i < 8; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        long older = harness.model("older");
        long olderRun = harness.run(older);
        harness.box(8, harness.dog, "SUPERSEDED", 60, 0.9, olderRun, older);
        harness.box(8, harness.cat, "SUPERSEDED", 10, 0.9, olderRun, older);
        harness.proposed(8, harness.cat, 10, 0.95);
        ReviewQueue queue = harness.queue(wanted(null, null, null, null, null, 2));
        assertThat(images(queue)).startsWith(8).hasSize(2);
        assertThat(items(queue).get(0).reason()).startsWith("1 box, but none for dog, 0.90: only another model version found it");
    }

    @Test
    void beyondTheFirstWindowNearDuplicatesDoNotFollowOneAnotherEither() throws Exception {
        // In the order of nearness: two cats, which are a window; then three cats of one place, then a dog.
        for (int i = 0; i < 5; i++) {
            harness.proposed(i, harness.cat, 10, 0.5 + 0.01 * i);
        }
        harness.proposed(5, harness.dog, 60, 0.56);
        EntityManager entities = database.entities();
        QueueBuilder builder = new QueueBuilder(new QueueCandidates(entities), new AnnotationRepository(entities), new DatasetRepository(entities),
                new ProjectRepository(entities), 2);
        ReviewQueue queue = new ReviewQueue("queue", harness.project.id(), harness.dataset.id(), Ordering.RANKED, ReviewQueue.Among.OPEN, ReviewFilter.ALL, 0, 1, 0.1, 7, "ann");
        List<Long> ids = harness.images.stream().map(image -> image.id()).toList();
        List<NewItem> two = in(() -> builder.items(queue, 6));
        assertThat(two).extracting(item -> ids.indexOf(item.image())).as("windows follow in the order of nearness").startsWith(0, 1).hasSize(6)
                .doesNotHaveDuplicates();
        assertThat(two).extracting(NewItem::worth).as("all are ranked").doesNotContainNull();
        QueueBuilder wider = new QueueBuilder(new QueueCandidates(entities), new AnnotationRepository(entities), new DatasetRepository(entities),
                new ProjectRepository(entities), 3);
        List<Integer> order = in(() -> wider.items(queue, 6)).stream().map(item -> ids.indexOf(item.image())).toList();
        assertThat(order.subList(3, 6)).as("cat, cat, dog by nearness").containsExactlyInAnyOrder(3, 4, 5);
        assertThat(order.indexOf(5)).as("no two cats before the dog").isLessThan(5);
    }

    /** An older version that looked for cats and found none disagrees by that; one that looked for dogs only says nothing of cats. */
    @Test
    void aModelVersionThatFoundNothingDisagrees() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.8);
        harness.proposed(1, harness.cat, 10, 0.8);
        looked(0, "cat");
        looked(1, "dog");
        ReviewQueue queue = harness.queue();
        assertThat(images(queue)).containsExactly(0, 1);
        assertThat(items(queue).get(0).reason()).contains("model versions agree by 0.00 only");
        assertThat(items(queue).get(1).reason()).doesNotContain("model versions");
    }

    private void looked(int image, String category) throws Exception {
        long run = harness.run(harness.model("looked for " + category));
        in(() -> database.entities().createNativeQuery("update labeling_runs set prompts = '[{\"category\": \"%s\", \"phrase\": \"%s\"}]' where id = %d"
                .formatted(category, category, run)).executeUpdate());
        labeled(image, run, 0);
    }

    private void labeled(int image, long run, int proposals) throws Exception {
        in(() -> database.entities().createNativeQuery("insert into labeling_results (run_id, image_id, proposals) values (%d, %d, %d)"
                .formatted(run, harness.images.get(image).id(), proposals)).executeUpdate());
    }

    private NewReviewQueue audit(Ordering ordering, Integer limit, Filter filter) {
        return new NewReviewQueue("audit", harness.dataset.id(), ordering, filter, null, null, null, limit, 7L, ReviewQueue.Among.LABELED);
    }

    @Test
    void anAuditDrawsImagesOnWhichNothingWasFoundToo() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        harness.proposed(1, harness.dog, 10, 0.5);
        harness.box(2, harness.cat, "ACCEPTED", 10, 0.7, harness.run, harness.model);
        labeled(3, harness.run, 0);
        in(() -> database.entities().createNativeQuery("insert into labeling_results (run_id, image_id, proposals, quarantine) values (%d, %d, 0, 'broken')"
                .formatted(harness.run, harness.images.get(4).id())).executeUpdate());
        // Nothing looked at image 5 and those after it.
        harness.imported(5, harness.cat, 10);
        assertThat(images(harness.queue(wanted(Ordering.RANDOM, null, null, null, null, null)))).containsExactlyInAnyOrder(0, 1);
        ReviewQueue lots = harness.queue(audit(Ordering.RANDOM, null, null));
        assertThat(images(lots)).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(images(harness.queue(audit(Ordering.STRATIFIED, null, null)))).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(images(harness.queue(audit(Ordering.STRATIFIED, 2, null)))).as("one stratum is of those where nothing is open").containsAnyOf(2, 3)
                .containsAnyOf(0, 1);
        assertThat(previewed(audit(Ordering.RANDOM, null, null))).extracting(QueuePreview::images, QueuePreview::found, QueuePreview::boxes)
                .containsExactly(4, 4, 2);
        assertThatThrownBy(() -> harness.queue(audit(Ordering.RANDOM, null, new Filter(null, null, null, harness.model("unused"), null, null))))
                .isInstanceOf(Conflict.class).hasMessageContaining("has no image that was labeled");
        assertThatThrownBy(() -> harness.queue(audit(null, null, new Filter(null, List.of(0.1, 0.2), null, null, null, null))))
                .hasMessageContaining("among is \"labeled\"").hasMessageContaining("filter.scores");
        // What the model missed is drawn, and that is all there is to decide.
        ShownItem missed = in(() -> harness.service().claim(lots.id(), 10, "ann")).stream().filter(item -> item.boxes().isEmpty()).findFirst().orElseThrow();
        decide(missed, "ann", drawn(10));
        assertThat(in(() -> new AnnotationRepository(database.entities()).ofImage(missed.image().id(), Status.SHOWN))).extracting(Annotation::status)
                .containsExactly(Status.ACCEPTED);
    }
}

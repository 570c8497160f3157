package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Image;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.NewReviewQueue.Filter;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.review.ReviewQueue.Ordering;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues of all datasets of a project, on a real database: ten images in one, five in another. */
class ProjectQueueTest extends ReviewQueueTest {

    private List<Image> others;
    private long othersRun;

    @BeforeEach
    void another() throws Exception {
        others = harness.dataset("another", 5);
        othersRun = harness.run(harness.model, others.get(0).datasetId());
    }

    private long there(int image, long category, double x, double score) throws Exception {
        return harness.box(others.get(image), category, "PROPOSED", x, score, othersRun, harness.model);
    }

    private NewReviewQueue all(Ordering ordering, Filter filter, Double checks, Integer limit, ReviewQueue.Among among) {
        return new NewReviewQueue("all", null, ordering, filter, checks, null, null, limit, 7L, among, harness.project.id());
    }

    private NewReviewQueue all() {
        return all(null, null, null, null, null);
    }

    private List<Long> ids(ReviewQueue queue) throws Exception {
        return items(queue).stream().map(ReviewItem::imageId).toList();
    }

    private long here(int image) {
        return harness.images.get(image).id();
    }

    private long other(int image) {
        return others.get(image).id();
    }

    @Test
    void ranksImagesOfAllDatasetsInOneOrder() throws Exception {
        // In different places, so that none is a near-duplicate of another.
        harness.proposed(0, harness.cat, 0, 0.9);
        there(0, harness.cat, 40, 0.51);
        harness.proposed(1, harness.cat, 75, 0.6);
        ReviewQueue queue = harness.queue(all());
        assertThat(ids(queue)).containsExactly(other(0), here(1), here(0));
        assertThat(queue.datasetId()).isEmpty();
        assertThat(in(() -> harness.queues().newest(harness.project.id(), Long.MAX_VALUE, 10))).extracting(ReviewQueue::id).containsExactly(queue.id());
        assertThat(ids(harness.queue())).as("one dataset, as before").containsExactly(here(1), here(0));
    }

    @Test
    void onlyTheNearestAreLookedAtWhereThereAreMore() throws Exception {
        for (int i = 0; i < 5; i++) {
            harness.proposed(i, harness.cat, 10, 0.9);
            there(i, harness.cat, 10, 0.5 + 0.01 * i);
        }
        List<Long> near = in(() -> new QueueCandidates(database.entities()).near(List.of(harness.dataset.id(), others.get(0).datasetId()), ReviewFilter.ALL,
                List.of(harness.cat), 4)).stream().map(QueueCandidates.Candidate::image).toList();
        assertThat(near).containsExactly(other(0), other(1), other(2), other(3));
    }

    @Test
    void drawsByLotAmongAllDatasets() throws Exception {
        Set<Long> everything = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
            there(i, harness.dog, 10, 0.5);
            everything.addAll(List.of(here(i), other(i)));
        }
        List<Long> seven = ids(harness.queue(all(Ordering.RANDOM, null, null, null, null)));
        assertThat(seven).containsExactlyInAnyOrderElementsOf(everything);
        assertThat(ids(harness.queue(all(Ordering.RANDOM, null, null, 4, null)))).isEqualTo(seven.subList(0, 4));
        List<Long> strata = ids(harness.queue(all(Ordering.STRATIFIED, null, null, 4, null)));
        assertThat(strata.stream().filter(image -> others.stream().anyMatch(other -> other.id().equals(image)))).as("dogs are there only").hasSize(2);
    }

    @Test
    void auditsWhatWasLabeledInAnyDataset() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        in(() -> database.entities().createNativeQuery("insert into labeling_results (run_id, image_id, proposals) values (%d, %d, 0)".formatted(othersRun, other(2)))
                .executeUpdate());
        NewReviewQueue audit = all(Ordering.RANDOM, null, null, null, ReviewQueue.Among.LABELED);
        assertThat(ids(harness.queue(audit))).containsExactlyInAnyOrder(here(0), other(2));
        assertThat(in(() -> harness.queues().preview(audit)).found()).isEqualTo(2);
    }

    @Test
    void whatEarlierVersionsFoundInAnyDatasetCounts() throws Exception {
        long older = harness.model("older");
        harness.box(2, harness.dog, "SUPERSEDED", 60, 0.8, harness.run(older), older);
        harness.proposed(2, harness.cat, 40, 0.99);
        harness.box(others.get(3), harness.dog, "SUPERSEDED", 60, 0.9, harness.run(older, others.get(0).datasetId()), older);
        there(3, harness.cat, 40, 0.99);
        // That one is still there.
        harness.box(others.get(4), harness.dog, "SUPERSEDED", 60, 0.9, harness.run(older, others.get(0).datasetId()), older);
        there(4, harness.dog, 60, 0.99);
        for (long seed = 0; seed < 4; seed++) {
            long begin = seed;
            assertThat(in(() -> new QueueCandidates(database.entities()).lost(List.of(harness.dataset.id(), others.get(0).datasetId()), ReviewFilter.ALL,
                    List.of(harness.cat, harness.dog), 10, begin))).as("wherever looking begins").extracting(QueueCandidates.Candidate::image)
                    .containsExactly(other(3), here(2));
        }
    }

    @Test
    void aPreviewCountsAllDatasets() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        there(0, harness.cat, 10, 0.5);
        there(0, harness.dog, 50, 0.5);
        assertThat(in(() -> harness.queues().preview(all()))).isEqualTo(new QueuePreview(2, 2, 3, false, 0, 0,
                List.of(new QueuePreview.OfCategory("cat", 2, 2), new QueuePreview.OfCategory("dog", 1, 1))));
    }

    @Test
    void whatIsKnownOfAnyDatasetIsACheck() throws Exception {
        for (int i = 0; i < 9; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        harness.box(others.get(4), harness.cat, "IMPORTED", 10, null, null, null);
        there(4, harness.cat, 10, 0.6);
        ReviewQueue queue = harness.queue(all(null, null, 0.1, null, null));
        assertThat(items(queue)).filteredOn(item -> item.kind() == ReviewItem.Kind.CHECK).extracting(ReviewItem::imageId).containsExactly(other(4));
    }

    @Test
    void decisionsAreOfTheImagesDatasetAndMakeItKnown() throws Exception {
        long box = there(0, harness.cat, 10, 0.5);
        ReviewQueue queue = harness.queue(all());
        ShownItem item = in(() -> harness.service().claim(queue.id(), 1, "ann")).get(0);
        decide(item, "ann", box(item, 0, Action.ACCEPT));
        assertThat(in(() -> quality().history(other(0), Long.MAX_VALUE, 10))).extracting(entry -> entry.decision().datasetId())
                .containsExactly(others.get(0).datasetId());
        List<Long> known = in(() -> new QueueCandidates(database.entities()).known(harness.project.id(), List.of(others.get(0).datasetId()), 10, 7));
        assertThat(known).as("to a queue of that dataset").containsExactly(other(0));
        assertThat(in(() -> new QueueCandidates(database.entities()).known(harness.project.id(), List.of(harness.dataset.id()), 10, 7))).isEmpty();
        in(() -> harness.service().undo(item.item().id(), UUID.randomUUID().toString(), Origin.API, "ann"));
        assertThat(in(() -> database.entities().find(Annotation.class, box)).status()).isEqualTo(Annotation.Status.PROPOSED);
    }

    @Test
    void filtersByARunOfAnyDataset() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        there(1, harness.cat, 10, 0.5);
        Filter ofRun = new Filter(null, null, null, null, othersRun, null);
        assertThat(ids(harness.queue(all(null, ofRun, null, null, null)))).containsExactly(other(1));
        assertThatThrownBy(() -> harness.queue(filtered(ofRun))).as("of the first dataset").hasMessageContaining("filter.run");
    }

    @Test
    void eitherADatasetOrAProjectIsNamed() {
        NewReviewQueue both = new NewReviewQueue("q", harness.dataset.id(), null, null, null, null, null, null, 7L, null, harness.project.id());
        assertThatThrownBy(() -> harness.queue(both)).isInstanceOf(InvalidInput.class).hasMessageContaining("project is \"" + harness.project.id())
                .hasMessageContaining("nothing where a dataset is named");
        NewReviewQueue none = new NewReviewQueue("q", null, null, null, null, null, null, null, 7L, null, 987_654_321L);
        assertThatThrownBy(() -> harness.queue(none)).isInstanceOf(InvalidInput.class).hasMessageContaining("a project with a dataset that is READY");
        assertThatThrownBy(() -> harness.queue(all())).hasMessageContaining("project " + harness.project.id() + " has no open proposal");
    }
}

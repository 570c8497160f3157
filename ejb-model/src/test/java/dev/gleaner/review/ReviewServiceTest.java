package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.BoxState;
import dev.gleaner.glip.Box;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Claims and decisions on a real database, without a server. */
class ReviewServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private ReviewHarness harness;

    @BeforeEach
    void prepare() throws Exception {
        harness = new ReviewHarness(database, 20);
    }

    private <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private Annotation annotation(long id) throws Exception {
        return in(() -> database.entities().find(Annotation.class, id));
    }

    private List<ShownItem> claim(long queue, int count, String reviewer) throws Exception {
        return in(() -> harness.service().claim(queue, count, reviewer));
    }

    private LoggedDecision decide(long item, int version, String request, String reviewer, BoxDecision... boxes) throws Exception {
        return in(() -> harness.service().decide(item, new NewDecision(version, named(request), List.of(boxes), 4.5, "well", Origin.CONSOLE), reviewer));
    }

    /** All tests share one database. */
    private String named(String request) {
        return harness.project.name() + " " + request;
    }

    private static BoxDecision box(long annotation, int version, Action action) {
        return new BoxDecision(annotation, version, action, null, null);
    }

    @Test
    void anItemShowsAllThatIsOnTheImage() throws Exception {
        long open = harness.proposed(0, harness.cat, 10, 0.52);
        long old = harness.imported(0, harness.dog, 50);
        harness.box(0, harness.cat, "SUPERSEDED", 10, 0.4, harness.run, harness.model);
        ShownItem item = claim(harness.queue().id(), 5, "ann").get(0);
        assertThat(item.image().fileName()).isEqualTo("0.jpg");
        assertThat(item.item().reason()).startsWith("cat, 0.52: ");
        assertThat(item.item().version()).isEqualTo(1);
        assertThat(item.boxes()).extracting(ShownBox::annotation).containsExactly(open, old);
        assertThat(item.boxes()).extracting(ShownBox::open).containsExactly(true, false);
        assertThat(claim(harness.queue().id(), 5, "bob")).as("of another queue").hasSize(1);
    }

    @Test
    void twoReviewersAtOnceNeverGetTheSameItem() throws Exception {
        for (int i = 0; i < 20; i++) {
            harness.proposed(i, harness.cat, 10, 0.5 + i * 0.01);
        }
        long queue = harness.queue().id();
        List<Long> claimed = Collections.synchronizedList(new ArrayList<>());
        CyclicBarrier start = new CyclicBarrier(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                String reviewer = "reviewer " + t;
                done.add(threads.submit(() -> {
                    start.await();
                    List<ShownItem> got;
                    do {
                        got = database.besides(own -> harness.service(own).claim(queue, 2, reviewer));
                        got.forEach(item -> claimed.add(item.item().id()));
                    } while (!got.isEmpty());
                    return null;
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(claimed).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void whatIsBeingClaimedIsPassedOver() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        harness.proposed(1, harness.cat, 40, 0.8);
        long queue = harness.queue().id();
        // Bob asks while Ann's claim is not through yet: he waits for nothing and gets the next.
        String[] bob = new String[1];
        String ann = database.besides(own -> {
            String got = harness.service(own).claim(queue, 1, "ann").get(0).image().fileName();
            bob[0] = database.besides(other -> harness.service(other).claim(queue, 1, "bob").get(0).image().fileName());
            return got;
        });
        assertThat(List.of(ann, bob[0])).containsExactlyInAnyOrder("0.jpg", "1.jpg");
    }

    @Test
    void aClaimOfAClosedBrowserComesBack() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long queue = harness.queue().id();
        ShownItem ann = claim(queue, 1, "ann").get(0);
        assertThat(claim(queue, 1, "bob")).isEmpty();
        assertThat(in(() -> harness.service().held(queue, "ann"))).hasSize(1);
        expire(ann.item().id());
        assertThat(in(() -> harness.service().held(queue, "ann"))).isEmpty();
        assertThat(in(() -> harness.queues().counts(List.of(harness.queues().get(queue))))).containsValue(new QueueCounts(1, 0, 0, 0));
        ShownItem bob = claim(queue, 1, "bob").get(0);
        assertThat(bob.item().id()).isEqualTo(ann.item().id());
        assertThatThrownBy(() -> decide(ann.item().id(), ann.item().version(), "1", "ann", box(box, 0, Action.ACCEPT)))
                .isInstanceOf(StaleItem.class).hasMessageContaining("is held by bob");
        assertThat(annotation(box).status()).isEqualTo(Status.PROPOSED);
    }

    @Test
    void aCallAboutTheItemGivesMoreTime() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        long item = claim(harness.queue().id(), 1, "ann").get(0).item().id();
        expire(item);
        in(() -> harness.service().item(item, "bob"));
        assertThat(in(() -> harness.service().item(item, "bob")).item().isHeldAt(Instant.now())).as("another's call").isFalse();
        ShownItem renewed = in(() -> harness.service().item(item, "ann"));
        assertThat(renewed.item().isHeldAt(Instant.now())).isTrue();
        assertThat(renewed.item().version()).as("the same item").isEqualTo(1);
    }

    private void expire(long item) throws Exception {
        in(() -> database.entities().createNativeQuery("update review_items set claimed_until = now() - interval '1 second' where id = " + item)
                .executeUpdate());
    }

    @Test
    void timeThatIsOverMattersOnlyIfSomebodyElseTookIt() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        ShownItem item = claim(harness.queue().id(), 1, "ann").get(0);
        expire(item.item().id());
        decide(item.item().id(), item.item().version(), "1", "ann", box(box, 0, Action.ACCEPT));
        assertThat(annotation(box).status()).isEqualTo(Status.ACCEPTED);
    }

    @Test
    void givenBackItWaitsForTheNext() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        long queue = harness.queue().id();
        long item = claim(queue, 1, "ann").get(0).item().id();
        assertThatThrownBy(() -> in(() -> harness.service().release(item, "bob"))).isInstanceOf(StaleItem.class).hasMessageContaining("not held by bob");
        in(() -> harness.service().release(item, "ann"));
        assertThat(claim(queue, 1, "bob")).extracting(shown -> shown.item().id()).containsExactly(item);
    }

    @Test
    void aDecisionDoesAllOfItAndTellsWhatWasBefore() throws Exception {
        long right = harness.proposed(0, harness.cat, 10, 0.52);
        long wrong = harness.proposed(0, harness.cat, 40, 0.51);
        long other = harness.proposed(0, harness.cat, 70, 0.5);
        long off = harness.imported(0, harness.dog, 5);
        long left = harness.proposed(0, harness.dog, 60, 0.3);
        ShownItem item = claim(harness.queue().id(), 1, "ann").get(0);
        LoggedDecision logged = decide(item.item().id(), 1, "1", "ann", box(right, 0, Action.ACCEPT), box(wrong, 0, Action.REJECT),
                new BoxDecision(other, 0, Action.RELABEL, "dog", null), new BoxDecision(off, 0, Action.MOVE, null, List.of(6.0, 11.0, 22.0, 23.0)),
                new BoxDecision(null, null, Action.DRAW, "cat", List.of(0.0, 0.0, 100.0, 100.0)), box(left, 0, Action.KEEP));

        assertThat(annotation(right).status()).isEqualTo(Status.ACCEPTED);
        assertThat(annotation(right).decidedBy()).contains("ann");
        assertThat(annotation(wrong).status()).isEqualTo(Status.REJECTED);
        Annotation relabelled = annotation(other);
        assertThat(relabelled.status()).isEqualTo(Status.CORRECTED);
        assertThat(relabelled.categoryId()).isEqualTo(harness.dog);
        assertThat(relabelled.original()).contains(new BoxState.Original(harness.cat, 70, 10, 20, 20));
        assertThat(annotation(off).box()).isEqualTo(Box.xywh(6, 11, 22, 23));
        assertThat(annotation(off).original()).contains(new BoxState.Original(harness.dog, 5, 10, 20, 20));
        assertThat(annotation(left).status()).isEqualTo(Status.PROPOSED);
        assertThat(logged.decision().seconds()).contains(4.5);
        assertThat(logged.decision().itemVersion()).contains(2);
        List<DecidedBox> boxes = logged.boxes();
        assertThat(boxes).extracting(DecidedBox::action).containsExactly(Action.ACCEPT, Action.REJECT, Action.RELABEL, Action.MOVE, Action.DRAW, Action.KEEP);
        assertThat(boxes.get(0).before().orElseThrow()).isEqualTo(new BoxState(harness.cat, 10, 10, 20, 20, Status.PROPOSED, null, null, null, 0));
        assertThat(boxes.get(0).after().orElseThrow().version()).isEqualTo(1);
        assertThat(boxes.get(5).after().orElseThrow().version()).isZero();
        Annotation drawn = annotation(boxes.get(4).annotationId().orElseThrow());
        assertThat(drawn.status()).isEqualTo(Status.ACCEPTED);
        assertThat(drawn.score()).isEmpty();
        assertThat(drawn.box()).isEqualTo(Box.xywh(0, 0, 100, 100));
        ShownItem after = in(() -> harness.service().item(item.item().id(), "ann"));
        assertThat(after.item().status()).isEqualTo(ReviewItem.Status.DONE);
        assertThat(after.boxes()).extracting(ShownBox::open).containsExactly(false, false, false, false, true, false);
    }

    @Test
    void sentAgainItIsNotDoneAgain() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long second = harness.proposed(1, harness.cat, 10, 0.5);
        List<ShownItem> items = claim(harness.queue().id(), 2, "ann");
        long item = items.stream().filter(shown -> shown.image().fileName().equals("0.jpg")).findFirst().orElseThrow().item().id();
        BoxDecision drawn = new BoxDecision(null, null, Action.DRAW, "dog", List.of(1.0, 2.0, 3.0, 4.0));
        LoggedDecision first = decide(item, 1, "r", "ann", box(box, 0, Action.ACCEPT), drawn);
        long entries = database.count("review_decisions");
        long annotations = database.count("annotations");
        LoggedDecision again = decide(item, 1, "r", "ann", box(box, 0, Action.ACCEPT), drawn);
        assertThat(again.decision().id()).isEqualTo(first.decision().id());
        assertThat(again.decision().decidedAt()).isEqualTo(first.decision().decidedAt());
        assertThat(again.boxes()).extracting(DecidedBox::after).isEqualTo(first.boxes().stream().map(DecidedBox::after).toList());
        assertThat(again.boxes()).extracting(DecidedBox::annotationId).isEqualTo(first.boxes().stream().map(DecidedBox::annotationId).toList());
        assertThat(database.count("review_decisions")).isEqualTo(entries);
        assertThat(database.count("annotations")).isEqualTo(annotations);
        long next = items.stream().map(shown -> shown.item().id()).filter(id -> id != item).findFirst().orElseThrow();
        assertThatThrownBy(() -> decide(next, 1, "r", "ann", box(second, 0, Action.ACCEPT))).isInstanceOf(Conflict.class)
                .hasMessageContaining("request \"%s\" was a DECIDE of review item %d".formatted(named("r"), item));
    }

    @Test
    void whatChangedMeanwhileIsAConflictAndNothingIsDone() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long other = harness.proposed(0, harness.cat, 40, 0.5);
        ShownItem item = claim(harness.queue().id(), 1, "ann").get(0);
        ShownItem elsewhere = claim(harness.queue().id(), 1, "bob").get(0);
        decide(elsewhere.item().id(), 1, "1", "bob", box(other, 0, Action.REJECT));
        assertThatThrownBy(() -> decide(item.item().id(), 1, "1", "ann", box(box, 0, Action.ACCEPT), box(other, 0, Action.ACCEPT)))
                .isInstanceOf(StaleItem.class).hasMessage("box %d was changed since version 0: it is REJECTED, version 1, decided by bob".formatted(other));
        assertThat(annotation(box).status()).isEqualTo(Status.PROPOSED);
        assertThatThrownBy(() -> decide(item.item().id(), 0, "2", "ann", box(box, 0, Action.ACCEPT))).isInstanceOf(StaleItem.class)
                .hasMessageContaining("changed since version 0; it has version 1");
        decide(item.item().id(), 1, "3", "ann", box(box, 0, Action.ACCEPT), box(other, 1, Action.ACCEPT));
        assertThat(annotation(other).decidedBy()).contains("ann");
        assertThatThrownBy(() -> decide(item.item().id(), 2, "4", "bob", box(box, 1, Action.REJECT))).isInstanceOf(StaleItem.class)
                .hasMessageContaining("was decided by ann");
    }

    @Test
    void anUndoRestoresExactlyWhatWasBefore() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long old = harness.imported(0, harness.dog, 50);
        ShownItem item = claim(harness.queue().id(), 1, "ann").get(0);
        long id = item.item().id();
        LoggedDecision done = decide(id, 1, "1", "ann", new BoxDecision(box, 0, Action.MOVE, "dog", List.of(1.0, 1.0, 5.0, 5.0)),
                box(old, 0, Action.REJECT), new BoxDecision(null, null, Action.DRAW, "dog", List.of(1.0, 2.0, 3.0, 4.0)));
        long drawn = done.boxes().get(2).annotationId().orElseThrow();

        LoggedDecision undone = in(() -> harness.service().undo(id, named("2"), Origin.CONSOLE, "ann"));
        assertThat(undone.decision().undoes()).contains(done.decision().id());
        assertThat(annotation(box).state()).isEqualTo(new BoxState(harness.cat, 10, 10, 20, 20, Status.PROPOSED, null, null, null, 2));
        assertThat(annotation(old).state()).isEqualTo(new BoxState(harness.dog, 50, 10, 20, 20, Status.IMPORTED, null, null, null, 2));
        assertThat(annotation(drawn)).isNull();
        assertThat(undone.boxes().get(2).after()).isEmpty();
        ShownItem again = in(() -> harness.service().item(id, "ann"));
        assertThat(again.item().status()).isEqualTo(ReviewItem.Status.CLAIMED);
        assertThat(again.item().version()).isEqualTo(3);

        assertThatThrownBy(() -> in(() -> harness.service().undo(id, named("3"), Origin.CONSOLE, "ann"))).isInstanceOf(StaleItem.class)
                .hasMessageContaining("nothing was decided");
        long entries = database.count("review_decisions");
        in(() -> harness.service().undo(id, named("2"), Origin.CONSOLE, "ann"));
        assertThat(database.count("review_decisions")).as("sent again").isEqualTo(entries);
        decide(id, 3, "4", "ann", box(box, 2, Action.ACCEPT));
        assertThat(annotation(box).status()).isEqualTo(Status.ACCEPTED);
        assertThat(annotation(box).box()).isEqualTo(Box.xywh(10, 10, 20, 20));
    }

    @Test
    void anUndoIsRefusedToOthersAndAfterAChange() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        ShownItem item = claim(harness.queue().id(), 1, "ann").get(0);
        ShownItem elsewhere = claim(harness.queue().id(), 1, "bob").get(0);
        long id = item.item().id();
        decide(id, 1, "1", "ann", box(box, 0, Action.ACCEPT));
        assertThatThrownBy(() -> in(() -> harness.service().undo(id, named("2"), Origin.API, "bob"))).isInstanceOf(StaleItem.class)
                .hasMessageContaining("was decided by ann, who alone can undo that");
        decide(elsewhere.item().id(), 1, "3", "bob", box(box, 1, Action.REJECT));
        assertThatThrownBy(() -> in(() -> harness.service().undo(id, named("4"), Origin.API, "ann"))).isInstanceOf(StaleItem.class)
                .hasMessage("box %d was changed since: it is REJECTED, decided by bob".formatted(box));
        assertThat(annotation(box).status()).isEqualTo(Status.REJECTED);
    }

    @Test
    void aSkippedItemIsLeftAsItIsUntilThatIsUndone() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long queue = harness.queue().id();
        long id = claim(queue, 1, "ann").get(0).item().id();
        in(() -> harness.service().skip(id, new NewSkip(1, named("1"), "blurred", 2.0, null, Origin.API), "ann"));
        assertThat(annotation(box).status()).isEqualTo(Status.PROPOSED);
        assertThat(claim(queue, 1, "bob")).isEmpty();
        assertThat(in(() -> harness.service().item(id, "ann")).item().skipReason()).contains("blurred");
        in(() -> harness.service().undo(id, named("2"), Origin.API, "ann"));
        ReviewItem item = in(() -> harness.service().item(id, "ann")).item();
        assertThat(item.status()).isEqualTo(ReviewItem.Status.CLAIMED);
        assertThat(item.skipReason()).isEqualTo(Optional.empty());
    }

    @Test
    void aCommentIsFoundByItsItemUnlessTheDecisionWasUndone() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long id = claim(harness.queue().id(), 1, "ann").get(0).item().id();
        ReviewQualityService quality = new ReviewQualityService(new DecisionRepository(database.entities()), null, null);
        in(() -> harness.service().skip(id, new NewSkip(1, named("1"), "blurred", 2.0, "look again", Origin.API), "ann"));
        assertThat(in(() -> quality.comments(List.of(id, id + 1)))).containsExactly(Map.entry(id, "look again"));
        in(() -> harness.service().undo(id, named("2"), Origin.API, "ann"));
        assertThat(in(() -> quality.comments(List.of(id)))).isEmpty();
        decide(id, 3, "3", "ann", box(box, 0, Action.ACCEPT));
        assertThat(in(() -> quality.comments(List.of(id)))).containsExactly(Map.entry(id, "well"));
    }

    @Test
    void theLogCannotBeChanged() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long id = claim(harness.queue().id(), 1, "ann").get(0).item().id();
        decide(id, 1, "1", "ann", box(box, 0, Action.ACCEPT));
        for (String sql : List.of("update review_decisions set reviewer = 'bob'", "delete from review_decision_boxes", "delete from review_decisions")) {
            assertThatThrownBy(() -> in(() -> database.entities().createNativeQuery(sql).executeUpdate())).hasStackTraceContaining("is append-only");
        }
    }

    @Test
    void badInputIsNamedAndChangesNothing() throws Exception {
        long box = harness.proposed(0, harness.cat, 10, 0.5);
        long elsewhere = harness.proposed(1, harness.cat, 10, 0.9);
        long id = claim(harness.queue().id(), 10, "ann").stream().filter(item -> item.image().fileName().equals("0.jpg")).findFirst().orElseThrow().item().id();
        assertThatThrownBy(() -> decide(id, 1, "1", "ann", box(box, 0, Action.ACCEPT), box(elsewhere, 0, Action.ACCEPT))).isInstanceOf(InvalidInput.class)
                .hasMessage("boxes[1].annotation is \"%d\"; expected the id of a box on image %d".formatted(elsewhere, harness.images.get(0).id()));
        assertThatThrownBy(() -> in(() -> harness.service().decide(id, new NewDecision(null, " ", List.of(), -1.0, null, Origin.API), "ann")))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("version is missing").hasMessageContaining("requestId is \" \"")
                .hasMessageContaining("seconds is \"-1.0\"");
        assertThat(annotation(box).status()).isEqualTo(Status.PROPOSED);
    }

    /** The image is in two queues; both draw what the model missed, a little apart, and Ann something else besides. */
    @Test
    void whatTwoPeopleDrawInTwoQueuesIsOneBox() throws Exception {
        harness.proposed(0, harness.cat, 10, 0.5);
        ShownItem anns = claim(harness.queue().id(), 1, "ann").get(0);
        ShownItem bobs = claim(harness.queue().id(), 1, "bob").get(0);
        LoggedDecision bob = decide(bobs.item().id(), 1, "1", "bob", new BoxDecision(null, null, Action.DRAW, "dog", List.of(40.0, 40.0, 40.0, 40.0)));
        long drawn = bob.boxes().get(0).annotationId().orElseThrow();
        LoggedDecision ann = decide(anns.item().id(), 1, "2", "ann", new BoxDecision(null, null, Action.DRAW, "dog", List.of(41.0, 40.0, 40.0, 40.0)),
                new BoxDecision(null, null, Action.DRAW, "cat", List.of(40.0, 40.0, 40.0, 40.0)));
        assertThat(ann.boxes()).extracting(DecidedBox::action).containsExactly(Action.ACCEPT, Action.DRAW);
        assertThat(ann.boxes().get(0).annotationId()).contains(drawn);
        assertThat(annotation(drawn).box()).isEqualTo(Box.xywh(40, 40, 40, 40));
        // Ann goes back on it, and what Bob drew is there.
        in(() -> harness.service().undo(anns.item().id(), named("3"), Origin.API, "ann"));
        assertThat(annotation(drawn).status()).isEqualTo(Status.ACCEPTED);
        assertThat(annotation(drawn).decidedBy()).contains("bob");
    }
}

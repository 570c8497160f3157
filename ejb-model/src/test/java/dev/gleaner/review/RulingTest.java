package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.ReviewDecision.Origin;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two see each image of a queue; somebody else has the last word where they differ. On a real database. */
class RulingTest extends ReviewQueueTest {

    private ReviewQueue queue;
    private long box;
    private long image;

    /** Ann takes the cat on image 0, Bob does not. */
    @BeforeEach
    void differ() throws Exception {
        box = harness.proposed(0, harness.cat, 10, 0.5);
        queue = harness.queue(wanted(null, null, null, 2, 1.0, null));
        image = harness.images.get(0).id();
        ShownItem work = in(() -> harness.service().claim(queue.id(), 1, "ann")).get(0);
        ShownItem opinion = in(() -> harness.service().claim(queue.id(), 1, "bob")).get(0);
        decide(work, "ann", box(work, 0, Action.ACCEPT));
        decide(opinion, "bob", box(opinion, 0, Action.REJECT));
    }

    private ShownItem rule(String reviewer) throws Exception {
        return in(() -> harness.service().rule(queue.id(), image, reviewer));
    }

    private List<ReviewQuality.Differing> differing() throws Exception {
        return in(() -> quality().quality(harness.project.id(), 1)).differing();
    }

    private Status status() throws Exception {
        return in(() -> database.entities().find(Annotation.class, box)).status();
    }

    @Test
    void aThirdHasTheLastWordAndTheImageLeavesTheList() throws Exception {
        assertThat(differing()).extracting(ReviewQuality.Differing::image).containsExactly(image);
        QueueCounts before = in(() -> harness.queues().counts(List.of(queue))).get(queue.id());
        ShownItem item = rule("eve");
        assertThat(item.answers()).as("Ann's and Bob's, whichever comes first").containsExactlyInAnyOrder(
                List.of(new AnswerBox(harness.cat, 10, 10, 20, 20)), List.of());
        assertThat(item.boxes()).as("as they are").extracting(ShownBox::status).containsExactly(Status.ACCEPTED);
        assertThat(in(() -> harness.service().held(queue.id(), "eve"))).as("not handed out by the queue").isEmpty();

        decide(item, "eve", box(item, 0, Action.REJECT));

        assertThat(status()).isEqualTo(Status.REJECTED);
        assertThat(differing()).isEmpty();
        ReviewQuality quality = in(() -> quality().quality(harness.project.id(), 1));
        assertThat(quality.categories()).as("what Ann and Bob said stays what is compared").extracting(row -> row.agreement().f1()).containsExactly(0.0);
        assertThat(quality.reviewers()).filteredOn(row -> row.reviewer().equals("eve")).extracting(ReviewQuality.OfReviewer::agreement)
                .containsExactly(BoxAgreement.NONE);
        assertThat(in(() -> quality().history(image, Long.MAX_VALUE, 10)).get(0).decision()).extracting(ReviewDecision::reviewer, ReviewDecision::counts)
                .containsExactly("eve", true);
        assertThat(in(() -> harness.queues().counts(List.of(queue))).get(queue.id())).as("no item of the queue's own").isEqualTo(before);
        assertThatThrownBy(() -> rule("frank")).isInstanceOf(StaleItem.class).hasMessageContaining("was decided by eve");
    }

    @Test
    void whatIsLeftAsItIsIsAFinalAnswerToo() throws Exception {
        decide(rule("eve"), "eve");
        assertThat(status()).isEqualTo(Status.ACCEPTED);
        assertThat(differing()).isEmpty();
    }

    @Test
    void takenBackItIsOpenAgain() throws Exception {
        ShownItem item = rule("eve");
        decide(item, "eve", box(item, 0, Action.REJECT));
        in(() -> harness.service().undo(item.item().id(), UUID.randomUUID().toString(), Origin.API, "eve"));
        assertThat(status()).isEqualTo(Status.ACCEPTED);
        assertThat(differing()).hasSize(1);
        assertThat(rule("eve").item().id()).as("the same item").isEqualTo(item.item().id());
    }

    @Test
    void noneOfThoseWhoDifferDecides() throws Exception {
        assertThatThrownBy(() -> rule("ann")).isInstanceOf(Conflict.class).hasMessageContaining("somebody else has to decide");
        ShownItem item = rule("eve");
        ShownItem released = in(() -> harness.service().release(item.item().id(), "eve"));
        assertThatThrownBy(() -> decide(released, "bob", box(item, 0, Action.REJECT))).as("not even past the page").isInstanceOf(Conflict.class)
                .hasMessageContaining("bob was asked about image");
        assertThatThrownBy(() -> in(() -> harness.service().skip(released.item().id(), new NewSkip(released.item().version(), "s", "dark", null, null, Origin.API), "bob")))
                .isInstanceOf(Conflict.class);
        assertThat(in(() -> harness.service().claim(queue.id(), 10, "frank"))).as("nor does the queue hand it out").isEmpty();
    }

    @Test
    void oneHoldsItAtATimeAndGetsItAgain() throws Exception {
        ShownItem item = rule("eve");
        assertThatThrownBy(() -> rule("frank")).isInstanceOf(StaleItem.class).hasMessageContaining("is held by eve");
        assertThat(rule("eve").item().version()).isEqualTo(item.item().version());
        in(() -> database.entities().createNativeQuery("update review_items set claimed_until = now() - interval '1 second' where id = " + item.item().id())
                .executeUpdate());
        assertThat(rule("frank").item().id()).isEqualTo(item.item().id());
    }

    @Test
    void whatOneSetAsideAnotherMayTake() throws Exception {
        ShownItem item = rule("eve");
        in(() -> harness.service().skip(item.item().id(), new NewSkip(item.item().version(), "skip", "dark", null, null, Origin.API), "eve"));
        assertThat(differing()).as("still to be decided").hasSize(1);
        ShownItem again = rule("frank");
        decide(again, "frank", box(again, 0, Action.REJECT));
        assertThat(differing()).isEmpty();
        assertThat(items(queue)).filteredOn(one -> one.kind() == ReviewItem.Kind.RULING).extracting(ReviewItem::skipReason).allMatch(java.util.Optional::isEmpty);
    }

    @Test
    void thereHasToBeSomethingToDecide() throws Exception {
        long open = harness.images.get(1).id();
        assertThatThrownBy(() -> in(() -> harness.service().rule(queue.id(), open, "eve"))).isInstanceOf(InvalidInput.class).hasMessageContaining("image is \"" + open);
        assertThatThrownBy(() -> in(() -> harness.service().rule(queue.id(), null, "eve"))).isInstanceOf(InvalidInput.class);
        harness.proposed(1, harness.dog, 10, 0.5);
        ReviewQueue agreeing = harness.queue(wanted(null, null, null, 2, 1.0, null));
        for (String reviewer : List.of("ann", "bob")) {
            ShownItem item = in(() -> harness.service().claim(agreeing.id(), 1, reviewer)).get(0);
            decide(item, reviewer, box(item, 0, Action.ACCEPT));
        }
        assertThatThrownBy(() -> in(() -> harness.service().rule(agreeing.id(), open, "eve"))).isInstanceOf(Conflict.class).hasMessageContaining("agree");
    }

    @Test
    void aClosedQueueIsRuledOnAndARemovedOneIsForgotten() throws Exception {
        in(() -> harness.queues().close(queue.id()));
        rule("eve");
        in(() -> {
            harness.queues().remove(queue.id());
            return null;
        });
        assertThat(differing()).isEmpty();
    }
}

package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.GalleryService.Outcome;
import dev.gleaner.review.GalleryService.OpenCategory;
import dev.gleaner.review.GalleryService.Page;
import dev.gleaner.review.GalleryService.Places;
import dev.gleaner.review.GalleryService.Sorting;
import dev.gleaner.review.GalleryService.Wanted;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GalleryServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private ReviewHarness harness;
    private GalleryService gallery;

    @BeforeEach
    void prepare() throws Exception {
        harness = new ReviewHarness(database, 4);
        EntityManager entities = database.entities();
        gallery = new GalleryService(new CropRepository(entities), new ReviewRepository(entities), new DecisionRepository(entities),
                new AnnotationRepository(entities), new DatasetRepository(entities), new ProjectRepository(entities));
    }

    private <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    private Status status(long id) throws Exception {
        return in(() -> database.entities().find(Annotation.class, id)).status();
    }

    private List<Long> all(Sorting sorting, int limit) throws Exception {
        List<Long> ids = new ArrayList<>();
        String after = null;
        do {
            String from = after;
            Page page = in(() -> gallery.page(harness.dataset.id(), "cat", sorting, from, limit));
            assertThat(page.total()).isEqualTo(from == null ? 5L : null);
            page.crops().forEach(crop -> ids.add(crop.annotation().id()));
            after = page.next();
        } while (after != null);
        return ids;
    }

    @Test
    void pagesGoByScoreWhereverTheyBegin() throws Exception {
        long half = harness.proposed(0, harness.cat, 10, 0.5);
        long high = harness.proposed(1, harness.cat, 10, 0.9);
        long again = harness.proposed(1, harness.cat, 40, 0.5);
        long low = harness.proposed(2, harness.cat, 10, 0.1);
        long third = harness.proposed(3, harness.cat, 10, 1 / 3.0);
        harness.proposed(3, harness.dog, 10, 0.2);
        harness.box(3, harness.cat, "REJECTED", 60, 0.2, harness.run, harness.model);
        for (int limit = 1; limit <= 6; limit++) {
            assertThat(all(Sorting.LOWEST, limit)).containsExactly(low, third, half, again, high);
            assertThat(all(Sorting.HIGHEST, limit)).containsExactly(high, again, half, third, low);
        }
    }

    @Test
    void theOneThatIsUnlikeTheOthersComesFirst() throws Exception {
        for (int i = 0; i < 4; i++) {
            harness.proposed(i, harness.cat, 10, 0.5);
        }
        long odd = harness.proposed(0, harness.cat, 60, 0.5);
        in(() -> database.entities().createNativeQuery("update annotations set width = 40, height = 5 where id = " + odd).executeUpdate());
        List<Long> ids = all(Sorting.UNLIKE, 2);
        assertThat(ids).hasSize(5).doesNotHaveDuplicates().startsWith(odd);
        // Of five sizes and shapes of which one differs, that one is 2 standard deviations from the mean: 4 + 4.
        Crop first = in(() -> gallery.page(harness.dataset.id(), "cat", Sorting.UNLIKE, null, 1)).crops().get(0);
        assertThat(first.rank()).isCloseTo(8, within(1e-9));
    }

    @Test
    void anyPageIsReadByWhereItEndsThoughSomeWereDecided() throws Exception {
        List<Long> cats = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            cats.add(harness.proposed(i % 4, harness.cat, i, i / 10.0));
            in(() -> database.entities().createNativeQuery("update annotations set width = 10 + id % 11 where id = " + cats.get(cats.size() - 1)).executeUpdate());
        }
        for (Sorting sorting : Sorting.values()) {
            Wanted wanted = new Wanted("cat", sorting, null, null);
            Places places = in(() -> gallery.places(harness.dataset.id(), wanted, 2));
            assertThat(places.total()).isEqualTo(7);
            assertThat(places.ends()).as("of whole pages").hasSize(3);
            List<Long> whole = in(() -> gallery.page(harness.dataset.id(), wanted, null, null, 10)).crops().stream().map(crop -> crop.annotation().id()).toList();
            assertThat(ids(wanted, places.ends().get(0), places.ends().get(1))).isEqualTo(whole.subList(2, 4));
            assertThat(ids(wanted, places.ends().get(2), null)).isEqualTo(whole.subList(6, 7));
            String request = UUID.randomUUID().toString();
            decide(request, box(whole.get(2), version(whole.get(2)), Action.REJECT));
            assertThat(ids(wanted, null, places.ends().get(0))).as("by the same measure").isEqualTo(whole.subList(0, 2));
            assertThat(ids(wanted, places.ends().get(0), places.ends().get(1))).isEqualTo(whole.subList(3, 4));
            in(() -> gallery.undo(request, UUID.randomUUID().toString(), Origin.CONSOLE, "ann"));
        }
        Wanted some = new Wanted("cat", Sorting.HIGHEST, 0.2, 0.4);
        assertThat(ids(some, null, null)).containsExactly(cats.get(4), cats.get(3), cats.get(2));
        assertThat(in(() -> gallery.places(harness.dataset.id(), some, 1)).total()).isEqualTo(3);
        assertThat(in(() -> gallery.categoriesOf(harness.dataset.id()))).containsExactly(new OpenCategory("cat", 7, false));
    }

    private int version(long id) throws Exception {
        return in(() -> database.entities().find(Annotation.class, id)).version();
    }

    private List<Long> ids(Wanted wanted, String after, String until) throws Exception {
        return in(() -> gallery.page(harness.dataset.id(), wanted, after, until, 10)).crops().stream().map(crop -> crop.annotation().id()).toList();
    }

    @Test
    void badBandsAndSizesAreNamed() {
        assertThatThrownBy(() -> in(() -> gallery.places(harness.dataset.id(), new Wanted("cat", Sorting.LOWEST, null, null), 501)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("size is \"501\"");
        assertThatThrownBy(() -> ids(new Wanted("cat", Sorting.LOWEST, 1.1, null), null, null)).isInstanceOf(InvalidInput.class).hasMessageContaining("least is \"1.1\"");
        assertThatThrownBy(() -> ids(new Wanted("cat", Sorting.LOWEST, 0.5, 0.4), null, null)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("a score from 0.5 to 1");
        assertThatThrownBy(() -> ids(new Wanted("cat", Sorting.LOWEST, null, null), null, "x")).isInstanceOf(InvalidInput.class).hasMessageContaining("until is");
    }

    @Test
    void whatIsNoCategoryOrPlaceIsNamed() {
        assertThatThrownBy(() -> in(() -> gallery.page(harness.dataset.id(), "yak", Sorting.LOWEST, null, 1))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("category is \"yak\"");
        for (String after : List.of("x", "0.5", "0.5:x", "--:1", "1:1:0:1:0", "1:1:-:1:0:1", "0.5:99999999999999999999")) {
            assertThatThrownBy(() -> in(() -> gallery.page(harness.dataset.id(), "cat", Sorting.LOWEST, after, 1))).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("after is");
        }
    }

    private Outcome decide(String request, BoxDecision... boxes) throws Exception {
        return in(() -> gallery.decide(List.of(boxes), 6.0, request, Origin.CONSOLE, "ann"));
    }

    private static BoxDecision box(long annotation, int version, Action action) {
        return new BoxDecision(annotation, version, action, null, null);
    }

    @Test
    void manyAreDecidedOnceAndWhatChangedIsLeft() throws Exception {
        long one = harness.proposed(0, harness.cat, 10, 0.5);
        long two = harness.proposed(0, harness.cat, 40, 0.5);
        long three = harness.proposed(1, harness.cat, 10, 0.5);
        long changed = harness.proposed(2, harness.cat, 10, 0.5);
        decide(UUID.randomUUID().toString(), box(changed, 0, Action.REJECT));
        String request = UUID.randomUUID().toString();
        BoxDecision[] boxes = {box(one, 0, Action.ACCEPT), box(three, 0, Action.REJECT), box(changed, 0, Action.ACCEPT),
            new BoxDecision(two, 0, Action.RELABEL, "dog", null)};
        Outcome outcome = decide(request, boxes);
        assertThat(outcome.decisions()).hasSize(2);
        assertThat(outcome.decisions().get(0).boxes()).extracting(DecidedBox::action).containsExactly(Action.ACCEPT, Action.RELABEL);
        assertThat(outcome.decisions().get(0).decision().seconds()).as("half of it for each image").contains(3.0);
        assertThat(outcome.stale()).extracting(ShownBox::annotation).containsExactly(changed);
        assertThat(List.of(status(one), status(two), status(three), status(changed))).containsExactly(Status.ACCEPTED, Status.CORRECTED, Status.REJECTED,
                Status.REJECTED);
        long entries = database.count("review_decisions");
        Outcome again = decide(request, boxes);
        assertThat(again.decisions()).extracting(entry -> entry.decision().id()).isEqualTo(outcome.decisions().stream().map(entry -> entry.decision().id()).toList());
        assertThat(again.stale()).extracting(ShownBox::annotation).containsExactly(changed);
        assertThat(database.count("review_decisions")).isEqualTo(entries);
    }

    @Test
    void allOfItIsTakenBackButWhatChangedSince() throws Exception {
        long one = harness.proposed(0, harness.cat, 10, 0.5);
        long two = harness.proposed(1, harness.cat, 40, 0.5);
        String request = UUID.randomUUID().toString();
        decide(request, box(one, 0, Action.ACCEPT), box(two, 0, Action.REJECT));
        decide(UUID.randomUUID().toString(), box(two, 1, Action.ACCEPT));
        String undo = UUID.randomUUID().toString();
        Outcome undone = in(() -> gallery.undo(request, undo, Origin.CONSOLE, "ann"));
        assertThat(undone.decisions()).hasSize(1);
        assertThat(undone.stale()).extracting(ShownBox::annotation).containsExactly(two);
        assertThat(List.of(status(one), status(two))).containsExactly(Status.PROPOSED, Status.ACCEPTED);
        assertThat(in(() -> gallery.undo(request, undo, Origin.CONSOLE, "ann")).decisions()).as("sent again").hasSize(1);
        assertThatThrownBy(() -> in(() -> gallery.undo(request, UUID.randomUUID().toString(), Origin.CONSOLE, "bob"))).isInstanceOf(Conflict.class)
                .hasMessageContaining("nothing that could be taken back");
        assertThatThrownBy(() -> decide(undo, box(one, 2, Action.ACCEPT))).isInstanceOf(Conflict.class).hasMessageContaining("was a UNDO");
    }

    @Test
    void badInputIsNamed() throws Exception {
        long one = harness.proposed(0, harness.cat, 10, 0.5);
        assertThatThrownBy(() -> decide("r")).hasMessageContaining("boxes is \"0 boxes\"");
        assertThatThrownBy(() -> decide("r", box(one, 0, Action.MOVE), box(one, 0, Action.ACCEPT), new BoxDecision(null, null, Action.ACCEPT, null, null)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("boxes[0].action is \"move\"").hasMessageContaining("boxes[1].annotation")
                .hasMessageContaining("boxes[2].annotation is missing");
        assertThatThrownBy(() -> decide("r", box(one, 0, Action.ACCEPT), box(Long.MAX_VALUE, 0, Action.ACCEPT))).hasMessageContaining("boxes[1].annotation");
        assertThatThrownBy(() -> decide("r", box(one, 0, Action.ACCEPT), new BoxDecision(harness.proposed(1, harness.cat, 1, 0.5), 0, Action.RELABEL, "yak", null)))
                .hasMessageContaining("boxes[1].category is \"yak\"");
        ReviewHarness other = new ReviewHarness(database, 1);
        long foreign = other.proposed(0, other.cat, 10, 0.5);
        assertThatThrownBy(() -> decide("r", box(one, 0, Action.ACCEPT), box(foreign, 0, Action.ACCEPT))).hasMessageContaining("in the project of the first one");
        assertThat(status(one)).isEqualTo(Status.PROPOSED);
    }
}

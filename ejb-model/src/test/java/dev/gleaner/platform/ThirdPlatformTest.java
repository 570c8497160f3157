package dev.gleaner.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.TestDatabase;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.platform.PlatformReview.SaidBox;
import dev.gleaner.project.Project;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A platform that nobody here has heard of is one class, and has its tasks imported, proposals pushed and decisions pulled. */
class ThirdPlatformTest {

    private static final String NAME = "card-box";

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static long numbers;

    @TempDir
    private Path home;
    private final CardBox cards = new CardBox();
    private PlatformHarness harness;
    private Project project;
    private long model;

    /** A stand-in for a platform: cards with a picture each, and people who write on them. */
    private static final class CardBox implements LabelingPlatform {

        private final Map<String, PlatformPrediction> predictions = new HashMap<>();
        private final List<PlatformReview> reviews = new ArrayList<>();
        private boolean away;
        private int puts;

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String title() {
            return "Card Box";
        }

        @Override
        public Needs needs() {
            return new Needs("the address of a card box", null, "the name of a drawer");
        }

        @Override
        public Described describe(PlatformAccess access, String drawer) {
            return new Described(drawer, "Drawer " + drawer, "cat,dog");
        }

        @Override
        public List<PlatformTask> tasks(PlatformProject drawer, int page) {
            return page == 1 ? List.of(card("a/1"), card("a/2")) : page == 2 ? List.of(card("b/1")) : List.of();
        }

        private static PlatformTask card(String id) {
            return new PlatformTask(id, Map.of("picture", "http://card-box.example/" + id + ".png"));
        }

        @Override
        public Map<String, String> images(PlatformProject drawer, PlatformTask card) {
            return Map.of("picture", card.data().get("picture").toString());
        }

        @Override
        public byte[] image(PlatformProject drawer, PlatformTask card, String address) throws IOException {
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(120, 80, BufferedImage.TYPE_INT_RGB), "png", png);
            return png.toByteArray();
        }

        @Override
        public Set<String> labels(PlatformProject drawer) {
            return Set.of(drawer.labelConfig().orElseThrow().split(","));
        }

        @Override
        public void put(PlatformProject drawer, PlatformPrediction prediction) throws IOException {
            if (away) {
                throw new IOException("the box is closed");
            }
            puts++;
            predictions.put(prediction.task(), prediction);
        }

        @Override
        public List<PlatformReview> reviews(PlatformProject drawer) {
            return reviews;
        }
    }

    @BeforeEach
    void prepare() throws Exception {
        harness = new PlatformHarness(database.entities(), home);
        harness.platforms.add(cards);
        project = in(() -> {
            database.entities().createNativeQuery("delete from platform_connections").executeUpdate();
            Project made = new Project("with a card box " + ++numbers);
            harness.projects.add(made);
            return made;
        });
        model = in(() -> ((Number) database.entities().createNativeQuery(("insert into model_versions (project_id, name, status, architecture, bundle, sha256,"
                + " provenance, promoted_at) values (%d, 'tiny', 'CHAMPION', 'tiny', '/none', 'none', '{\"sources\": []}', now()) returning id")
                .formatted(project.id()), Long.class).getSingleResult()).longValue());
    }

    private static <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    /** Connects a drawer and fetches the pictures of its cards. */
    private PlatformConnection connected() throws Exception {
        PlatformConnection known = in(() -> harness.service.connect(NAME, project.name(), "http://card-box.example/", null, "a"));
        assertThat(in(() -> harness.service.importTasks(NAME, known.id()))).isEqualTo(3);
        assertThat(in(() -> harness.work.handleTasks())).isEqualTo(3);
        return in(() -> harness.connections.get(known.id()));
    }

    private Image image(PlatformConnection known, String card) throws Exception {
        return in(() -> new DatasetRepository(database.entities()).findImage(harness.images.imageOf(known.id(), card, "picture").orElseThrow()).orElseThrow());
    }

    private void propose(PlatformConnection known, String card, double x) throws Exception {
        Image image = image(known, card);
        in(() -> {
            harness.images.propose(image, model, Set.of("cat", "dog"), List.of(new Detection("dog", "dog", Box.xywh(x, 8, 20, 16), 0.75)));
            return null;
        });
    }

    private void push(PlatformConnection known) throws Exception {
        in(() -> harness.service.push(NAME, known.id()));
        in(() -> harness.work.handleTasks());
    }

    private List<String> decisions(long image) throws Exception {
        List<?> found = in(() -> database.entities().createNativeQuery("select action || ' ' || reviewer || ' ' || origin || ' ' || coalesce(seconds::text, '-')"
                + " from review_decisions where image_id = " + image + " order by id", String.class).getResultList());
        return found.stream().map(String.class::cast).toList();
    }

    @Test
    void tasksBecomeADataset() throws Exception {
        PlatformConnection known = connected();

        assertThat(image(known, "a/2").fileName()).startsWith("a/2/").endsWith("2.png");
        assertThat(in(() -> new DatasetRepository(database.entities()).find(known.datasetId().orElseThrow())).orElseThrow().name()).isEqualTo("Card Box, project a");
        assertThat(in(() -> harness.service.counts(known.id()))).isEqualTo(Map.of("KNOWN", 3L));
    }

    @Test
    void proposalsArePushedOnceAndAgainWhenTheyChange() throws Exception {
        PlatformConnection known = connected();
        for (String card : List.of("a/1", "a/2", "b/1")) {
            propose(known, card, 10);
        }
        push(known);
        assertThat(cards.puts).isEqualTo(3);
        assertThat(cards.predictions.get("a/1").boxes()).singleElement().satisfies(box -> assertThat(box.box()).isEqualTo(Box.xywh(10, 8, 20, 16)));
        assertThat(cards.predictions.get("b/1").modelVersion()).isEqualTo("tiny (Gleaner " + model + ")");
        propose(known, "b/1", 30);

        push(known);

        assertThat(cards.puts).as("only what changed").isEqualTo(4);
        assertThat(in(() -> harness.service.counts(known.id()))).isEqualTo(Map.of("SENT", 3L));
    }

    @Test
    void whatFailsIsToldAndTriedAgain() throws Exception {
        PlatformConnection known = connected();
        for (String card : List.of("a/1", "a/2", "b/1")) {
            propose(known, card, 10);
        }
        cards.away = true;
        push(known);
        assertThat(in(() -> harness.connections.get(known.id())).error().orElseThrow()).contains("the box is closed");
        cards.away = false;
        in(() -> database.entities().createNativeQuery("update platform_tasks set due_at = now() where due_at is not null").executeUpdate());

        in(() -> harness.work.handleTasks());

        assertThat(cards.predictions).hasSize(3);
        assertThat(in(() -> harness.connections.get(known.id())).error()).isEmpty();
    }

    @Test
    void decisionsArePulledOnceWithTheirOriginAndTime() throws Exception {
        PlatformConnection known = connected();
        propose(known, "a/1", 10);
        cards.reviews.add(new PlatformReview("r1", CardBox.card("a/1"), "Ada", 4.5, Instant.parse("2026-01-01T00:00:00Z"), false,
                List.of(SaidBox.inPixels("picture", "dog", Box.xywh(10, 8, 20, 16)), SaidBox.inPixels("picture", "cat", Box.xywh(60, 8, 20, 16)))));

        poll();
        poll();

        long image = image(known, "a/1").id();
        assertThat(decisions(image)).containsExactly("DECIDE card-box/Ada card-box 4.5");
        assertThat(in(() -> database.entities().createNativeQuery("select count(*) from annotations where status = 'ACCEPTED' and image_id = " + image,
                Long.class).getSingleResult())).as("the proposal, and what somebody drew").isEqualTo(2L);
    }

    @Test
    void ofTheTimeInAllOnlyWhatIsNewIsCounted() throws Exception {
        PlatformConnection known = connected();
        propose(known, "a/1", 10);
        SaidBox dog = SaidBox.inPixels("picture", "dog", Box.xywh(10, 8, 20, 16));
        SaidBox cat = SaidBox.inPixels("picture", "cat", Box.xywh(60, 8, 20, 16));
        said("Ada", 4.5, 1, dog);
        said("Ada", 7.0, 2);
        said("Ada", 9.0, 3);
        said("Bob", 10.0, 4, cat);
        said("Bob", null, 5);
        said("Bob", 10.5, 6, cat);

        assertThat(decisions(image(known, "a/1").id())).filteredOn(decision -> decision.startsWith("DECIDE")).as("what changed nothing counts with what does next")
                .containsExactly("DECIDE card-box/Ada card-box 4.5", "DECIDE card-box/Ada card-box 2.5", "DECIDE card-box/Bob card-box 3", "DECIDE card-box/Bob card-box -",
                        "DECIDE card-box/Bob card-box 0.5");
    }

    /** A state of the one review, with what it took in all. */
    private void said(String person, Double seconds, int minute, SaidBox... boxes) throws Exception {
        cards.reviews.clear();
        cards.reviews.add(new PlatformReview("r1", CardBox.card("a/1"), person, seconds, Instant.parse("2026-01-01T00:00:00Z").plusSeconds(60L * minute), false,
                List.of(boxes)));
        poll();
    }

    private void poll() throws Exception {
        in(() -> {
            database.entities().createNativeQuery("update platform_connections set polled_at = null").executeUpdate();
            harness.work.poll();
            return null;
        });
    }

    @Test
    void aPlatformThatIsNoLongerThereHoldsUpNobody() throws Exception {
        PlatformConnection known = connected();
        for (String card : List.of("a/1", "a/2", "b/1")) {
            propose(known, card, 10);
        }
        in(() -> harness.service.push(NAME, known.id()));
        harness.platforms.clear();

        assertThat(in(() -> harness.work.handleTasks())).isZero();
        poll();

        harness.platforms.add(cards);
        assertThat(in(() -> harness.work.handleTasks())).as("it waits").isEqualTo(3);
    }

    @Test
    void whatAConnectionNeedsIsAskedFor() {
        assertThatThrownBy(() -> in(() -> harness.service.connect(NAME, project.name(), "nowhere", null, "a"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("the address of a card box");
        assertThatThrownBy(() -> in(() -> harness.service.connect(NAME, project.name(), "http://card-box.example", null, null))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("the name of a drawer");
        assertThatThrownBy(() -> in(() -> harness.service.connect("shoe-box", project.name(), "http://shoe-box.example", null, "a"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("platform is \"shoe-box\"; expected one of card-box");
    }
}

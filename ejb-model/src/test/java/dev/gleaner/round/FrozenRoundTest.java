package dev.gleaner.round;

import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Prompt;
import dev.gleaner.round.RoundImage.Role;
import dev.gleaner.round.SelectionRun.Mark;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/** What tests of what a round holds have in common: four images, a round of them, and what people say of each. */
abstract class FrozenRoundTest extends RoundDatabaseTest {

    static final Set<Role> ALL = Set.of(Role.values());

    List<Image> images;
    long id;

    FrozenRoundTest() {
        super(4);
    }

    @BeforeEach
    void prepare() throws Exception {
        images = in(() -> {
            List<Image> made = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Image image = new Image(dataset.id(), i + ".jpg", Path.of("/" + i + ".jpg"), 100, 100, 1, "%064x".formatted(i));
                entities.persist(image);
                made.add(image);
            }
            return made;
        });
        id = in(this::order);
    }

    long order() {
        TrainingRound round = new TrainingRound("tuned", dataset, champion, List.of(Prompt.of("cat"), new Prompt("dog", "puppy")),
                RoundDefaults.settings(NewTrainingRound.of(dataset.id()), List.of(dataset.id())), "ordered", "ann");
        rounds.add(round);
        return round.id();
    }

    void box(int image, long category, String status, double x) throws Exception {
        box(image, category, status, x, null);
    }

    void box(int image, long category, String status, double x, Long run) throws Exception {
        in(() -> entities.createNativeQuery("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, is_crowd, score, labeling_run_id, ordinal)"
                        + " values (:image, :dataset, :category, :x, 2, 30, 40, :status, false, 0.5, :run, :ordinal)")
                .setParameter("run", run).setParameter("ordinal", (int) x)
                .setParameter("image", images.get(image).id()).setParameter("dataset", dataset.id()).setParameter("category", category)
                .setParameter("x", x).setParameter("status", status).executeUpdate());
    }

    /** Image 0 is gold, 1 is held out, 2 and 3 are the teacher's; of 2 a human has rejected a dog. */
    String freeze() throws Exception {
        box(0, cat, "ACCEPTED", 1);
        box(0, dog, "REJECTED", 50);
        box(1, dog, "CORRECTED", 1);
        box(2, dog, "REJECTED", 5);
        box(2, cat, "PROPOSED", 5);
        return in(() -> rounds.freeze(id, new RoundParts(images.subList(0, 1), images.subList(1, 2), images.subList(2, 4), List.of()), List.of(cat, dog), true));
    }

    PseudoBox found(int image, long category, double x, double score) {
        return new PseudoBox(images.get(image).id(), category, Box.xywh(x, 2, 30, 40), score, 0.75);
    }

    List<RoundBox> boxes() {
        return rounds.boxes(id, images.stream().map(Image::id).toList());
    }

    /** Marks all boxes in turn. */
    void mark(String... dropped) {
        List<RoundBox> boxes = boxes();
        selections.mark(id, IntStream.range(0, dropped.length).mapToObj(i -> new Mark(boxes.get(i).imageId(), boxes.get(i).ordinal(), dropped[i])).toList());
    }

    void undo(long decision, Instant when) throws Exception {
        in(() -> log(2, "UNDO", when, decision));
    }

    long log(int image, String action, Instant when, Long undoes) {
        return log(image, action, when, undoes, null, null, "api", null);
    }

    /** @param about the categories that the program knows, as PostgreSQL writes them; null for all */
    long log(int image, String action, Instant when, Long undoes, Long queue, Long item, String origin, String about) {
        return ((Number) entities.createNativeQuery("insert into review_decisions (project_id, dataset_id, image_id, action, counts, reviewer, request_id, origin,"
                        + " decided_at, undoes, queue_id, item_id, categories) values (:project, :dataset, :image, :action, true, 'ann', :request, :origin, :at, :undoes, :queue,"
                        + " :item, cast(:about as bigint[])) returning id", Long.class)
                .setParameter("about", about).setParameter("origin", origin).setParameter("queue", queue).setParameter("item", item)
                .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id()).setParameter("image", images.get(image).id())
                .setParameter("action", action).setParameter("request", "request " + System.nanoTime()).setParameter("at", when)
                .setParameter("undoes", undoes).getSingleResult()).longValue();
    }

    /** Decides about an item of a queue that asks for a category, or for all if it is null. */
    long finish(int image, Long category, String origin) throws Exception {
        return in(() -> {
            long queue = ((Number) entities.createNativeQuery("insert into review_queues (project_id, dataset_id, name, ordering, filter, checks, consensus,"
                            + " consensus_share, seed, status, created_by) values (:project, :dataset, 'q', 'RANDOM', cast(:filter as jsonb), 0, 1, 0, 1, 'OPEN', 'ann')"
                            + " returning id", Long.class)
                    .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id())
                    .setParameter("filter", "{\"categories\": [" + (category == null ? "" : category) + "]}").getSingleResult()).longValue();
            return log(image, "DECIDE", Instant.now(), null, queue, queue, origin, null);
        });
    }
}

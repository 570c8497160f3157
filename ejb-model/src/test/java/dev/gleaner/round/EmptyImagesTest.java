package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.EvaluationRepository;
import dev.gleaner.evaluationrun.GoldSelection;
import dev.gleaner.format.Sha256;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each image of a folder is there for, on a real database: of twenty, somebody ended the first ten. */
class EmptyImagesTest extends RoundDatabaseTest {

    private static final int ENDED = 10;

    private List<Image> images;
    private GoldSelection gold;
    private RoundDivision division;

    EmptyImagesTest() {
        super(20);
    }

    @BeforeEach
    void prepare() throws Exception {
        gold = new GoldSelection(new EvaluationRepository(entities), new ProjectService(new ProjectRepository(entities)));
        division = new RoundDivision(rounds, new DatasetService(new DatasetRepository(entities), null, null, null, null), gold);
        images = in(() -> {
            List<Image> made = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Image image = new Image(dataset.id(), i + ".jpg", Path.of("/" + i + ".jpg"), 100, 100, 1, Sha256.of(("image " + i).getBytes(StandardCharsets.UTF_8)));
                entities.persist(image);
                made.add(image);
            }
            return made;
        });
        for (int i = 0; i < ENDED; i++) {
            long image = images.get(i).id();
            in(() -> entities.createNativeQuery(("insert into review_decisions (project_id, dataset_id, image_id, item_id, action, counts, reviewer, request_id,"
                    + " origin, decided_at) values (%d, %d, %d, 1, 'DECIDE', true, 'ann', 'r', 'console', now())").formatted(dataset.projectId(), dataset.id(), image))
                    .executeUpdate());
        }
    }

    private void accepted(int image) throws Exception {
        in(() -> entities.createNativeQuery(("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status) values (%d, %d, %d, 1, 2, 30, 40,"
                + " 'ACCEPTED')").formatted(images.get(image).id(), dataset.id(), cat)).executeUpdate());
    }

    private RoundParts divide() throws Exception {
        return in(() -> division.divide(dataset, List.of(cat, dog), champion.id(), RoundDefaults.settings(NewTrainingRound.of(dataset.id()), List.of(dataset.id()))));
    }

    @Test
    void imagesThatWereFoundEmptyAreGoldAndNoLongerTheTeachers() throws Exception {
        accepted(0);
        RoundParts parts = divide();
        assertThat(Stream.concat(parts.gold().stream(), parts.heldOut().stream())).as("to learn from or to be measured on").extracting(Image::id)
                .containsExactlyInAnyOrderElementsOf(images.subList(0, ENDED).stream().map(Image::id).toList());
        assertThat(parts.heldOut()).isNotEmpty();
        assertThat(parts.unlabelled()).extracting(Image::id).doesNotContainAnyElementsOf(images.subList(0, ENDED).stream().map(Image::id).toList()).isNotEmpty();
        assertThat(in(() -> gold.images(dataset))).as("to evaluations, too").hasSize(ENDED);
    }

    @Test
    void whatWasTakenBackIsNot() throws Exception {
        accepted(0);
        in(() -> entities.createNativeQuery("insert into review_decisions (project_id, dataset_id, image_id, item_id, action, counts, reviewer, request_id, origin,"
                + " decided_at, undoes) select project_id, dataset_id, image_id, item_id, 'UNDO', true, reviewer, 'u', origin, now(), id from review_decisions"
                + " where dataset_id = " + dataset.id()).executeUpdate());
        assertThat(in(() -> gold.images(dataset))).extracting(Image::id).as("a box was decided").containsExactly(images.get(0).id());
        assertThatThrownBy(this::divide).isInstanceOf(InvalidInput.class).hasMessageContaining("split.fraction");
    }
}

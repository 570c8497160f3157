package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.Split;
import dev.gleaner.evaluationrun.EvaluationRepository;
import dev.gleaner.evaluationrun.GoldSelection;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which images are learnt from, measured on, and labelled by the teacher, on a real database: nothing that is measured on is learnt from in any way. */
class RoundDivisionTest extends RoundDatabaseTest {

    private static final int IMAGES = 40;
    private static final Split HALF = new Split(0.5, 7);

    private RoundDivision division;
    private List<Image> images;

    RoundDivisionTest() {
        super(IMAGES);
    }

    /** Somebody went through the first half of the images, and found a cat on each. */
    @BeforeEach
    void prepare() throws Exception {
        ProjectService projects = new ProjectService(new ProjectRepository(entities));
        division = new RoundDivision(rounds, new DatasetService(new DatasetRepository(entities), projects, null, null, null),
                new GoldSelection(new EvaluationRepository(entities), projects));
        images = images(dataset, 0, IMAGES);
        for (Image image : images.subList(0, IMAGES / 2)) {
            in(() -> entities.createNativeQuery("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status)"
                    + " values (:image, :dataset, :cat, 1, 2, 30, 40, 'ACCEPTED')").setParameter("image", image.id()).setParameter("dataset", dataset.id())
                    .setParameter("cat", cat).executeUpdate());
            in(() -> entities.createNativeQuery("insert into review_decisions (project_id, dataset_id, image_id, item_id, action, counts, reviewer, request_id, origin, decided_at)"
                    + " values (:project, :dataset, :image, 1, 'DECIDE', true, 'ann', 'whole', 'console', now())").setParameter("project", dataset.projectId())
                    .setParameter("dataset", dataset.id()).setParameter("image", image.id()).executeUpdate());
        }
    }

    /** Contents are numbers, so that other datasets can have the same. */
    private List<Image> images(Dataset of, int from, int to) throws Exception {
        return in(() -> {
            List<Image> made = new ArrayList<>();
            for (int i = from; i < to; i++) {
                Image image = new Image(of.id(), i + ".jpg", Path.of("/" + i + ".jpg"), 100, 100, 1, "%064x".formatted(i));
                entities.persist(image);
                made.add(image);
            }
            return made;
        });
    }

    private Dataset another(SourceFormat format) throws Exception {
        return in(() -> {
            Dataset made = new Dataset(new ProjectRepository(entities).find(dataset.projectId()).orElseThrow(), "set " + System.nanoTime(),
                    new DatasetSource(format, Path.of("/other"), Path.of("/other"), false), null);
            entities.persist(made);
            made.publish("hash of " + System.nanoTime(), 1, 0, null);
            return made;
        });
    }

    private RoundParts divide(Long outOfDomain, Dataset... unlabelled) throws Exception {
        List<Long> ids = Arrays.stream(unlabelled).map(Dataset::id).toList();
        NewTrainingRound wanted = new NewTrainingRound(null, dataset.id(), null, null, HALF, null, outOfDomain, ids, null, null, null, null, null, null, null, null);
        return in(() -> division.divide(dataset, List.of(cat, dog), champion.id(), RoundDefaults.settings(wanted, ids)));
    }

    private static Set<String> contents(List<Image> images) {
        return images.stream().map(Image::sha256).collect(Collectors.toSet());
    }

    private static Set<String> contents(IntStream numbers) {
        return numbers.mapToObj("%064x"::formatted).collect(Collectors.toSet());
    }

    /** Those of some images on one side of the split. */
    private Set<String> side(boolean reserved, int from, int to) {
        Set<String> side = contents(images.subList(from, to).stream().filter(image -> HALF.reserves(image) == reserved).toList());
        assertThat(side).as("the test has some of both sides").isNotEmpty();
        return side;
    }

    @Test
    void whatIsReservedIsMeasuredOnAndBeforeThatNobodys() throws Exception {
        Dataset copies = another(SourceFormat.FOLDER);
        images(copies, 0, IMAGES + 5);
        RoundParts parts = divide(null, dataset, copies);
        assertThat(contents(parts.heldOut())).isEqualTo(side(true, 0, IMAGES / 2));
        assertThat(contents(parts.gold())).as("people win over the teacher of a copy").isEqualTo(side(false, 0, IMAGES / 2));
        Set<String> forTheTeacher = side(false, IMAGES / 2, IMAGES);
        forTheTeacher.addAll(contents(IntStream.range(IMAGES, IMAGES + 5)));
        assertThat(contents(parts.unlabelled())).as("nor is a copy of what is reserved").isEqualTo(forTheTeacher);
        assertThat(parts.unlabelled()).hasSameSizeAs(forTheTeacher);
    }

    @Test
    void whatTheChampionHasLearntIsNotMeasuredOn() throws Exception {
        List<Image> reserved = images.subList(0, IMAGES / 2).stream().filter(HALF::reserves).toList();
        learn(reserved.subList(0, 1));
        RoundParts parts = divide(null, dataset);
        assertThat(parts.heldOut()).hasSize(reserved.size() - 1).doesNotContain(reserved.get(0));
        assertThat(contents(parts.gold())).contains(reserved.get(0).sha256());
        learn(reserved);
        assertThatThrownBy(() -> divide(null, dataset)).isInstanceOfSatisfying(InvalidInput.class, refused -> {
            assertThat(refused.faults().get(0).field()).isEqualTo("split.fraction");
            assertThat(refused.faults().get(0).expected()).contains("were not trained on");
        });
    }

    private void learn(List<Image> learnt) throws Exception {
        in(() -> {
            long tuned = ((Number) entities.createNativeQuery("insert into fine_tunes (name, dataset_id, base_id, prompts, settings, subset, snapshot_sha256, images, boxes,"
                            + " status, phase, model_version_id, started_by) values ('tuned', :dataset, :base, '[]', '{}', '{}', 'none', 1, 0, 'COMPLETED', 'DONE', :base, 'ann')"
                            + " returning id", Long.class)
                    .setParameter("dataset", dataset.id()).setParameter("base", champion.id()).getSingleResult()).longValue();
            learnt.forEach(image -> entities.createNativeQuery("insert into fine_tune_images (fine_tune_id, image_id, sha256, gold) values (:tuned, :image, :sha256, '[]')")
                    .setParameter("tuned", tuned).setParameter("image", image.id()).setParameter("sha256", image.sha256()).executeUpdate());
            return null;
        });
    }

    @Test
    void whatMustNotGetWorseIsNotLearntEither() throws Exception {
        Dataset elsewhere = another(SourceFormat.COCO);
        images(elsewhere, 0, IMAGES - 10);
        RoundParts parts = divide(elsewhere.id(), dataset);
        assertThat(parts.guard()).hasSize(IMAGES - 10);
        assertThat(contents(parts.unlabelled())).isEqualTo(side(false, IMAGES - 10, IMAGES));
        assertThat(parts.gold()).as("the same images under another name").isEmpty();
    }
}

package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldBox;
import dev.gleaner.finetune.ProposedBox;
import dev.gleaner.finetune.StudentImage;
import dev.gleaner.round.RoundImage.Role;
import dev.gleaner.round.TrainingRound.Decision;
import dev.gleaner.round.TrainingRound.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a round takes people to have said, on a real database. */
class RoundSnapshotTest extends FrozenRoundTest {

    @Test
    void whatHumansHadSaidIsFrozenByRole() throws Exception {
        String sha256 = freeze();
        box(2, cat, "ACCEPTED", 70);
        assertThat(sha256).hasSize(64);
        List<RoundImage> frozen = in(() -> rounds.images(id, ALL, 0, 10));
        assertThat(frozen).extracting(RoundImage::role).containsExactly(Role.GOLD, Role.HELD_OUT, Role.UNLABELLED, Role.UNLABELLED);
        assertThat(frozen).extracting(image -> image.gold().stream().map(GoldBox::category).toList())
                .containsExactly(List.of(cat), List.of(dog), List.of(), List.of());
        assertThat(frozen).extracting(image -> image.rejected().stream().map(GoldBox::x).toList())
                .containsExactly(List.of(50.0), List.of(), List.of(5.0), List.of());
        assertThat(frozen).extracting(RoundImage::decided).containsExactly(Set.of(cat, dog), Set.of(dog), Set.of(dog), Set.of());
        assertThat(in(() -> rounds.boxes(id, Role.GOLD))).isEqualTo(1);
        assertThat(in(() -> rounds.gold(List.of(images.get(0).id(), images.get(1).id()), List.of(dog)))).isEqualTo(1);
        for (int image = 0; image < 3; image++) {
            finish(image, null, "api");
        }
        assertThat(in(() -> rounds.through(dataset.id(), List.of(cat, dog)))).as("on the third a proposal is left")
                .containsExactlyInAnyOrder(images.get(0).id(), images.get(1).id());
        assertThat(in(() -> rounds.withGold(dataset.id()))).hasSize(3);
    }

    @Test
    void anImageThatWasLookedAtForSomeCategoriesMakesItsSetFederated() throws Exception {
        List<Long> ids = images.stream().map(Image::id).toList();
        assertThat(in(() -> rounds.isFederated(ids))).isFalse();
        in(() -> entities.createNativeQuery("update images set absent = '{}', not_exhaustive = '{}' where id = :image").setParameter("image", ids.get(1)).executeUpdate());
        assertThat(in(() -> rounds.isFederated(ids))).isTrue();
        assertThat(in(() -> rounds.isFederated(ids.subList(2, 4)))).isFalse();
    }

    @Test
    void whatALaterRunProposesOpensNoImageAgain() throws Exception {
        List<Long> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            runs.add(in(() -> ((Number) entities.createNativeQuery("insert into labeling_runs (dataset_id, model_version_id, prompts, thresholds, status, total)"
                            + " values (:dataset, :model, '[]', '{}', 'COMPLETED', 4) returning id", Long.class)
                    .setParameter("dataset", dataset.id()).setParameter("model", champion.id()).getSingleResult()).longValue()));
        }
        // All of 0 was decided in the first run, of 1 a part. Nobody has seen 2; on 3 somebody drew a box, and nothing was proposed.
        box(0, cat, "ACCEPTED", 1, runs.get(0));
        box(0, cat, "PROPOSED", 5, runs.get(1));
        box(1, cat, "REJECTED", 1, runs.get(0));
        box(1, cat, "SUPERSEDED", 40, runs.get(0));
        box(1, cat, "PROPOSED", 41, runs.get(1));
        box(2, cat, "PROPOSED", 1, runs.get(1));
        box(3, cat, "ACCEPTED", 1);
        for (int image = 0; image < 4; image++) {
            finish(image, null, "api");
        }
        assertThat(in(() -> rounds.through(dataset.id(), List.of(cat, dog)))).containsExactlyInAnyOrder(images.get(0).id(), images.get(3).id());
        in(() -> entities.createNativeQuery("update annotations set status = 'REJECTED' where image_id = :image and status = 'PROPOSED'")
                .setParameter("image", images.get(1).id()).executeUpdate());
        assertThat(in(() -> rounds.through(dataset.id(), List.of(cat, dog)))).as("all of the newer run decided").contains(images.get(1).id());
    }

    @Test
    void whoDecidesAboutBoxesOneByOneHasNotSaidThatNothingIsMissing() throws Exception {
        List<Long> both = List.of(cat, dog);
        for (int image = 0; image < 4; image++) {
            box(image, cat, "ACCEPTED", 1);
        }
        in(() -> log(0, "DECIDE", Instant.now(), null, null, null, "console", null));
        in(() -> log(1, "DECIDE", Instant.now(), null, null, null, "label-studio", null));
        long whole = finish(2, null, "console");
        finish(3, cat, "console");
        assertThat(in(() -> rounds.through(dataset.id(), both))).as("handed in as a whole, and an item that is ended")
                .containsExactlyInAnyOrder(images.get(1).id(), images.get(2).id());
        assertThat(in(() -> rounds.through(dataset.id(), List.of(cat)))).as("of cats nothing is missing").contains(images.get(3).id());
        finish(3, dog, "console");
        assertThat(in(() -> rounds.through(dataset.id(), both))).as("nor of dogs").contains(images.get(3).id());
        undo(whole, Instant.now());
        assertThat(in(() -> rounds.through(dataset.id(), both))).as("that was taken back").containsExactlyInAnyOrder(images.get(1).id(), images.get(3).id());
    }

    /** Nothing was ever on 0. On 1 proposals were rejected; on 2 one was left open, on 3 an earlier run found what the newer one did not. */
    @Test
    void whoEndsAnImageWithoutABoxHasSaidThatNothingIsThere() throws Exception {
        List<Long> both = List.of(cat, dog);
        box(1, cat, "REJECTED", 1);
        box(2, cat, "PROPOSED", 1);
        box(3, cat, "SUPERSEDED", 1);
        assertThat(in(() -> rounds.through(dataset.id(), both))).isEmpty();
        long empty = finish(0, null, "console");
        for (int image = 1; image < 4; image++) {
            finish(image, null, "console");
        }
        assertThat(in(() -> rounds.through(dataset.id(), both))).containsExactlyInAnyOrder(images.get(0).id(), images.get(1).id(), images.get(3).id());
        box(0, cat, "PROPOSED", 5);
        assertThat(in(() -> rounds.through(dataset.id(), both))).as("what came later opens no image again").contains(images.get(0).id());
        undo(empty, Instant.now());
        assertThat(in(() -> rounds.through(dataset.id(), both))).as("taken back").doesNotContain(images.get(0).id());
        finish(0, cat, "console");
        in(() -> entities.createNativeQuery("delete from annotations where image_id = " + images.get(0).id()).executeUpdate());
        assertThat(in(() -> rounds.through(dataset.id(), both))).as("nobody looked for dogs").doesNotContain(images.get(0).id());
        assertThat(in(() -> rounds.through(dataset.id(), List.of(cat)))).contains(images.get(0).id());
    }

    @Test
    void aProgramThatKnowsSomeCategoriesSaysNothingOfOthers() throws Exception {
        box(0, cat, "ACCEPTED", 1);
        box(1, cat, "ACCEPTED", 1);
        in(() -> log(0, "DECIDE", Instant.now(), null, null, null, "label-studio", "{" + cat + "}"));
        in(() -> log(1, "DECIDE", Instant.now(), null, null, null, "label-studio", "{" + dog + "," + cat + "}"));
        assertThat(in(() -> rounds.through(dataset.id(), List.of(cat, dog)))).containsExactly(images.get(1).id());
        assertThat(in(() -> rounds.through(dataset.id(), List.of(cat)))).containsExactlyInAnyOrder(images.get(0).id(), images.get(1).id());
    }

    /** On 1 somebody saw nothing at all, on 2 no more cats; of 3 that was taken back. */
    @Test
    void whatSomebodySaysIsNotThereTheTeacherDoesNotFind() throws Exception {
        List<Long> both = List.of(cat, dog);
        box(0, cat, "ACCEPTED", 1);
        finish(1, null, "console");
        finish(2, cat, "console");
        undo(finish(3, null, "console"), Instant.now());
        box(1, dog, "PROPOSED", 60);
        in(() -> rounds.freeze(id, new RoundParts(images.subList(0, 1), List.of(), images.subList(1, 4), List.of()), both, false));
        List<RoundImage> frozen = in(() -> rounds.images(id, Set.of(Role.UNLABELLED), 0, 10));
        assertThat(frozen).extracting(RoundImage::complete).containsExactly(Set.of(cat, dog), Set.of(cat), Set.of());

        for (int image = 1; image < 4; image++) {
            List<PseudoBox> boxes = List.of(found(image, cat, 1, 0.9), found(image, dog, 60, 0.8));
            in(() -> rounds.taught(id, boxes.get(0).imageId(), boxes, null, null));
        }
        List<RoundBox> boxes = in(this::boxes);
        assertThat(boxes).extracting(box -> RoundExamples.isOpen(box.found(), RoundWork.human(frozen.get((int) (box.imageId() - images.get(1).id())), List.of())))
                .containsExactly(false, false, false, true, true, true);
        in(() -> {
            mark("human", "human", "human", "", "", "");
            return null;
        });
        List<RoundBox> marked = in(this::boxes);
        StudentImage nothing = RoundWork.studentImage(frozen.get(0), marked.subList(0, 2), both, RoundExamples.DEFAULT).orElseThrow();
        assertThat(nothing.gold()).isEmpty();
        assertThat(nothing.absent()).as("it tells of all categories").isNull();
        assertThat(nothing.proposed()).as("all of it is background").isEmpty();
        assertThat(RoundWork.studentImage(frozen.get(1), marked.subList(2, 4), both, RoundExamples.DEFAULT).orElseThrow().proposed())
                .containsExactly(new ProposedBox(dog, 60, 2, 30, 40, 0.5));
        assertThat(RoundWork.studentImage(frozen.get(2), marked.subList(4, 6), both, RoundExamples.DEFAULT).orElseThrow().proposed()).hasSize(2);
    }

    @Test
    void whatWasOpenWhenAnItemEndedIsNotDecidedByThat() throws Exception {
        box(2, dog, "PROPOSED", 60);
        finish(2, null, "console");
        in(() -> rounds.freeze(id, new RoundParts(List.of(), List.of(), images.subList(2, 3), List.of()), List.of(cat, dog), false));
        assertThat(in(() -> rounds.images(id, ALL, 0, 10))).extracting(RoundImage::complete).containsExactly(Set.of(cat));
    }

    @Test
    void whoRelabelsOrMovesABoxHasRejectedWhatWasProposed() throws Exception {
        box(2, dog, "CORRECTED", 1);
        box(2, cat, "CORRECTED", 60);
        box(3, cat, "CORRECTED", 1);
        in(() -> entities.createNativeQuery("update annotations set original = cast(:original as jsonb) where image_id = :image and category_id = :dog")
                .setParameter("original", "{\"category\": " + cat + ", \"x\": 2, \"y\": 2, \"width\": 30, \"height\": 40}")
                .setParameter("image", images.get(2).id()).setParameter("dog", dog).executeUpdate());
        // 30 wide, moved by 40 it overlaps nothing; moved by 2 it is the same.
        for (int image : List.of(2, 3)) {
            in(() -> entities.createNativeQuery("update annotations set original = cast(:original as jsonb) where image_id = :image and category_id = :cat")
                    .setParameter("original", "{\"category\": " + cat + ", \"x\": " + (image == 2 ? 20 : 3) + ", \"y\": 2, \"width\": 30, \"height\": 40}")
                    .setParameter("image", images.get(image).id()).setParameter("cat", cat).executeUpdate());
        }
        in(() -> rounds.freeze(id, new RoundParts(images.subList(0, 1), images.subList(1, 2), images.subList(2, 4), List.of()), List.of(cat, dog), true));
        List<RoundImage> frozen = in(() -> rounds.images(id, Set.of(Role.UNLABELLED), 0, 10));
        assertThat(frozen.get(0).rejected()).extracting(GoldBox::category, GoldBox::x).containsExactly(tuple(cat, 2.0), tuple(cat, 20.0));
        assertThat(frozen.get(0).decided()).containsExactlyInAnyOrder(cat, dog);
        assertThat(frozen.get(1).rejected()).isEmpty();

        // The teacher's cat where the dog is, and one that nobody has said anything of.
        in(() -> rounds.taught(id, images.get(2).id(), List.of(found(2, cat, 2, 0.9), found(2, cat, 100, 0.9)), null, null));
        in(() -> {
            mark("", "");
            return null;
        });
        StudentImage student = RoundWork.studentImage(frozen.get(0), in(this::boxes), List.of(cat, dog), RoundExamples.DEFAULT).orElseThrow();
        assertThat(student.gold()).hasSize(2);
        assertThat(student.proposed()).containsExactlyInAnyOrder(new ProposedBox(cat, 2, 2, 30, 40, 0), new ProposedBox(cat, 20, 2, 30, 40, 0),
                new ProposedBox(cat, 100, 2, 30, 40, 0.5));
    }

    @Test
    void whatAModelComesFromWasTrainedOn() throws Exception {
        long parent = champion.id();
        long child = in(() -> ((Number) entities.createNativeQuery("insert into model_versions (project_id, name, status, architecture, bundle, sha256, provenance, parent_id)"
                        + " values (:project, 'child', 'CANDIDATE', 'tiny', '/none', 'none', '{\"sources\": []}', :parent) returning id", Long.class)
                .setParameter("project", dataset.projectId()).setParameter("parent", parent).getSingleResult()).longValue());
        in(() -> {
            long tuned = ((Number) entities.createNativeQuery("insert into fine_tunes (name, dataset_id, base_id, prompts, settings, subset, snapshot_sha256, images, boxes,"
                            + " status, phase, model_version_id, started_by) values ('tuned', :dataset, :base, '[]', '{}', '{}', 'none', 1, 0, 'COMPLETED', 'DONE', :made, 'ann')"
                            + " returning id", Long.class)
                    .setParameter("dataset", dataset.id()).setParameter("base", parent).setParameter("made", parent).getSingleResult()).longValue();
            return entities.createNativeQuery("insert into fine_tune_images (fine_tune_id, image_id, sha256, gold) values (:tuned, :image, :sha256, '[]')")
                    .setParameter("tuned", tuned).setParameter("image", images.get(1).id()).setParameter("sha256", images.get(1).sha256()).executeUpdate();
        });
        List<String> contents = images.stream().map(Image::sha256).toList();
        assertThat(in(() -> rounds.learnt(child, contents))).containsExactly(images.get(1).sha256());
        assertThat(in(() -> rounds.learnt(child, contents.subList(2, 4)))).isEmpty();
    }

    @Test
    void whatReviewersDecidedAboutProposals() throws Exception {
        freeze();
        in(() -> {
            rounds.enter(id, Phase.SNAPSHOT);
            rounds.enter(id, Phase.TEACHING);
            return null;
        });
        Instant before = Instant.now().minusSeconds(60);
        decision(2, cat, 0.5, true, before);
        long undone = decision(2, cat, 0.6, false, before);
        undo(undone, before.plusSeconds(1));
        undo(decision(2, dog, 0.7, false, before), Instant.now().plusSeconds(60));
        decision(1, dog, 0.8, true, before);
        decision(3, dog, 0.9, true, Instant.now().plusSeconds(60));
        assertThat(in(() -> selections.decisions(id))).as("not what was undone, is measured on, or came later")
                .containsExactlyInAnyOrder(new ReviewedThresholds.Decision(cat, 0.5, true), new ReviewedThresholds.Decision(dog, 0.7, false));
    }

    private long decision(int image, long category, double score, boolean hit, Instant when) throws Exception {
        return in(() -> {
            long decision = log(image, "DECIDE", when, null);
            entities.createNativeQuery("insert into review_decision_boxes (decision_id, ordinal, action, hit, category_id, score)"
                            + " values (:decision, 0, 'ACCEPT', :hit, :category, :score)")
                    .setParameter("decision", decision).setParameter("hit", hit).setParameter("category", category).setParameter("score", score).executeUpdate();
            return decision;
        });
    }
}

package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.CaptionService;
import dev.gleaner.dataset.CaptionService.Given;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldBox;
import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.finetune.GroundedCaption.PhraseBox;
import dev.gleaner.finetune.ProposedBox;
import dev.gleaner.finetune.StudentImage;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.text.Span;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.round.RoundImage.Role;
import dev.gleaner.round.SelectionRun.Mark;
import dev.gleaner.round.TrainingRound.Decision;
import dev.gleaner.round.TrainingRound.Phase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rounds on a real database, without a server. */
class TrainingRoundRepositoryTest extends RoundDatabaseTest {

    private static final Set<Role> ALL = Set.of(Role.values());

    private List<Image> images;
    private long id;

    TrainingRoundRepositoryTest() {
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

    private long order() {
        TrainingRound round = new TrainingRound("tuned", dataset, champion, List.of(Prompt.of("cat"), new Prompt("dog", "puppy")),
                RoundDefaults.settings(NewTrainingRound.of(dataset.id()), List.of(dataset.id())), "ordered", "ann");
        rounds.add(round);
        return round.id();
    }

    private void box(int image, long category, String status, double x) throws Exception {
        box(image, category, status, x, null);
    }

    private void box(int image, long category, String status, double x, Long run) throws Exception {
        in(() -> entities.createNativeQuery("insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, is_crowd, score, labeling_run_id, ordinal)"
                        + " values (:image, :dataset, :category, :x, 2, 30, 40, :status, false, 0.5, :run, :ordinal)")
                .setParameter("run", run).setParameter("ordinal", (int) x)
                .setParameter("image", images.get(image).id()).setParameter("dataset", dataset.id()).setParameter("category", category)
                .setParameter("x", x).setParameter("status", status).executeUpdate());
    }

    /** Image 0 is gold, 1 is held out, 2 and 3 are the teacher's; of 2 a human has rejected a dog. */
    private String freeze() throws Exception {
        box(0, cat, "ACCEPTED", 1);
        box(0, dog, "REJECTED", 50);
        box(1, dog, "CORRECTED", 1);
        box(2, dog, "REJECTED", 5);
        box(2, cat, "PROPOSED", 5);
        return in(() -> rounds.freeze(id, new RoundParts(images.subList(0, 1), images.subList(1, 2), images.subList(2, 4), List.of()), List.of(cat, dog), true));
    }

    private PseudoBox found(int image, long category, double x, double score) {
        return new PseudoBox(images.get(image).id(), category, Box.xywh(x, 2, 30, 40), score, 0.75);
    }

    private List<RoundBox> boxes() {
        return rounds.boxes(id, images.stream().map(Image::id).toList());
    }

    /** Marks all boxes in turn. */
    private void mark(String... dropped) {
        List<RoundBox> boxes = boxes();
        selections.mark(id, IntStream.range(0, dropped.length).mapToObj(i -> new Mark(boxes.get(i).imageId(), boxes.get(i).ordinal(), dropped[i])).toList());
    }

    @Test
    void settingsComeBackAsTheyWere() throws Exception {
        assertThat(in(() -> rounds.find(id).orElseThrow()).settings())
                .isEqualTo(RoundDefaults.settings(NewTrainingRound.of(dataset.id()), List.of(dataset.id())));
    }

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
    void whatTheTeacherFoundIsWrittenOnce() throws Exception {
        freeze();
        long first = images.get(2).id();
        assertThat(in(() -> rounds.untaught(id, 10))).extracting(sample -> sample.image().fileName()).containsExactly("2.jpg", "3.jpg");
        assertThat(in(() -> rounds.taught(id, first, List.of(found(2, cat, 1, 0.9), found(2, dog, 2, 0.4)), null, null))).isTrue();
        assertThat(in(() -> rounds.taught(id, first, List.of(found(2, cat, 1, 0.9)), null, null))).as("again").isFalse();
        assertThat(in(() -> rounds.taught(id, images.get(3).id(), List.of(), null, "gone"))).isTrue();
        assertThat(in(() -> rounds.untaught(id, 10))).isEmpty();
        assertThat(in(this::boxes)).extracting(RoundBox::found).containsExactly(found(2, cat, 1, 0.9), found(2, dog, 2, 0.4));
        assertThat(in(() -> rounds.scores(id))).isEqualTo(ScoreHistogram.of(List.of(0.9, 0.4)));
        assertThat(in(() -> rounds.quarantined(id, 0, 10))).extracting(QuarantinedImage::fileName, QuarantinedImage::reason)
                .containsExactly(tuple("3.jpg", "gone"));
        assertThat(in(() -> rounds.samples(id, 0, 10))).extracting(sample -> sample.image().id()).containsExactly(first);
        assertThat(in(() -> rounds.forgetQuarantined(id))).isEqualTo(1);
        assertThat(in(() -> rounds.untaught(id, 10))).extracting(sample -> sample.image().fileName()).containsExactly("3.jpg");
    }

    @Test
    void eachBoxIsMarkedByWhatDroppedIt() throws Exception {
        freeze();
        in(() -> rounds.taught(id, images.get(2).id(), List.of(found(2, cat, 1, 0.9), found(2, dog, 2, 0.4)), null, null));
        in(() -> {
            mark("", "class-adaptive");
            return null;
        });
        assertThat(in(this::boxes)).extracting(RoundBox::selected, RoundBox::droppedBy)
                .containsExactly(tuple(Optional.of(true), Optional.empty()), tuple(Optional.of(false), Optional.of("class-adaptive")));
    }

    @Test
    void aStudentSeesGoldWholeAndTheTeachersBoxesByWeight() throws Exception {
        freeze();
        // A cat that is selected, a dog where a human has rejected dogs, a weak cat beside it, and a hopeless one.
        in(() -> rounds.taught(id, images.get(2).id(), List.of(found(2, cat, 1, 0.9), found(2, dog, 6, 0.8), found(2, cat, 60, 0.3), found(2, cat, 40, 0.06)), null, null));
        in(() -> rounds.taught(id, images.get(3).id(), List.of(found(3, cat, 1, 0.3)), null, null));
        in(() -> {
            mark("", "human", "fixed", "fixed", "fixed");
            return null;
        });
        List<RoundImage> frozen = in(() -> rounds.images(id, ALL, 0, 10));
        List<RoundBox> boxes = in(this::boxes);

        StudentImage gold = RoundWork.studentImage(frozen.get(0), List.of(), List.of(cat, dog), RoundExamples.DEFAULT).orElseThrow();
        assertThat(gold.gold()).hasSize(1);
        assertThat(gold.proposed()).as("the rejected dog is ignored").containsExactly(new ProposedBox(dog, 50, 2, 30, 40, 0));

        StudentImage taught = RoundWork.studentImage(frozen.get(2), boxes.subList(0, 4), List.of(cat, dog), RoundExamples.DEFAULT).orElseThrow();
        assertThat(taught.gold()).isEmpty();
        assertThat(taught.proposed()).containsExactlyInAnyOrder(new ProposedBox(dog, 5, 2, 30, 40, 0), new ProposedBox(cat, 1, 2, 30, 40, 0.5),
                new ProposedBox(cat, 60, 2, 30, 40, 0));
        assertThat(RoundWork.studentImage(frozen.get(3), boxes.subList(4, 5), List.of(cat, dog), RoundExamples.DEFAULT))
                .as("nothing selected, nothing decided").isEmpty();
    }

    @Test
    void aCaptionTakesPartWithWhereItsPhrasesAre() throws Exception {
        CaptionService captions = new CaptionService(new DatasetRepository(entities));
        in(() -> {
            captions.put(dataset.id(), List.of(new Given("2.jpg", "a cat"), new Given("3.jpg", "a small dog"), new Given("0.jpg", "gold")), "ann");
            return null;
        });
        freeze();
        in(() -> {
            captions.put(dataset.id(), List.of(new Given("2.jpg", "later"), new Given("3.jpg", null)), "bob");
            return null;
        });
        assertThat(in(() -> rounds.captioned(id))).as("those of the teacher's images, as they were").isEqualTo(2);
        assertThat(in(() -> rounds.untaught(id, 10))).extracting(sample -> sample.frozen().caption())
                .containsExactly(Optional.of("a cat"), Optional.of("a small dog"));
        GroundedCaption grounded = new GroundedCaption("a small dog", List.of(List.of(new Span(2, 11))), List.of(new PhraseBox(0, 1, 2, 3, 4, 0.5)));
        in(() -> rounds.taught(id, images.get(3).id(), List.of(found(3, cat, 1, 0.3)), grounded, null));
        in(() -> {
            mark("fixed");
            return null;
        });
        RoundImage read = in(() -> rounds.images(id, ALL, images.get(2).id(), 10)).get(0);
        assertThat(read.grounding()).contains(grounded);
        assertThat(grounded.text(0)).isEqualTo("small dog");
        // No box was selected: nothing but the caption is learnt, not that all else is background.
        StudentImage student = RoundWork.studentImage(read, in(this::boxes), List.of(cat, dog), RoundExamples.DEFAULT).orElseThrow();
        assertThat(student.proposed()).isNull();
        assertThat(student.grounding()).isEqualTo(grounded);
        assertThat(in(() -> captions.captions(dataset.id(), 0, 10))).extracting(one -> one.image().fileName() + ": " + one.caption().caption())
                .containsExactly("0.jpg: gold", "2.jpg: later");
        assertThatThrownBy(() -> captions.put(dataset.id(), List.of(new Given("9.jpg", "x"), new Given("0.jpg", " ")), "ann"))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("[0].file is \"9.jpg\"").hasMessageContaining("[1].caption");
    }

    @Test
    void aProjectHasOneRoundAtATime() throws Exception {
        assertThatThrownBy(() -> in(this::order)).hasStackTraceContaining("training_rounds_one_at_a_time");
        assertThat(in(() -> rounds.active(dataset.projectId()))).map(TrainingRound::id).contains(id);
        in(() -> {
            TrainingRound round = rounds.lock(id).orElseThrow();
            round.begin();
            round.failed("for the test");
            return null;
        });
        assertThat(in(() -> rounds.active(dataset.projectId()))).isEmpty();
        long second = in(this::order);
        assertThat(in(() -> rounds.newest(dataset.projectId(), Long.MAX_VALUE, 10))).extracting(TrainingRound::id).containsExactly(second, id);
        assertThat(in(() -> rounds.newest(null, second, 1))).extracting(TrainingRound::id).containsExactly(id);
        in(() -> {
            rounds.lock(second).orElseThrow().completed();
            return null;
        });
        assertThatThrownBy(() -> in(() -> {
            rounds.lock(second).orElseThrow().restart();
            return null;
        })).isInstanceOf(Conflict.class).hasMessageContaining("is COMPLETED");
    }

    @Test
    void phasesKeepTheirBeginningAndEndWithTheNext() throws Exception {
        for (Phase phase : List.of(Phase.SNAPSHOT, Phase.TEACHING, Phase.TEACHING, Phase.SELECTING, Phase.DONE)) {
            in(() -> {
                rounds.enter(id, phase);
                return null;
            });
        }
        List<RoundPhase> phases = in(() -> rounds.phases(id));
        assertThat(phases).extracting(RoundPhase::phase).containsExactly(Phase.SNAPSHOT, Phase.TEACHING, Phase.SELECTING);
        assertThat(phases).allSatisfy(phase -> assertThat(phase.endedAt()).isPresent());
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

    /** Decides about an item of a queue that asks for a category, or for all if it is null. */
    private long finish(int image, Long category, String origin) throws Exception {
        return in(() -> {
            long queue = ((Number) entities.createNativeQuery("insert into review_queues (project_id, dataset_id, name, ordering, filter, checks, consensus,"
                            + " consensus_share, seed, status, created_by) values (:project, :dataset, 'q', 'RANDOM', cast(:filter as jsonb), 0, 1, 0, 1, 'OPEN', 'ann')"
                            + " returning id", Long.class)
                    .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id())
                    .setParameter("filter", "{\"categories\": [" + (category == null ? "" : category) + "]}").getSingleResult()).longValue();
            return log(image, "DECIDE", Instant.now(), null, queue, queue, origin);
        });
    }

    @Test
    void whoDecidesAboutBoxesOneByOneHasNotSaidThatNothingIsMissing() throws Exception {
        List<Long> both = List.of(cat, dog);
        for (int image = 0; image < 4; image++) {
            box(image, cat, "ACCEPTED", 1);
        }
        in(() -> log(0, "DECIDE", Instant.now(), null, null, null, "console"));
        in(() -> log(1, "DECIDE", Instant.now(), null, null, null, "label-studio"));
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

    private void undo(long decision, Instant when) throws Exception {
        in(() -> log(2, "UNDO", when, decision));
    }

    private long log(int image, String action, Instant when, Long undoes) {
        return log(image, action, when, undoes, null, null, "api");
    }

    private long log(int image, String action, Instant when, Long undoes, Long queue, Long item, String origin) {
        return ((Number) entities.createNativeQuery("insert into review_decisions (project_id, dataset_id, image_id, action, counts, reviewer, request_id, origin,"
                        + " decided_at, undoes, queue_id, item_id) values (:project, :dataset, :image, :action, true, 'ann', :request, :origin, :at, :undoes, :queue, :item)"
                        + " returning id", Long.class)
                .setParameter("origin", origin).setParameter("queue", queue).setParameter("item", item)
                .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id()).setParameter("image", images.get(image).id())
                .setParameter("action", action).setParameter("request", "request " + System.nanoTime()).setParameter("at", when)
                .setParameter("undoes", undoes).getSingleResult()).longValue();
    }

    @Test
    void itsProgressAndItsEnd() throws Exception {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        TrainingRound round = in(() -> {
            TrainingRound running = rounds.lock(id).orElseThrow();
            running.begin();
            running.counts(1, 1, 10);
            running.enter(Phase.TEACHING);
            running.taught(4, 1, 2, 0.5);
            running.selected(List.of(new CategorySelection(cat, "cat", 3, 1, Map.of("fixed", 2), List.of(new CategorySelection.Chosen("gold", 0.4, Threshold.Source.POOLED)))));
            running.decided(Decision.REFUSED, List.of("It is worse."), null);
            running.reports(ScoreHistogram.of(List.of(0.5, 0.9)));
            running.enter(Phase.TEACHING);
            return running;
        });
        // Six are left, at two seconds each.
        assertThat(round.eta(now)).contains(now.plusSeconds(12));
        TrainingRound read = in(() -> rounds.find(id).orElseThrow());
        assertThat(read.selection()).containsExactly(new CategorySelection(cat, "cat", 3, 1, Map.of("fixed", 2), List.of(new CategorySelection.Chosen("gold", 0.4, Threshold.Source.POOLED))));
        assertThat(read.decision()).contains(Decision.REFUSED);
        assertThat(read.reasons()).containsExactly("It is worse.");
        assertThat(read.scores()).contains(ScoreHistogram.of(List.of(0.5, 0.9)));
        assertThat(read.quarantined()).isEqualTo(1);
        assertThat(read.grounded()).isEqualTo(2);
    }
}

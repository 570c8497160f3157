package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.CaptionService;
import dev.gleaner.dataset.CaptionService.Given;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.finetune.GroundedCaption.PhraseBox;
import dev.gleaner.finetune.ProposedBox;
import dev.gleaner.finetune.StudentImage;
import dev.gleaner.glip.text.Span;
import dev.gleaner.inference.QuarantinedImage;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.round.TrainingRound.Decision;
import dev.gleaner.round.TrainingRound.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rounds on a real database, without a server. */
class TrainingRoundRepositoryTest extends FrozenRoundTest {

    @Test
    void settingsComeBackAsTheyWere() throws Exception {
        assertThat(in(() -> rounds.find(id).orElseThrow()).settings())
                .isEqualTo(RoundDefaults.settings(NewTrainingRound.of(dataset.id()), List.of(dataset.id())));
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

    /** The model may find its boxes and fail on the caption. */
    @Test
    void whatCouldNotBeReadHasNoBoxesAndIsTriedAgain() throws Exception {
        freeze();
        long first = images.get(2).id();
        List<PseudoBox> boxes = List.of(found(2, cat, 1, 0.9));
        in(() -> rounds.taught(id, first, boxes, null, "the model fails on this image"));
        assertThat(in(this::boxes)).isEmpty();
        in(() -> rounds.forgetQuarantined(id));
        assertThat(in(() -> rounds.taught(id, first, boxes, null, null))).isTrue();
        assertThat(in(this::boxes)).extracting(RoundBox::found).isEqualTo(boxes);
    }

    @Test
    void whatCouldNotTakeAnotherChampionsPlaceIsNotTrainedAtAll() throws Exception {
        TrainingRound round = in(() -> rounds.find(id).orElseThrow());
        round.checkReplaces(Optional.of(champion));
        round.checkReplaces(Optional.empty());
        ModelVersion other = in(() -> entities.find(ModelVersion.class, ((Number) entities.createNativeQuery("insert into model_versions (project_id, name, status, architecture,"
                        + " bundle, sha256, provenance) values (:project, 'other', 'CANDIDATE', 'tiny', '/none', 'none', '{\"sources\": []}') returning id", Long.class)
                .setParameter("project", dataset.projectId()).getSingleResult()).longValue()));
        assertThatThrownBy(() -> round.checkReplaces(Optional.of(other))).isInstanceOf(Conflict.class)
                .hasMessage("the champion is now model version " + other.id() + ", other; training round " + id + " was to replace model version " + champion.id()
                        + ": order another one");
        round.decided(Decision.PROMOTED, List.of(), null);
        round.checkReplaces(Optional.of(other));
    }

    @Test
    void whatCouldNotBeReadIsForgottenOnlyBeforeTheTeacherIsThrough() throws Exception {
        TrainingRound round = in(() -> rounds.find(id).orElseThrow());
        assertThat(round.triesUnreadAgain()).isTrue();
        round.enter(Phase.TEACHING);
        assertThat(round.triesUnreadAgain()).isTrue();
        round.enter(Phase.SELECTING);
        assertThat(round.triesUnreadAgain()).isFalse();
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

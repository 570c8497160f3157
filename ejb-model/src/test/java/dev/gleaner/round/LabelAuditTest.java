package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.finetune.GroundedCaption;
import dev.gleaner.finetune.GroundedCaption.PhraseBox;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.text.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelAuditTest {

    private static final Gate.Decision GOOD = new Gate.Decision(true, List.of("AP changed by +3.0"));
    private static final List<PseudoBox> TEACHER = IntStream.range(0, 100)
            .mapToObj(i -> new PseudoBox(1, 1 + i % 3, Box.xywh(50 * i, 20, 30, 40), 0.5, 1)).toList();

    @Test
    void theTeachersOwnBoxesPass() {
        LabelAudit audit = LabelAudit.NONE.and(TEACHER.subList(0, 40), TEACHER).and(List.of(), TEACHER);
        assertThat(audit).isEqualTo(new LabelAudit(2, 0, 40, 40));
        assertThat(audit.applied(GOOD)).isSameAs(GOOD);
        assertThat(LabelAudit.NONE.applied(GOOD)).as("gold alone").isSameAs(GOOD);
    }

    @Test
    void aFifthOfForeignBoxesIsRefusedHoweverGoodTheFigures() {
        LabelAudit audit = LabelAudit.NONE.and(Poison.poison(TEACHER, 0.2, List.of(1L, 2L, 3L), new Random(4)), TEACHER);
        assertThat(audit).isEqualTo(new LabelAudit(1, 0, 100, 80));
        assertThat(audit.applied(GOOD)).isEqualTo(new Gate.Decision(false, List.of("of 100 boxes that the student learnt from in 1 images, the teacher finds"
                + " 80.0 % again, expected at least 95 %: the others are not its own")));
    }

    @Test
    void boxesOfPhrasesAreTheTeachersToo() {
        GroundedCaption shown = caption(new PhraseBox(0, 10, 10, 20, 20, 0.5), new PhraseBox(1, 50, 10, 20, 20, 0.5), new PhraseBox(1, 90, 10, 20, 20, 0));
        LabelAudit image = LabelAudit.NONE.and(List.of(), List.of());
        assertThat(image.and(shown, Optional.of(shown))).as("what is set aside is not asked for").isEqualTo(new LabelAudit(1, 0, 2, 2));
        GroundedCaption exchanged = caption(new PhraseBox(1, 10, 10, 20, 20, 0.5), new PhraseBox(1, 50, 10, 20, 20, 0.1));
        assertThat(image.and(shown, Optional.of(exchanged))).isEqualTo(new LabelAudit(1, 0, 2, 1));
        GroundedCaption moved = caption(new PhraseBox(0, 15, 10, 20, 20, 0.5));
        assertThat(image.and(shown, Optional.of(moved))).isEqualTo(new LabelAudit(1, 0, 2, 0));
        assertThat(image.and(shown, Optional.empty()).applied(GOOD).promoted()).isFalse();
    }

    private static GroundedCaption caption(PhraseBox... boxes) {
        return new GroundedCaption("a disc and a square", List.of(List.of(new Span(0, 6)), List.of(new Span(11, 19))), List.of(boxes));
    }

    @Test
    void whatElseSpeaksAgainstTheCandidateIsToldToo() {
        List<PseudoBox> moved = new ArrayList<>(TEACHER.subList(0, 1));
        moved.replaceAll(box -> new PseudoBox(1, box.categoryId(), Box.xywh(5, 20, 30, 40), 0.5, 1));
        assertThat(LabelAudit.NONE.and(moved, TEACHER).applied(new Gate.Decision(false, List.of("worse"))).reasons()).hasSize(2).first().isEqualTo("worse");
    }

    @Test
    void labelsThatNobodyCanLookAtAgainAreRefusedUnlessOthersCanBe() {
        assertThat(LabelAudit.NONE.unreadable().unreadable().applied(GOOD)).isEqualTo(new Gate.Decision(false,
                List.of("only 0 of 2 images that the student learnt from can still be read, so that the teacher cannot look at its labels again")));
        LabelAudit half = LabelAudit.NONE.unreadable().and(TEACHER, TEACHER);
        assertThat(half.applied(GOOD)).isSameAs(GOOD);
        assertThat(half.unreadable().applied(GOOD).promoted()).as("one of three").isFalse();
    }
}

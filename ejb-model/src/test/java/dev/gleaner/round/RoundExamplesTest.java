package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.round.RoundExamples.Human;
import dev.gleaner.round.RoundExamples.HumanBox;
import dev.gleaner.round.RoundExamples.Rejected;
import dev.gleaner.round.RoundExamples.Verdict;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoundExamplesTest {

    private static final long DOG = 7;
    private static final long CAT = 8;
    private static final List<Long> CATEGORIES = List.of(CAT, DOG);
    private static final Box HERE = Box.xywh(0, 0, 10, 10);
    private static final Box NEARLY = Box.xywh(0, 0, 10, 8);
    private static final Box ELSEWHERE = Box.xywh(50, 50, 10, 10);
    private static final RoundExamples RULES = new RoundExamples(0.5, Rejected.IGNORE, 0.1);

    private static PseudoBox teacher(long category, Box box, double score) {
        return new PseudoBox(1, category, box, score, 1);
    }

    private static Human human(long category, Box box, Verdict verdict) {
        return new Human(List.of(new HumanBox(category, box, verdict)), Set.of());
    }

    @Test
    void certainBoxesCountInFullSelectedOnesLessAndDroppedOnesNothing() {
        assertThat(RULES.targets(CATEGORIES, human(DOG, HERE, Verdict.PRESENT), List.of(teacher(CAT, ELSEWHERE, 0.9)),
                List.of(teacher(DOG, ELSEWHERE, 0.1), teacher(DOG, ELSEWHERE, 0.09)))).hasValue(List.of(
                new TargetBox(HERE, 1, 1), new TargetBox(ELSEWHERE, 0, 0.5), new TargetBox(ELSEWHERE, 1, 0)));
    }

    /** NEARLY overlaps HERE by 0.8. */
    @Test
    void whereAHumanDecidedTheTeacherIsNotAsked() {
        List<PseudoBox> selected = List.of(teacher(DOG, NEARLY, 0.9), teacher(DOG, ELSEWHERE, 0.8), teacher(CAT, NEARLY, 0.7));
        assertThat(RULES.targets(CATEGORIES, human(DOG, HERE, Verdict.PRESENT), selected, List.of())).hasValue(List.of(
                new TargetBox(HERE, 1, 1), new TargetBox(ELSEWHERE, 1, 0.5), new TargetBox(NEARLY, 0, 0.5)));
        assertThat(RULES.targets(CATEGORIES, human(DOG, HERE, Verdict.REJECTED), selected, List.of(teacher(DOG, HERE, 0.5)))).hasValue(List.of(
                new TargetBox(HERE, 1, 0), new TargetBox(ELSEWHERE, 1, 0.5), new TargetBox(NEARLY, 0, 0.5)));
    }

    @Test
    void ofACategoryThatHumansDealtWithNoBoxOfTheTeachersCounts() {
        Human human = new Human(List.of(new HumanBox(DOG, HERE, Verdict.PRESENT)), Set.of(DOG));
        assertThat(RULES.targets(CATEGORIES, human, List.of(teacher(DOG, ELSEWHERE, 0.9), teacher(CAT, ELSEWHERE, 0.9)),
                List.of(teacher(DOG, ELSEWHERE, 0.4)))).hasValue(List.of(new TargetBox(HERE, 1, 1), new TargetBox(ELSEWHERE, 0, 0.5)));
    }

    @Test
    void aHardNegativeIsBackgroundWhateverTheTeacherSays() {
        RoundExamples negative = new RoundExamples(1, Rejected.NEGATIVE, 0);
        assertThat(negative.targets(CATEGORIES, human(DOG, HERE, Verdict.REJECTED), List.of(teacher(DOG, NEARLY, 0.9), teacher(CAT, ELSEWHERE, 0.9)),
                List.of(teacher(DOG, HERE, 0.3)))).hasValue(List.of(new TargetBox(ELSEWHERE, 0, 1)));
    }

    @Test
    void aCrowdIsIgnored() {
        Human human = new Human(List.of(new HumanBox(DOG, HERE, Verdict.CROWD)), Set.of(DOG, CAT));
        assertThat(RULES.targets(CATEGORIES, human, List.of(), List.of())).hasValue(List.of(new TargetBox(HERE, 1, 0)));
    }

    @Test
    void anEmptyImageTeachesOnlyIfAHumanSaysThatItIsEmpty() {
        assertThat(RULES.targets(CATEGORIES, Human.NOTHING, List.of(), List.of(teacher(DOG, HERE, 0.4)))).isEmpty();
        assertThat(RULES.targets(CATEGORIES, new Human(List.of(), Set.of(DOG)), List.of(), List.of())).isEmpty();
        assertThat(RULES.targets(CATEGORIES, new Human(List.of(), Set.of(DOG, CAT)), List.of(), List.of())).hasValue(List.of());
    }

    @Test
    void boxesOfOtherCategoriesAreLeftOut() {
        assertThat(RULES.targets(List.of(CAT), human(DOG, HERE, Verdict.PRESENT), List.of(teacher(CAT, HERE, 0.9)), List.of()))
                .hasValue(List.of(new TargetBox(HERE, 0, 0.5)));
    }

    @Test
    void impossibleSettingsAreNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RoundExamples(0, Rejected.IGNORE, 0.1)).withMessageStartingWith("pseudoWeight: 0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new RoundExamples(1, Rejected.IGNORE, 1.1)).withMessageStartingWith("hopeless: 1.1");
    }
}

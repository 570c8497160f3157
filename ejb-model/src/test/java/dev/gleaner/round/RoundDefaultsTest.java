package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.dataset.Split;
import dev.gleaner.finetune.FineTuneSettings.Augment;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.round.NewTrainingRound.Limits;
import dev.gleaner.round.NewTrainingRound.Teaching;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundDefaultsTest {

    @Test
    void aDatasetIsEnough() {
        RoundSettings settings = RoundDefaults.settings(NewTrainingRound.of(7), List.of(7L));
        assertThat(settings.split()).isEqualTo(new Split(0.2, 0));
        assertThat(settings.unlabelled()).containsExactly(7L);
        assertThat(settings.teacher()).isEqualTo(new RoundSettings.Teaching(0, true, List.of(), 0.05, 0.5));
        assertThat(settings.selection()).containsExactly(new SelectionRule("agreement", 0.5, null, null, null, null, null),
                new SelectionRule("gold", 0.5, null, 10, null, 0.7, null));
        assertThat(settings.pseudoWeight()).isEqualTo(0.5);
        assertThat(settings.rejected()).isEqualTo(RoundExamples.Rejected.IGNORE);
        assertThat(settings.training().mode()).isEqualTo(Mode.FULL);
        assertThat(settings.training().augmentation()).isEqualTo(Augment.STRONG);
        assertThat(settings.gate()).isEqualTo(Gate.DEFAULT);
        assertThat(settings.promote()).isTrue();
        assertThat(settings.captions()).isFalse();
    }

    @Test
    void anotherDatasetTakesThePlaceOfTheSplit() {
        NewTrainingRound wanted = new NewTrainingRound(null, 7L, null, null, null, 8L, null, null, null, null, null, null, null, null, null, null);
        assertThat(RoundDefaults.settings(wanted, List.of()).split()).isNull();
        assertThat(faults(new NewTrainingRound(null, 7L, null, null, new Split(0.5, 1), 8L, null, null, null, null, null, null, null, null, null, null)))
                .extracting(Fault::field).containsExactly("gold");
    }

    @Test
    void everythingOutOfItsRangeIsNamed() {
        Map<String, Double> allowances = new HashMap<>(Map.of("size small", 1.5));
        allowances.put("size large", null);
        List<Fault> faults = faults(new NewTrainingRound(null, 7L, null, null, null, null, null, null,
                new Teaching(1.0, null, Arrays.asList(1.0, 0.5, 0.5, 9.0, null), -0.1, 1.5),
                Arrays.asList(SelectionRule.of("best"), new SelectionRule("fixed", 2.0, null, null, null, null, null),
                        new SelectionRule("agreement", null, 0.5, null, null, null, null), SelectionRule.of("fixed"), null,
                        new SelectionRule("loose-image", 0.4, 0.3, null, null, null, null),
                        new SelectionRule("reviewed", null, null, 1, null, 1.0, null), new SelectionRule("quota", null, null, null, null, null, 0.5)),
                0.0, null, null, null, new Limits(-1.0, 2.0, allowances), null));
        assertThat(faults).extracting(Fault::field).containsExactlyInAnyOrder("teacher.average", "teacher.least", "teacher.grounds", "teacher.scales[0]",
                "teacher.scales[2]", "teacher.scales[3]", "teacher.scales[4]", "selection[0].strategy", "selection[1].least", "selection[2].sure",
                "selection[3].strategy", "selection[4].strategy", "selection[5].sure", "selection[6].fewest", "selection[6].precision",
                "selection[7].slack", "pseudoWeight", "gate.margin", "gate.allowance", "gate.allowances.size small", "gate.allowances.size large");
        assertThat(faults).filteredOn(fault -> fault.field().equals("selection[0].strategy")).singleElement()
                .satisfies(fault -> assertThat(fault.expected()).contains("class-adaptive or reviewed or agreement or gold or quota"));
    }

    private static List<Fault> faults(NewTrainingRound wanted) {
        return catchThrowableOfType(InvalidInput.class, () -> RoundDefaults.settings(wanted, List.of())).faults();
    }
}

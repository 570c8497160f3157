package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.round.Gate;
import dev.gleaner.round.NewTrainingRound;
import dev.gleaner.round.RoundExamples.Rejected;
import dev.gleaner.round.RoundSettings;
import dev.gleaner.round.SelectionRule;
import dev.gleaner.web.rest.EvaluationOrders.SplitJson;
import java.util.List;
import java.util.Map;

/** A self-training round as it is ordered, by the words of the API. */
public record TrainingRoundOrder(String name, Long dataset, Long modelVersion, List<PromptJson> prompts, SplitJson split, Long gold,
        Long outOfDomain, List<Long> unlabelled, RoundTeacherJson teacher, List<SelectionJson> selection, Double pseudoWeight, String rejected,
        Boolean captions, TrainingOrder training, RoundGateJson gate, Boolean promote) {

    public record RoundTeacherJson(Double average, Boolean flip, List<Double> scales, Double least, Double grounds) {

        static RoundTeacherJson of(RoundSettings.Teaching teacher) {
            return new RoundTeacherJson(teacher.average(), teacher.flip(), teacher.scales(), teacher.least(), teacher.grounds());
        }
    }

    public record SelectionJson(String strategy, Double least, Double sure, Integer fewest, Double fallback, Double precision, Double slack) {

        static SelectionJson of(SelectionRule rule) {
            return new SelectionJson(rule.strategy(), rule.least(), rule.sure(), rule.fewest(), rule.fallback(), rule.precision(), rule.slack());
        }

        private static SelectionRule read(SelectionJson rule) {
            return rule == null ? SelectionRule.of(null) : new SelectionRule(rule.strategy, rule.least, rule.sure, rule.fewest, rule.fallback, rule.precision,
                    rule.slack);
        }
    }

    public record RoundGateJson(Double margin, Double allowance, Map<String, Double> allowances) {

        static RoundGateJson of(Gate gate) {
            return new RoundGateJson(gate.margin(), gate.allowance(), gate.allowances());
        }
    }

    /** As it was ordered, without the defaults. */
    static TrainingRoundOrder of(NewTrainingRound order) {
        return new TrainingRoundOrder(order.name(), order.dataset(), order.modelVersion(),
                order.prompts() == null ? null : order.prompts().stream().map(PromptJson::of).toList(),
                order.split() == null ? null : SplitJson.of(order.split().fraction(), order.split().seed()), order.gold(), order.outOfDomain(),
                order.unlabelled(), order.teacher() == null ? null : new RoundTeacherJson(order.teacher().average(), order.teacher().flip(),
                        order.teacher().scales(), order.teacher().least(), order.teacher().grounds()),
                order.selection() == null ? null : order.selection().stream().map(SelectionJson::of).toList(), order.pseudoWeight(),
                order.rejected() == null ? null : RoundSettings.label(order.rejected()), order.captions(), TrainingOrder.of(order.training()),
                order.gate() == null ? null : new RoundGateJson(order.gate().margin(), order.gate().allowance(), order.gate().allowances()), order.promote());
    }

    NewTrainingRound read() {
        return new NewTrainingRound(name, dataset, modelVersion, PromptJson.read(prompts), SplitJson.read(split), gold, outOfDomain, unlabelled,
                teacher == null ? null : new NewTrainingRound.Teaching(teacher.average, teacher.flip, teacher.scales, teacher.least, teacher.grounds),
                selection == null ? null : selection.stream().map(SelectionJson::read).toList(), pseudoWeight, rejected(rejected), captions,
                training == null ? null : training.read(),
                gate == null ? null : new NewTrainingRound.Limits(gate.margin, gate.allowance, gate.allowances), promote);
    }

    private static Rejected rejected(String label) {
        if (label == null) {
            return null;
        }
        for (Rejected choice : Rejected.values()) {
            if (RoundSettings.label(choice).equals(label)) {
                return choice;
            }
        }
        throw new InvalidInput("rejected", label, "ignore or negative");
    }
}

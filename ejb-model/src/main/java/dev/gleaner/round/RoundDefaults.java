package dev.gleaner.round;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.dataset.Split;
import dev.gleaner.finetune.FineTuneSettings.Augment;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.finetune.NewFineTune;
import dev.gleaner.round.SelectionRule.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From what somebody wants to how a round goes. A fifth of the gold is held out; the champion itself teaches, with a look at the
 * mirror image; boxes are selected only if the mirror image confirms them, and by a threshold for each category that is learnt from gold the
 * teacher labels as well, or where there is none is fitted to the scores, but not below 0.5; they count half of what gold
 * counts; rejected boxes are left out of the loss; the student trains as a fine-tune does, under strong augmentation; what passes the gate is promoted.
 */
final class RoundDefaults {

    static final Split SPLIT = new Split(0.2, 0);
    private static final List<SelectionRule> SELECTION = List.of(SelectionRule.of("agreement"), SelectionRule.of("gold"));
    private static final double LEAST = 0.05;
    private static final double PSEUDO_WEIGHT = 0.5;
    private static final int MOST_SCALES = 8;
    private static final double SMALLEST = 0.25;
    private static final double LARGEST = 4;
    private static final Map<String, String> EXPECTED = Map.of("least", "a number from 0 to 1", "sure", "a number from 0 to 1",
            "fewest", "a whole number of 2 or more", "fallback", "a number from 0 to 1", "precision", "a number between 0 and 1",
            "slack", "a number of 1 or more");

    private final List<Fault> faults = new ArrayList<>();

    private RoundDefaults() {
    }

    /**
     * Everything decided.
     *
     * @param unlabelled the datasets whose images the teacher labels
     * @throws InvalidInput naming everything that is out of its range
     */
    static RoundSettings settings(NewTrainingRound wanted, List<Long> unlabelled) {
        NewTrainingRound.Teaching teacher = or(wanted.teacher(), NewTrainingRound.Teaching.DEFAULT);
        NewTrainingRound.Limits gate = or(wanted.gate(), NewTrainingRound.Limits.DEFAULT);
        List<SelectionRule> selection = or(wanted.selection(), SELECTION);
        RoundDefaults checks = new RoundDefaults();
        if (wanted.split() != null && wanted.gold() != null) {
            checks.faults.add(new Fault("gold", wanted.gold(), "either a split or a dataset that is held out"));
        }
        for (int i = 0; i < unlabelled.size(); i++) {
            if (unlabelled.get(i) == null) {
                checks.faults.add(new Fault("unlabelled[" + i + "]", null, "the id of a dataset that is READY"));
            }
        }
        checks.teacher(teacher);
        checks.selection(selection);
        if (wanted.pseudoWeight() != null && !(wanted.pseudoWeight() > 0 && wanted.pseudoWeight() <= 1)) {
            checks.faults.add(new Fault("pseudoWeight", wanted.pseudoWeight(), "a number above 0 and up to 1"));
        }
        checks.gate(gate);
        if (!checks.faults.isEmpty()) {
            throw new InvalidInput(checks.faults);
        }
        return new RoundSettings(wanted.gold() == null ? or(wanted.split(), SPLIT) : null, wanted.gold(), wanted.outOfDomain(), unlabelled,
                new RoundSettings.Teaching(or(teacher.average(), 0.0), or(teacher.flip(), true), or(teacher.scales(), List.of()),
                        or(teacher.least(), LEAST), or(teacher.grounds(), CaptionGrounding.DEFAULT.least())),
                selection.stream().map(SelectionRule::complete).toList(), or(wanted.pseudoWeight(), PSEUDO_WEIGHT),
                or(wanted.rejected(), RoundExamples.Rejected.IGNORE), or(wanted.captions(), false), training(wanted.training()),
                new Gate(or(gate.margin(), Gate.DEFAULT.margin()), or(gate.allowance(), Gate.DEFAULT.allowance()), or(gate.allowances(), Map.of())),
                or(wanted.promote(), true));
    }

    /** Those of a fine-tune, but under strong augmentation: the student has to find in a hard view what the teacher found in an easy one. */
    private static NewFineTune.Training training(NewFineTune.Training wanted) {
        NewFineTune.Training training = or(wanted, NewFineTune.Training.DEFAULT);
        return training.with(or(training.mode(), Mode.FULL), or(training.augmentation(), Augment.STRONG));
    }

    private void teacher(NewTrainingRound.Teaching teacher) {
        if (teacher.average() != null && !(teacher.average() >= 0 && teacher.average() < 1)) {
            faults.add(new Fault("teacher.average", teacher.average(), "a number from 0 to below 1"));
        }
        share("teacher.least", teacher.least());
        share("teacher.grounds", teacher.grounds());
        List<Double> scales = or(teacher.scales(), List.of());
        if (scales.size() > MOST_SCALES) {
            faults.add(new Fault("teacher.scales", scales.size() + " numbers", "at most " + MOST_SCALES + " numbers"));
        }
        for (int i = 0; i < scales.size(); i++) {
            Double scale = scales.get(i);
            if (scale == null || !(scale >= SMALLEST && scale <= LARGEST) || scale == 1 || scales.indexOf(scale) < i) {
                faults.add(new Fault("teacher.scales[" + i + "]", scale,
                        "a number from " + SMALLEST + " to " + LARGEST + " other than 1, not listed before"));
            }
        }
    }

    private void selection(List<SelectionRule> rules) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            SelectionRule rule = rules.get(i);
            String place = "selection[" + i + "]";
            if (rule == null || Strategy.named(rule.strategy()).isEmpty()) {
                faults.add(new Fault(place + ".strategy", rule == null ? null : rule.strategy(), Strategy.names()));
                continue;
            }
            if (!seen.add(rule.strategy())) {
                faults.add(new Fault(place + ".strategy", rule.strategy(), "a strategy not listed before"));
            }
            List<String> own = Strategy.named(rule.strategy()).orElseThrow().numbers();
            rule.numbers().forEach((name, number) -> {
                if (number != null && !own.contains(name)) {
                    faults.add(new Fault(place + "." + name, number, "no such number, but " + String.join(" or ", own) + ", for " + rule.strategy()));
                } else if (number != null && !isWithin(name, number.doubleValue())) {
                    faults.add(new Fault(place + "." + name, number, EXPECTED.get(name)));
                }
            });
            SelectionRule complete = rule.complete();
            if (complete.sure() != null && complete.sure() < complete.least()) {
                faults.add(new Fault(place + ".sure", complete.sure(), "not less than least, " + complete.least()));
            }
        }
    }

    private static boolean isWithin(String name, double number) {
        return switch (name) {
            case "fewest" -> number >= 2;
            case "precision" -> number > 0 && number < 1;
            case "slack" -> number >= 1;
            default -> number >= 0 && number <= 1;
        };
    }

    private void gate(NewTrainingRound.Limits gate) {
        if (gate.margin() != null && !(gate.margin() >= 0 && gate.margin() < 1)) {
            faults.add(new Fault("gate.margin", gate.margin(), "a number from 0 to below 1"));
        }
        share("gate.allowance", gate.allowance());
        new HashMap<>(or(gate.allowances(), Map.of())).forEach((slice, allowed) -> {
            if (allowed == null) {
                faults.add(new Fault("gate.allowances." + slice, null, "a number from 0 to 1"));
            }
            share("gate.allowances." + slice, allowed);
        });
    }

    private void share(String field, Double number) {
        if (number != null && !(number >= 0 && number <= 1)) {
            faults.add(new Fault(field, number, "a number from 0 to 1"));
        }
    }

    private static <T> T or(T wanted, T otherwise) {
        return wanted == null ? otherwise : wanted;
    }
}

package dev.gleaner.round;

import dev.gleaner.dataset.Split;
import dev.gleaner.finetune.NewFineTune;
import java.util.List;

/**
 * How a round goes, all of it decided.
 *
 * @param split       what is held out of the dataset's gold; null where another dataset is held out
 * @param gold        the dataset that is held out; null where a split is
 * @param outOfDomain a dataset that the candidate must not get worse on; null for none
 * @param unlabelled  the datasets whose images the teacher labels
 * @param selection   one after the other
 * @param pseudoWeight how much a selected box counts, above 0 to 1; gold counts 1
 * @param rejected    what becomes of boxes that reviewers rejected
 * @param captions    whether image-text pairs take part
 * @param training    how the student is trained
 * @param promote     whether a candidate that passes the gate becomes the champion
 */
public record RoundSettings(Split split, Long gold, Long outOfDomain, List<Long> unlabelled, Teaching teacher, List<SelectionRule> selection,
        double pseudoWeight, RoundExamples.Rejected rejected, boolean captions, NewFineTune.Training training, Gate gate, boolean promote) {

    public RoundSettings {
        unlabelled = List.copyOf(unlabelled);
        selection = List.copyOf(selection);
    }

    /**
     * How the teacher labels.
     *
     * @param average what it keeps of the champions before: the teacher's weights are this share of the teacher that its parent
     *                would be, and the rest of the champion's own; 0 for the champion itself
     * @param flip    whether it looks at the mirror image as well
     * @param scales  other sizes it looks at, as multiples of the model's own
     * @param least   boxes with a lower score are not even written down
     * @param grounds what a box of a caption's phrase has to score to be learnt from
     */
    public record Teaching(double average, boolean flip, List<Double> scales, double least, double grounds) {

        public Teaching {
            scales = List.copyOf(scales);
        }
    }

    /** As users write a choice: {@code ignore}. */
    public static String label(Enum<?> choice) {
        return choice.name().toLowerCase().replace('_', '-');
    }
}

package dev.gleaner.round;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import java.util.ArrayList;
import java.util.List;

/**
 * What makes a round due beside the time; each is null unless wanted.
 *
 * @param reviewedBoxes so many boxes that reviewers decided about since the last round was ordered; an image that is found empty, with no box to
 *                      decide about, counts as one
 * @param newImages     so many images that came for the teacher since then
 * @param drift         a {@link PopulationStability} index of the champion's scores, {@value #CONSIDERABLE} being a considerable shift
 */
public record RoundTriggers(Integer reviewedBoxes, Integer newImages, Double drift) {

    public static final double CONSIDERABLE = 0.25;
    public static final RoundTriggers NONE = new RoundTriggers(null, null, null);

    boolean isEmpty() {
        return reviewedBoxes == null && newImages == null && drift == null;
    }

    /** @throws InvalidInput naming each that is not above 0 */
    void check() {
        List<Fault> faults = new ArrayList<>();
        if (reviewedBoxes != null && reviewedBoxes < 1) {
            faults.add(new Fault("triggers.reviewedBoxes", reviewedBoxes, "a whole number of 1 or more"));
        }
        if (newImages != null && newImages < 1) {
            faults.add(new Fault("triggers.newImages", newImages, "a whole number of 1 or more"));
        }
        if (drift != null && !(drift > 0 && Double.isFinite(drift))) {
            faults.add(new Fault("triggers.drift", drift, "a number above 0, such as " + CONSIDERABLE));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }
}

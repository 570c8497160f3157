package dev.gleaner.round;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Images that are left out of a comparison, since a model failed on them: what one model found there cannot be compared with nothing.
 * A candidate that fails where the champion does not is refused, however well it does on the rest.
 *
 * @param where     what the images are of, in words
 * @param total     all images to be measured on
 * @param candidate on which the candidate alone failed
 * @param champion  on which the champion alone failed
 * @param both      on which both failed
 */
record UnreadImages(String where, int total, int candidate, int champion, int both) {

    /** @param champions ids of the images that the champion could read */
    static UnreadImages of(String where, int total, Set<Long> champions, Set<Long> candidates) {
        Set<Long> shared = new HashSet<>(champions);
        shared.retainAll(candidates);
        return new UnreadImages(where, total, champions.size() - shared.size(), candidates.size() - shared.size(),
                total - champions.size() - candidates.size() + shared.size());
    }

    /** What was decided by the figures, and what these images say to it. */
    Gate.Decision applied(Gate.Decision decision) {
        List<String> reasons = new ArrayList<>();
        if (candidate > 0) {
            reasons.add("the candidate failed on %d of %d images of %s that the champion could read".formatted(candidate, total, where));
        }
        if (champion + both > 0) {
            reasons.add("of %s, %d of %d images are left out: both models failed on %d, the champion alone on %d".formatted(where, champion + both, total,
                    both, champion));
        }
        // What spoke for the candidate does not belong among what speaks against it.
        reasons.addAll(0, candidate > 0 && decision.promoted() ? List.of() : decision.reasons());
        return new Gate.Decision(decision.promoted() && candidate == 0, reasons);
    }
}

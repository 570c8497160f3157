package dev.gleaner.glip.train;

import java.util.Set;

/**
 * Which parameters a training changes (GLIP, section 5.3 and appendix). What is frozen also regularises nothing. But for
 * {@link #FULL} this is our reading of the paper; no reference number covers it.
 */
public enum TuningMode {

    /** All of them. */
    FULL(Set.of("swin", "fpn", "bert", "tower", "head")) {
        @Override
        boolean changes(String parameter) {
            return true;
        }
    },

    /** All but the language backbone. */
    LANGUAGE_FROZEN(Set.of("swin", "fpn", "tower", "head")) {
        @Override
        boolean changes(String parameter) {
            return !parameter.startsWith("bert.");
        }
    },

    /**
     * The last layers alone: box and centreness predictors, the projection of the words, the alignment's temperature and
     * biases. The tower in front of them still regularises, as in the official code.
     */
    LINEAR_PROBE(Set.of("tower", "head")) {
        @Override
        boolean changes(String parameter) {
            return parameter.startsWith("head.") && !parameter.startsWith("head.box_scales.");
        }
    },

    /**
     * No parameter of the network: a vector added to each token of one fixed caption, behind the language backbone, is learnt
     * in their stead, and kept in a {@link dev.gleaner.glip.checkpoint.PromptDelta} beside the model it is for. It starts from
     * zero and has the base learning rate and its decay, as {@code language_prompt_v2} of the official code; our reading of the
     * paper, whose prompt tuning has no numbers to compare with.
     */
    PROMPT(Set.of()) {
        @Override
        boolean changes(String parameter) {
            return false;
        }
    };

    private final Set<String> regularised;

    TuningMode(Set<String> regularised) {
        this.regularised = regularised;
    }

    /** Whether a parameter of the network is trained, by its dotted name. */
    abstract boolean changes(String parameter);

    /** Whether a part of the network regularises: swin, fpn, bert, tower or head. */
    final boolean regularises(String part) {
        return regularised.contains(part);
    }
}

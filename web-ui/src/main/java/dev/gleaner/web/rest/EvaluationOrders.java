package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.Split;
import dev.gleaner.evaluationrun.EvaluationProtocol;
import dev.gleaner.glip.Glip.Chunking;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The parts that orders of evaluations share, by the words of the API. */
final class EvaluationOrders {

    /** A fixed part of a dataset's images; without a seed it is 0. */
    public record SplitJson(Double fraction, Long seed) {

        static SplitJson of(Double fraction, Long seed) {
            return fraction == null ? null : new SplitJson(fraction, seed);
        }

        static Split read(SplitJson split) {
            if (split == null) {
                return null;
            }
            if (split.fraction() == null) {
                throw new InvalidInput("split.fraction", null, "a number above 0 and below 1");
            }
            return new Split(split.fraction(), split.seed() == null ? 0 : split.seed());
        }
    }

    private EvaluationOrders() {
    }

    /** @return null for null: the service has a default */
    static EvaluationProtocol protocol(String label) {
        return label == null ? null : EvaluationProtocol.labelled(label).orElseThrow(() -> new InvalidInput("protocol", label,
                Arrays.stream(EvaluationProtocol.values()).map(EvaluationProtocol::label).collect(Collectors.joining(" or "))
                        + "; phrases cannot be measured on a dataset, since none holds sentences"));
    }

    /** @return null for null: the service has a default */
    static Chunking chunking(String name) {
        return name == null ? null : Arrays.stream(Chunking.values()).filter(chunking -> label(chunking).equals(name)).findFirst()
                .orElseThrow(() -> new InvalidInput("chunking", name,
                        Arrays.stream(Chunking.values()).map(EvaluationOrders::label).collect(Collectors.joining(" or "))));
    }

    static String label(Chunking chunking) {
        return chunking.name().toLowerCase();
    }
}

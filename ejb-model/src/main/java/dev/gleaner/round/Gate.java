package dev.gleaner.round;

import dev.gleaner.evaluation.PairedBootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether a candidate takes the champion's place. It does only if it is better beyond doubt on the held-out gold, and worse
 * beyond doubt nowhere that is guarded. What a slice lost counts if it is more than its allowance and cannot be chance: of
 * twenty categories with thirty boxes each some always lose a few points. With 95 % confidence one candidate in forty would fail by chance at
 * a single slice, but at twenty-five slices every second one; so the doubt that is left is shared among all slices (Bonferroni's correction),
 * and a candidate that lost nothing anywhere fails at its slices once in forty times, however many there are.
 *
 * @param margin     the interval of the difference of AP has to lie above this, 0 to 1
 * @param allowance  how much AP a guarded slice may lose, 0 to 1
 * @param allowances other allowances for some slices, by name
 */
public record Gate(double margin, double allowance, Map<String, Double> allowances) {

    /** Better at all, and nowhere worse beyond doubt by more than two points of AP. */
    public static final Gate DEFAULT = new Gate(0, 0.02, Map.of());

    public Gate {
        allowances = Map.copyOf(allowances);
        if (!(margin >= 0 && margin < 1)) {
            throw new IllegalArgumentException("margin: " + margin + ", expected a number from 0 to below 1");
        }
        if (!(allowance >= 0 && allowance <= 1)) {
            throw new IllegalArgumentException("allowance: " + allowance + ", expected a number from 0 to 1");
        }
    }

    /**
     * A part of what is evaluated that must not get worse: a category, a size, a source, a set from another domain.
     *
     * @param before  AP of the champion, 0 to 1
     * @param after   AP of the candidate
     * @param noWorse probability that the candidate is no worse, by the bootstrap, see {@link PairedBootstrap#noWorse}
     */
    public record Slice(String name, double before, double after, double noWorse) {
    }

    /** What became of a guarded slice: it lost no more than it may, it lost more but perhaps by chance, or it fell beyond doubt. */
    public enum Fate { HELD, CHANCE, FELL }

    /**
     * What was decided, and why.
     *
     * @param reasons whole sentences; of a refusal all that speaks against the candidate. Last, what fell and may have by chance
     */
    public record Decision(boolean promoted, List<String> reasons) {

        public Decision {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Decides.
     *
     * @param overall of the champion's and the candidate's detections on the held-out gold
     * @param slices  those that are guarded; such without anything to find are left out by the caller
     */
    public Decision decide(PairedBootstrap overall, List<Slice> slices) {
        List<String> against = new ArrayList<>();
        String interval = "AP changed by %s, with %s confidence by %s to %s".formatted(points(overall.difference()),
                percent(overall.confidence()), points(overall.low()), points(overall.high()));
        if (!(overall.low() > margin)) {
            against.add(interval + "; to be promoted, all of that has to be above " + points(margin));
        }
        List<String> chance = new ArrayList<>();
        for (Slice slice : slices) {
            Fate fate = fate(slice, overall.confidence(), slices.size());
            if (fate != Fate.HELD) {
                String fall = "%s fell from %s to %s AP, by more than the %s that are allowed".formatted(slice.name(), number(slice.before()),
                        number(slice.after()), number(allowed(slice)));
                if (fate == Fate.CHANCE) {
                    chance.add(fall + ", which may be chance: in %s %% of the samples it did not".formatted(slice.noWorse() < 0.001 ? "less than 0.1"
                            : number(slice.noWorse())));
                } else {
                    against.add(fall);
                }
            }
        }
        boolean promoted = against.isEmpty();
        List<String> reasons = promoted ? new ArrayList<>(List.of(interval)) : against;
        reasons.addAll(chance);
        return new Decision(promoted, reasons);
    }

    private double allowed(Slice slice) {
        return allowances.getOrDefault(slice.name(), allowance);
    }

    /** @param slices how many are guarded, which share the doubt that is left */
    Fate fate(Slice slice, double confidence, int slices) {
        if (slice.before() - slice.after() <= allowed(slice)) {
            return Fate.HELD;
        }
        return slice.noWorse() >= (1 - confidence) / 2 / Math.max(1, slices) ? Fate.CHANCE : Fate.FELL;
    }

    private static String points(double difference) {
        return String.format(Locale.ROOT, "%+.1f", 100 * difference);
    }

    private static String number(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}

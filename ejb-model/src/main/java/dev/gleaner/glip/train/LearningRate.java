package dev.gleaner.glip.train;

import java.util.List;

/**
 * The share of its base learning rate that every parameter has at a step: a linear warm-up, then either steps down or half a
 * cosine wave.
 *
 * @param warmup       steps of the warm-up
 * @param warmupFactor what the warm-up starts from, 0 to 1
 * @param total        steps of the whole training
 * @param milestones   steps at which the rate drops to a tenth, ascending; none with {@code cosine}
 * @param cosine       whether it falls along a cosine to {@code least}, in {@code total} steps after the warm-up: as the
 *                     official code has it, so that the last steps are cut off. Our reading of the paper (Loshchilov and Hutter
 *                     2017, without restarts); no reference number covers it
 * @param least        lowest share under {@code cosine}, 0 to 1
 */
public record LearningRate(int warmup, double warmupFactor, int total, List<Integer> milestones, boolean cosine, double least) {

    private static final double DROP = 0.1;

    public LearningRate {
        milestones = List.copyOf(milestones);
        if (warmup < 0 || total < 1) {
            throw new IllegalArgumentException("a schedule needs steps: " + warmup + " to warm up, " + total + " in all");
        }
        if (!milestones.equals(milestones.stream().sorted().toList())) {
            throw new IllegalArgumentException("milestones must ascend, not " + milestones);
        }
        if (cosine && !milestones.isEmpty()) {
            throw new IllegalArgumentException("milestones have no place in a cosine schedule: " + milestones);
        }
        share("warmupFactor", warmupFactor);
        share("least", least);
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to 1, not " + value);
        }
    }

    /** The same rate at every step. */
    public static LearningRate constant(int total) {
        return new LearningRate(0, 1, total, List.of(), false, 0);
    }

    /** The official schedule: a warm-up from a thousandth, drops after 67 % and 89 % of all steps. */
    public static LearningRate official(int warmup, int total) {
        return new LearningRate(warmup, 0.001, total,
                List.of((int) Math.rint(0.67 * total), (int) Math.rint(0.89 * total)), false, 0);
    }

    /** A warm-up from a thousandth, then a cosine down to {@code least}. */
    public static LearningRate cosine(int warmup, int total, double least) {
        return new LearningRate(warmup, 0.001, total, List.of(), true, least);
    }

    /** The share at a step, counted from 0. */
    public double at(int step) {
        if (step < warmup) {
            double done = step / (double) warmup;
            return (warmupFactor * (1 - done) + done) * drops(step);
        }
        if (cosine) {
            return least + (1 - least) * (1 + Math.cos(Math.PI * (step - warmup) / total)) / 2;
        }
        return drops(step);
    }

    private double drops(int step) {
        return Math.pow(DROP, milestones.stream().filter(milestone -> milestone <= step).count());
    }
}

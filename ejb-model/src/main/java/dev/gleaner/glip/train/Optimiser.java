package dev.gleaner.glip.train;

/**
 * AdamW (Loshchilov and Hutter 2019) in the official code's parameter groups: the language backbone has a rate of its own, and
 * whatever is called a bias learns twice as fast and does not decay.
 *
 * @param rate         base learning rate
 * @param languageRate base learning rate of the language backbone
 * @param decay        weight decay
 * @param clipNorm     gradients are scaled down to this norm of all of them together
 */
public record Optimiser(double rate, double languageRate, double decay, double clipNorm) {

    /** What the official GLIP models are pre-trained with. */
    public static final Optimiser OFFICIAL = new Optimiser(1e-4, 1e-5, 1e-4, 1);

    static final double BETA1 = 0.9;
    static final double BETA2 = 0.999;
    static final double EPSILON = 1e-8;
    private static final double BIAS_FACTOR = 2;

    public Optimiser {
        positive("rate", rate);
        positive("languageRate", languageRate);
        positive("clipNorm", clipNorm);
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("decay must be from 0 to below 1, not " + decay);
        }
    }

    private static void positive(String name, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }

    /**
     * How one parameter is trained.
     *
     * @param rate  its base learning rate
     * @param decay its weight decay
     */
    record Group(double rate, double decay) {
    }

    /** The group of a parameter, by its dotted name. */
    Group group(String parameter) {
        double base = parameter.startsWith("bert.") ? languageRate : rate;
        return parameter.contains("bias") ? new Group(base * BIAS_FACTOR, 0) : new Group(base, decay);
    }

    /** What gradients of this norm are multiplied by. */
    double clip(double norm) {
        return Math.min(1, clipNorm / (norm + 1e-6));
    }
}

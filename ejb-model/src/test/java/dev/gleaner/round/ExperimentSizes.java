package dev.gleaner.round;

import java.util.Map;

/**
 * How large everything is. A scene takes about 0.7 s of a core to train on and 0.22 s to detect in, so by default a round takes 950 to
 * 1,200 s (labelling 270 scenes in two views 120, training on 1,200 840, both evaluations 90), and a try 220. The 36 rounds on scenes come to
 * 39,000 s, the 40 tries to 8,800, the 6 rounds on photos to 1,800: fourteen hours of one core, half of it of two cores with two processes on
 * one folder, each with its {@code rounds.only} ({@code scenes.(gold|self).*} and {@code scenes.ra.*|try.*|raccoons.*}).
 *
 * @param photoSeeds how often the photos are gone through
 * @param photoSteps of training in each round on them
 * @param gold      labelled scenes of each seed
 * @param scenes    all scenes of each seed
 * @param asked     images that the teacher labels in each round
 * @param heldOut   labelled scenes for the gate
 * @param test      scenes for the figures
 * @param steps     of each round's training
 * @param reviews   images reviewed in each round
 * @param tries     of each kind
 * @param tryScenes scenes of each try
 * @param tryGold   those of them that are labelled
 * @param tryHeldOut labelled scenes for its gate
 * @param tryTest   scenes for its figures
 * @param trySteps  of its training
 * @param margin    of the gate in the tries
 * @param fewest    boxes on gold that thresholds are learnt from
 * @param least     lowest score of a selected box where its threshold is not learnt from gold alone
 */
record ExperimentSizes(int seeds, int photoSeeds, int photoSteps, int rounds, int gold, int scenes, int asked, int heldOut, int test, int steps,
                       int batch, double rate, int reviews, int tries, int tryScenes, int tryGold, int tryHeldOut, int tryTest, int trySteps,
                       double margin, int fewest, double least) {

    static ExperimentSizes ofProperties() {
        return new ExperimentSizes(number("seeds", 3), number("photoSeeds", 1), number("photoSteps", 100), number("rounds", 3), number("gold", 100),
                number("scenes", 1000), number("asked", 270), number("heldOut", 200), number("test", 200), number("steps", 300), number("batch", 4),
                decimal("rate", 3e-4), number("reviews", 50), number("tries", 20), number("tryScenes", 100), number("tryGold", 20),
                number("tryHeldOut", 80), number("tryTest", 100), number("trySteps", 60), decimal("margin", 0), number("fewest", 10), decimal("least", 0.5));
    }

    /** What each part depends on; not how many of a kind there are: more can be added. */
    Map<String, String> recipe(String model) {
        String training = model + "batch " + batch + ", rate " + rate + ", selection by agreement and gold of " + fewest + ", least " + least;
        return Map.of(
                "scenes", training + ", steps " + steps + ", gold " + gold + " of " + scenes + ", asked " + asked + measured(heldOut, test)
                        + ", reviews " + reviews,
                "try", training + ", steps " + trySteps + ", gold " + tryGold + " of " + tryScenes + measured(tryHeldOut, tryTest)
                        + ", margin " + margin,
                "raccoons", training + ", steps " + photoSteps);
    }

    private static String measured(int heldOut, int test) {
        return ", held out " + heldOut + ", test " + test;
    }

    private static int number(String name, int fallback) {
        return Integer.getInteger("rounds." + name, fallback);
    }

    private static double decimal(String name, double fallback) {
        return Double.parseDouble(System.getProperty("rounds." + name, Double.toString(fallback)));
    }
}

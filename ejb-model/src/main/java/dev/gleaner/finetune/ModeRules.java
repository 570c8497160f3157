package dev.gleaner.finetune;

import dev.gleaner.InvalidInput;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.ClassNames;
import dev.gleaner.glip.text.TextPlanner;
import dev.gleaner.labeling.LabelingRules;
import java.io.IOException;
import java.util.List;

/** What the mode of a fine-tune asks of its base and its prompts. */
final class ModeRules {

    private ModeRules() {
    }

    /**
     * @param baseId the base's id
     * @param base   its bundle
     * @throws InvalidInput naming what does not go with the mode
     */
    static void check(Mode mode, long baseId, Bundle base, List<Prompt> prompts) throws IOException {
        List<String> classes = base.categories();
        switch (mode) {
            case DYHEAD -> checkDyHead(baseId, classes, prompts);
            case PROMPT -> checkOneText(baseId, base, prompts);
            default -> checkAllClasses(classes, prompts);
        }
    }

    private static void checkDyHead(long baseId, List<String> classes, List<Prompt> prompts) {
        if (!classes.isEmpty()) {
            throw new InvalidInput("modelVersion", baseId, "a model version that reads text, to make a detector without language of;"
                    + " this one is such a detector, to be trained further in another mode");
        }
        ClassNames names = new ClassNames(categories(prompts));
        for (int i = 0; i < prompts.size(); i++) {
            Prompt prompt = prompts.get(i);
            if (prompt.category().lines().count() > 1) {
                throw new InvalidInput("prompts[" + i + "].category", prompt.category(), "a name of one line");
            }
            int named = names.indexOf(prompt.phrase());
            if (named >= 0 && named != i) {
                throw new InvalidInput("prompts[" + i + "].phrase", prompt.phrase(), "a phrase that is not the name of another category");
            }
        }
    }

    private static void checkOneText(long baseId, Bundle base, List<Prompt> prompts) throws IOException {
        if (base.config().hasFixedClasses()) {
            throw new InvalidInput("modelVersion", baseId, "a model version that reads text, to tune a prompt for");
        }
        try {
            promptTokens(base, prompts);
        } catch (IllegalArgumentException e) {
            throw new InvalidInput("prompts", prompts.size() + " prompts", "prompts that fit one text, to be tuned as one; " + e.getMessage());
        }
    }

    /**
     * The tokens of the one text that a prompt is tuned for.
     *
     * @throws IllegalArgumentException if the prompts do not fit one text, saying how many do
     */
    static int[] promptTokens(Bundle base, List<Prompt> prompts) throws IOException {
        GlipConfig config = base.config();
        return new TextPlanner(BertTokenizer.read(base.vocabulary()), config.text().separator(), config.text().length()).planOne(prompts).tokens();
    }

    /** A class that is left out would be learnt to be nowhere. */
    private static void checkAllClasses(List<String> classes, List<Prompt> prompts) {
        LabelingRules.checkClasses(prompts, classes);
        ClassNames names = new ClassNames(classes);
        List<Integer> named = prompts.stream().map(prompt -> names.indexOf(nameOf(prompt, names))).toList();
        for (int i = 0; i < classes.size(); i++) {
            if (!named.contains(i)) {
                throw new InvalidInput("prompts", prompts.size() + " prompts", "a prompt for each class of the model, also for \"" + classes.get(i)
                        + "\": those left out would be learnt to be nowhere");
            }
        }
    }

    /** The fixed classes of the network that is trained; none for one that reads text. */
    static ClassNames classes(Mode mode, Bundle base, List<Prompt> prompts) throws IOException {
        return new ClassNames(mode == Mode.DYHEAD ? categories(prompts) : base.categories());
    }

    /** What the network to train knows a prompt by. */
    static String nameOf(Prompt prompt, ClassNames classes) {
        return classes.names().isEmpty() || classes.indexOf(prompt.phrase()) >= 0 ? prompt.phrase() : prompt.category();
    }

    static List<String> categories(List<Prompt> prompts) {
        return prompts.stream().map(Prompt::category).toList();
    }
}

package dev.gleaner.labeling;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.ClassNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What prompts and thresholds must be like, for a run and for trying them on one image. */
public final class LabelingRules {

    public static final double DEFAULT_THRESHOLD = 0.5;
    private static final int LONGEST_TEXT = 1000;

    private LabelingRules() {
    }

    /**
     * What a project has set for the categories of these prompts, {@link #DEFAULT_THRESHOLD} for the others.
     *
     * @param set by category
     */
    public static Thresholds thresholds(Map<String, Double> set, List<Prompt> prompts) {
        Set<String> asked = prompts.stream().map(Prompt::category).collect(Collectors.toSet());
        return new Thresholds(DEFAULT_THRESHOLD, set.entrySet().stream().filter(entry -> asked.contains(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** @throws InvalidInput naming everything that is wrong with the prompts and the thresholds */
    static void checkPrompts(List<Prompt> prompts, Thresholds thresholds) {
        List<Fault> faults = new ArrayList<>(faultsOf(prompts));
        Set<String> categories = prompts == null ? Set.of() : prompts.stream().map(Prompt::category).collect(Collectors.toSet());
        faults.addAll(faultsOf(thresholds, categories));
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }

    /** @throws InvalidInput naming everything that is wrong with the prompts */
    public static void checkPrompts(List<Prompt> prompts) {
        List<Fault> faults = faultsOf(prompts);
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }

    /**
     * Makes sure that a model of fixed classes knows what the prompts name.
     *
     * @param classes what {@link dev.gleaner.modelversion.ModelVersionService#classes} says of the model
     * @throws InvalidInput naming every prompt that names no class, by its phrase or its category
     */
    public static void checkClasses(List<Prompt> prompts, List<String> classes) {
        if (classes.isEmpty()) {
            return;
        }
        ClassNames names = new ClassNames(classes);
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            Prompt prompt = prompts.get(i);
            if (names.indexOf(prompt.phrase()) < 0 && names.indexOf(prompt.category()) < 0) {
                faults.add(new Fault("prompts[" + i + "].category", prompt.category(),
                        "one of the classes of the model, which reads no text: " + names));
            }
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }

    /** @throws InvalidInput naming everything that is wrong with the caption and the thresholds */
    static void checkCaption(String caption, Thresholds thresholds) {
        List<Fault> faults = new ArrayList<>();
        if (caption == null) {
            faults.add(new Fault("caption", null, "a sentence or a list of phrases"));
        } else {
            checkText(faults, "caption", caption);
        }
        faults.addAll(faultsOf(thresholds, Set.of()));
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }

    private static List<Fault> faultsOf(List<Prompt> prompts) {
        if (prompts == null || prompts.isEmpty()) {
            return List.of(new Fault("prompts", prompts, "at least one prompt"));
        }
        List<Fault> faults = new ArrayList<>();
        Set<Prompt> seen = new HashSet<>();
        for (int i = 0; i < prompts.size(); i++) {
            Prompt prompt = prompts.get(i);
            checkText(faults, "prompts[" + i + "].category", prompt.category());
            checkText(faults, "prompts[" + i + "].phrase", prompt.phrase());
            if (!seen.add(prompt)) {
                faults.add(new Fault("prompts[" + i + "]", prompt.category() + ": " + prompt.phrase(),
                        "a pair of category and phrase that was not listed before"));
            }
        }
        return faults;
    }

    private static void checkText(List<Fault> faults, String field, String text) {
        if (text.isBlank() || text.length() > LONGEST_TEXT) {
            faults.add(new Fault(field, text, "1 to " + LONGEST_TEXT + " characters, not all of them blank"));
        }
    }

    private static List<Fault> faultsOf(Thresholds thresholds, Set<String> categories) {
        List<Fault> faults = new ArrayList<>();
        checkScore(faults, "thresholds.default", thresholds.fallback());
        thresholds.byCategory().forEach((category, score) -> {
            if (!categories.contains(category)) {
                faults.add(new Fault("thresholds", category, "\"default\" or a category of the prompts"));
            }
            checkScore(faults, "thresholds." + category, score);
        });
        return faults;
    }

    private static void checkScore(List<Fault> faults, String field, double score) {
        // Written so that NaN fails too.
        if (!(score >= 0 && score <= 1)) {
            faults.add(new Fault(field, score, "a number from 0 to 1"));
        }
    }
}

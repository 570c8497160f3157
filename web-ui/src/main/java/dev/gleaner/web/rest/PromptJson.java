package dev.gleaner.web.rest;

import com.fasterxml.jackson.databind.JavaType;
import dev.gleaner.InvalidInput;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.labeling.LabelingRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What to look for, as the API writes it; without a phrase, the category's name is the phrase. */
public record PromptJson(String category, String phrase) {

    private static final String DEFAULT = "default";
    private static final JavaType LIST = Json.MAPPER.getTypeFactory().constructCollectionType(List.class, PromptJson.class);
    private static final JavaType MAP = Json.MAPPER.getTypeFactory().constructMapType(Map.class, String.class, Double.class);

    static PromptJson of(Prompt prompt) {
        return new PromptJson(prompt.category(), prompt.phrase());
    }

    /** @return null for null: whether prompts are needed, the service says */
    static List<Prompt> read(List<PromptJson> prompts) {
        return prompts == null ? null : IntStream.range(0, prompts.size()).mapToObj(i -> read(prompts.get(i), i)).toList();
    }

    private static Prompt read(PromptJson prompt, int index) {
        if (prompt == null || prompt.category() == null) {
            throw new InvalidInput("prompts[" + index + "].category", null, "the category that a found box is filed under");
        }
        return new Prompt(prompt.category(), prompt.phrase() == null ? prompt.category() : prompt.phrase());
    }

    /** Reads a list of prompts from a part of a form. */
    static List<Prompt> readPart(byte[] part) {
        return read(Json.<List<PromptJson>>read("prompts", part, LIST));
    }

    /** @return null for null: the service has a default */
    static Thresholds thresholds(Map<String, Double> scores) {
        if (scores == null) {
            return null;
        }
        scores.forEach((category, score) -> {
            if (score == null) {
                throw new InvalidInput("thresholds." + category, null, "a number from 0 to 1");
            }
        });
        Map<String, Double> byCategory = new LinkedHashMap<>(scores);
        Double fallback = byCategory.remove(DEFAULT);
        return new Thresholds(fallback == null ? LabelingRules.DEFAULT_THRESHOLD : fallback, byCategory);
    }

    /** Reads thresholds from a part of a form. */
    static Thresholds thresholdsPart(byte[] part) {
        return thresholds(Json.<Map<String, Double>>read("thresholds", part, MAP));
    }

    /** The thresholds, the one for all other categories under {@code default}. */
    static Map<String, Double> write(Thresholds thresholds) {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put(DEFAULT, thresholds.fallback());
        scores.putAll(thresholds.byCategory());
        return scores;
    }
}

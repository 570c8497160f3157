package dev.gleaner.glip;

import ai.djl.ndarray.NDArray;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.text.TextPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Plans prompts for a model whose prompt was tuned. A phrase that occurs in a tuned text is always read there, in the whole of
 * that text: so neither the order of prompts nor prompts that are left out change what is found for it. All other prompts are
 * read as without tuning.
 */
final class TunedTexts {

    /**
     * @param chunk  the whole text
     * @param offset (1, T, D), added to both outputs of the language backbone
     */
    record Tuned(TextChunk chunk, NDArray offset) {
    }

    private final TextPlanner planner;
    private final List<Tuned> texts;

    /** @param texts none for a model without tuned prompt */
    TunedTexts(TextPlanner planner, List<Tuned> texts) {
        this.planner = planner;
        this.texts = texts;
    }

    List<TextChunk> plan(List<Prompt> prompts, Glip.Chunking chunking) {
        List<TextChunk> untuned = planner.plan(prompts, chunking);
        if (texts.isEmpty()) {
            return untuned;
        }
        Map<Integer, List<int[]>> places = new TreeMap<>(); // by text: prompt and place in the text
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int[] place = place(prompts.get(i));
            if (place == null) {
                others.add(i);
            } else {
                places.computeIfAbsent(place[0], text -> new ArrayList<>()).add(new int[] {i, place[1]});
            }
        }
        List<TextChunk> chunks = new ArrayList<>();
        places.forEach((text, asked) -> {
            TextChunk whole = texts.get(text).chunk;
            chunks.add(chunk(whole, asked.size(), i -> whole.tokenPositions().get(asked.get(i)[1]), i -> asked.get(i)[0]));
        });
        planner.plan(others.stream().map(prompts::get).toList(), chunking).forEach(chunk -> chunks.add(
                chunk(chunk, chunk.size(), chunk.tokenPositions()::get, i -> others.get(chunk.promptIndex()[i]))));
        return chunks;
    }

    private static TextChunk chunk(TextChunk text, int size, IntFunction<int[]> positions, IntFunction<Integer> prompt) {
        return new TextChunk(text.caption(), text.tokenIds(), text.attentionMask(),
                IntStream.range(0, size).mapToObj(positions).toList(), IntStream.range(0, size).map(prompt::apply).toArray());
    }

    /** Index of a text and, in it, of the phrase that has this prompt's tokens; null if there is none. */
    private int[] place(Prompt prompt) {
        int[] tokens = planner.planOne(List.of(prompt)).tokens();
        int[] phrase = Arrays.copyOfRange(tokens, 1, tokens.length - 1);
        for (int text = 0; text < texts.size(); text++) {
            TextChunk chunk = texts.get(text).chunk;
            for (int i = 0; i < chunk.size(); i++) {
                int[] ids = IntStream.of(chunk.tokenPositions().get(i)).map(position -> chunk.tokenIds()[position]).toArray();
                if (Arrays.equals(ids, phrase)) {
                    return new int[] {text, i};
                }
            }
        }
        return null;
    }

    /** What was learnt for a text, null for any that was not tuned. */
    NDArray offset(TextChunk chunk) {
        return texts.stream().filter(tuned -> Arrays.equals(tuned.chunk.tokenIds(), chunk.tokenIds())).map(Tuned::offset)
                .findFirst().orElse(null);
    }
}

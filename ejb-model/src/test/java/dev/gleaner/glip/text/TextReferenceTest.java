package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Npz;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceCase;
import dev.gleaner.glip.ReferenceModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the models of the reference folder read for their class lists and captions. */
class TextReferenceTest {

    static List<ReferenceCase> cases() {
        return Reference.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void promptsAndCaptionsBecomeTheOfficialTokens(ReferenceCase reference) throws IOException {
        BertTokenizer tokenizer = BertTokenizer.read(reference.model().resolve("vocab.txt"));
        GlipConfig.Text settings = new ReferenceModel(reference.model()).config().text();
        TextPlanner planner = new TextPlanner(tokenizer, settings.separator(), settings.length());
        JsonNode given = new ObjectMapper().readTree(reference.model().resolve("tiny_config.json").toFile()).get("config");

        TextChunk chunk;
        if (reference.route().equals("classes")) {
            List<TextChunk> chunks = planner.plan(strings(given.get("classes")).stream().map(Prompt::of).toList(), Glip.Chunking.PACKED);
            assertThat(chunks).hasSize(1);
            chunk = chunks.get(0);
        } else {
            Caption caption = caption(given.get("images").get(imageNumber(reference)));
            chunk = planner.ground(caption);
            float[][] map = tokenizer.encode(caption.text()).positiveMap(caption.phrases(), settings.length());
            Npz.Array expected = reference.whole("positive_map");
            assertThat(map).hasDimensions((int) expected.shape()[0], (int) expected.shape()[1]);
            assertThat(expected.floats()).containsExactly(flat(map, settings.length()));
        }

        assertThat(chunk.caption()).isEqualTo(reference.text().get("caption").asText());
        assertThat(chunk.tokenIds()).containsExactly(reference.whole("input_ids").ints());
        assertThat(chunk.attentionMask()).containsExactly(reference.whole("attention_mask").ints());
        assertThat(labelToTokens(chunk)).isEqualTo(labelToTokens(reference.text().get("positive_map_label_to_token")));
    }

    private static int imageNumber(ReferenceCase reference) {
        return Integer.parseInt(reference.imageFile().getFileName().toString().replaceAll("\\D", ""));
    }

    private static Caption caption(JsonNode image) {
        String text = image.get("caption").asText();
        return new Caption(text, strings(image.get("spans")).stream().map(phrase -> {
            int start = text.indexOf(phrase);
            return new Phrase(phrase, List.of(new Span(start, start + phrase.length())));
        }).toList());
    }

    private static List<String> strings(JsonNode list) {
        List<String> strings = new ArrayList<>();
        list.forEach(element -> strings.add(element.asText()));
        return strings;
    }

    private static float[] flat(float[][] rows, int length) {
        float[] flat = new float[rows.length * length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, flat, row * length, length);
        }
        return flat;
    }

    /** Official labels count from 1. */
    private static Map<Integer, List<Integer>> labelToTokens(TextChunk chunk) {
        Map<Integer, List<Integer>> map = new TreeMap<>();
        for (int k = 0; k < chunk.size(); k++) {
            map.put(chunk.promptIndex()[k] + 1, Arrays.stream(chunk.tokenPositions().get(k)).boxed().toList());
        }
        return map;
    }

    private static Map<Integer, List<Integer>> labelToTokens(JsonNode official) {
        Map<Integer, List<Integer>> map = new TreeMap<>();
        official.properties().forEach(label -> {
            List<Integer> tokens = new ArrayList<>();
            label.getValue().forEach(token -> tokens.add(token.asInt()));
            map.put(Integer.valueOf(label.getKey()), tokens);
        });
        return map;
    }
}

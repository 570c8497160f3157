package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.text.NounPhrases.Tagged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the official text code computes, case by case. Its offsets count code points. */
class OfficialTextTest {

    private static final int TEXT_LENGTH = 256;
    private static final String SEPARATOR = ". ";

    private static BertTokenizer tokenizer;

    @BeforeAll
    static void readVocabulary() throws IOException {
        tokenizer = BertTokenizer.read(Reference.file("text/vocab.txt"));
    }

    @TestFactory
    Stream<DynamicTest> wordPieces() throws IOException {
        return cases(json("text/wordpiece.json")).map(expected -> {
            String text = expected.get("text").asText();
            return dynamicTest('"' + text + '"', () -> {
                Encoding encoding = tokenizer.encode(text);
                assertThat(encoding.ids()).containsExactly(ints(expected.get("ids")));
                assertThat(IntStream.range(0, encoding.length()).mapToObj(encoding::span))
                        .containsExactlyElementsOf(spans(expected.get("offsets"), text));
                JsonNode charToToken = expected.get("char_to_token");
                assertThat(charToToken).hasSize(text.codePointCount(0, text.length()));
                for (int c = 0; c < charToToken.size(); c++) {
                    assertThat(encoding.charToToken(text.offsetByCodePoints(0, c)))
                            .as("token of character %d", c).isEqualTo(charToToken.get(c).asInt(-1));
                }
            });
        });
    }

    @TestFactory
    Stream<DynamicTest> cleanedNames() throws IOException {
        return cases(json("text/clean_name.json").get("clean_name")).map(pair -> dynamicTest('"' + pair.get(0).asText() + '"',
                () -> assertThat(Caption.clean(pair.get(0).asText())).isEqualTo(pair.get(1).asText())));
    }

    @TestFactory
    Stream<DynamicTest> removedPunctuation() throws IOException {
        return cases(json("text/clean_name.json").get("remove_punctuation")).map(pair -> dynamicTest('"' + pair.get(0).asText() + '"',
                () -> assertThat(NounPhrases.withoutPunctuation(pair.get(0).asText())).isEqualTo(pair.get(1).asText())));
    }

    @TestFactory
    Stream<DynamicTest> queriesAndMaps() throws IOException {
        return cases(json("text/queries_and_maps.json")).map(expected -> dynamicTest('"' + expected.get("query").asText() + '"', () -> {
            Caption caption = Caption.ofCategories(strings(expected.get("names")), expected.get("separator").asText());
            assertThat(caption.text()).isEqualTo(expected.get("query").asText());
            Encoding encoding = tokenizer.encode(caption.text());
            assertThat(encoding.length()).isEqualTo(expected.get("n_tokens_untruncated").asInt());
            int[] labels = ints(expected.get("labels"));
            Map<Integer, List<Integer>> labelToTokens = new TreeMap<>();
            for (int i = 0; i < labels.length; i++) {
                int[] tokens = encoding.tokensOf(caption.phrases().get(i).spans().get(0));
                labelToTokens.computeIfAbsent(labels[i], label -> new ArrayList<>()).addAll(Arrays.stream(tokens).boxed().toList());
            }
            assertThat(labelToTokens).isEqualTo(labelToTokens(expected.get("label_to_tokens")));
        }));
    }

    @TestFactory
    Stream<DynamicTest> positiveMaps() throws IOException {
        return cases(json("text/positive_map.json")).flatMap(expected -> {
            String text = expected.get("caption").asText();
            List<Phrase> phrases = phrases(expected.get("tokens_positive"), text);
            return Stream.of(
                    dynamicTest("data set: " + text, () -> assertPositiveMap(
                            expected.get("dataset(max_length=256,truncation)"), tokenizer.encode(text).truncated(TEXT_LENGTH), phrases)),
                    dynamicTest("demo: " + text, () -> assertPositiveMap(
                            expected.get("demo(no truncation)"), tokenizer.encode(text), phrases)));
        });
    }

    private static void assertPositiveMap(JsonNode expected, Encoding encoding, List<Phrase> phrases) {
        float[][] map = encoding.positiveMap(phrases, TEXT_LENGTH);
        assertThat(map).hasDimensions(expected.get("nonzero").size(), TEXT_LENGTH);
        for (int row = 0; row < map.length; row++) {
            float[] expectedRow = new float[TEXT_LENGTH];
            for (int token : ints(expected.get("nonzero").get(row))) {
                expectedRow[token] = expected.get("values").get(row).floatValue();
            }
            assertThat(map[row]).as("row %d", row).containsExactly(expectedRow);
            assertThat(encoding.tokensOf(phrases.get(row), TEXT_LENGTH))
                    .containsExactly(ints(expected.get("label_to_token_plus1").get(Integer.toString(row + 1))));
        }
    }

    @Test
    void thousandCategoriesInChunks() throws IOException {
        JsonNode expected = json("text/chunking_1203.json");
        Map<Integer, Prompt> byLabel = new TreeMap<>();
        expected.get("categories").properties().forEach(
                category -> byLabel.put(Integer.valueOf(category.getKey()), Prompt.of(category.getValue().asText())));
        List<Integer> labels = List.copyOf(byLabel.keySet());

        List<TextChunk> chunks = new TextPlanner(tokenizer, SEPARATOR, TEXT_LENGTH)
                .plan(List.copyOf(byLabel.values()), expected.get("chunk_size").asInt());

        assertThat(chunks).hasSize(expected.get("n_chunks").asInt());
        for (int i = 0; i < chunks.size(); i++) {
            TextChunk chunk = chunks.get(i);
            assertThat(chunk.caption()).isEqualTo(expected.get("queries").get(i).asText());
            assertThat(Arrays.stream(chunk.attentionMask()).sum()).isEqualTo(expected.get("n_tokens").get(i).asInt());
            Map<Integer, List<Integer>> labelToTokens = new TreeMap<>();
            for (int k = 0; k < chunk.size(); k++) {
                labelToTokens.put(labels.get(chunk.promptIndex()[k]), Arrays.stream(chunk.tokenPositions().get(k)).boxed().toList());
            }
            assertThat(labelToTokens).isEqualTo(labelToTokens(expected.get("label_to_tokens").get(i)));
        }
    }

    @TestFactory
    Stream<DynamicTest> nounPhrasesOfTaggedWords() throws IOException {
        return cases(json("text/ner_given_tags.json").get("cases")).map(expected -> {
            String caption = expected.get("caption").asText();
            return dynamicTest(caption + " " + expected.get("hand_tags"), () -> {
                List<Tagged> tagged = new ArrayList<>();
                int start = 0;
                for (JsonNode word : expected.get("hand_tags")) {
                    int end = start + word.get(0).asText().length();
                    tagged.add(new Tagged(word.get(0).asText(), word.get(1).asText(), new Span(start, end)));
                    start = end + 1;
                }
                List<Phrase> phrases = NounPhrases.chunk(tagged);
                assertThat(phrases).extracting(Phrase::text).isEqualTo(strings(expected.get("phrases")));
                assertThat(phrases).extracting(Phrase::spans).isEqualTo(
                        phrases(expected.get("tokens_positive"), caption).stream().map(Phrase::spans).toList());
            });
        });
    }

    private static JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(Reference.file(file).toFile());
    }

    private static Stream<JsonNode> cases(JsonNode list) {
        return StreamSupport.stream(Spliterators.spliterator(list.elements(), list.size(), 0), false);
    }

    private static int[] ints(JsonNode list) {
        return cases(list).mapToInt(JsonNode::intValue).toArray();
    }

    private static List<String> strings(JsonNode list) {
        return cases(list).map(JsonNode::asText).toList();
    }

    private static List<Span> spans(JsonNode list, String text) {
        return cases(list).map(pair -> new Span(
                text.offsetByCodePoints(0, pair.get(0).intValue()), text.offsetByCodePoints(0, pair.get(1).intValue()))).toList();
    }

    private static List<Phrase> phrases(JsonNode tokensPositive, String text) {
        return cases(tokensPositive).map(list -> new Phrase("", spans(list, text))).toList();
    }

    private static Map<Integer, List<Integer>> labelToTokens(JsonNode map) {
        Map<Integer, List<Integer>> result = new TreeMap<>();
        map.properties().forEach(
                label -> result.put(Integer.valueOf(label.getKey()), Arrays.stream(ints(label.getValue())).boxed().toList()));
        return result;
    }
}

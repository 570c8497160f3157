package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Prompt;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TextPlannerTest {

    private static final int PAD = 0, UNK = 1, CLS = 2, SEP = 3, DOT = 4, RED = 5, CAR = 6, DOG = 7, S = 8, CAT = 9;

    private static final BertTokenizer TOKENIZER = BertTokenizerTest.tokenizer(
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "red", "car", "dog", "##s", "cat", "bus"));

    private final TextPlanner planner = new TextPlanner(TOKENIZER, ". ", 256);

    private static TextPlanner reading(int tokens) {
        return new TextPlanner(TOKENIZER, ". ", tokens);
    }

    private static List<Prompt> prompts(String... phrases) {
        return Stream.of(phrases).map(Prompt::of).toList();
    }

    @Test
    void packsAsManyPromptsAsFit() {
        List<TextChunk> chunks = reading(8).plan(prompts("red car", "dog", "cat", "dogs"), Chunking.PACKED);

        assertThat(chunks).hasSize(2);
        TextChunk full = chunks.get(0);
        assertThat(full.caption()).isEqualTo("red car. dog. cat");
        assertThat(full.tokenIds()).containsExactly(CLS, RED, CAR, DOT, DOG, DOT, CAT, SEP);
        assertThat(full.attentionMask()).containsOnly(1).hasSize(8);
        assertThat(full.tokenPositions()).containsExactly(new int[] {1, 2}, new int[] {4}, new int[] {6});
        assertThat(full.promptIndex()).containsExactly(0, 1, 2);
        TextChunk rest = chunks.get(1);
        assertThat(rest.caption()).isEqualTo("dogs");
        assertThat(rest.tokenIds()).containsExactly(CLS, DOG, S, SEP, PAD, PAD, PAD, PAD);
        assertThat(rest.attentionMask()).containsExactly(1, 1, 1, 1, 0, 0, 0, 0);
        assertThat(rest.tokenPositions()).containsExactly(new int[] {1, 2});
        assertThat(rest.promptIndex()).containsExactly(3);
    }

    @Test
    void oneTextHoldsAllOrNone() {
        assertThat(reading(8).planOne(prompts("red car", "dog")).tokens()).containsExactly(CLS, RED, CAR, DOT, DOG, SEP);
        assertThatThrownBy(() -> reading(7).planOne(prompts("red car", "dog", "cat"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prompts: 3 fill 2 texts of 7 tokens, expected one, which has room for the first 2");
        assertThatThrownBy(() -> planner.planOne(List.of())).hasMessage("prompts: 0 fill 0 texts of 256 tokens, expected one");
    }

    @Test
    void leavesOneTokenTooManyToTheNextChunk() {
        assertThat(reading(7).plan(prompts("red car", "dog", "cat"), Chunking.PACKED))
                .extracting(TextChunk::caption).containsExactly("red car. dog", "cat");
    }

    @Test
    void packsMoreWhenTheSeparatorIsNoToken() {
        assertThat(new TextPlanner(TOKENIZER, " ", 6).plan(prompts("red car", "dog", "cat"), Chunking.PACKED))
                .extracting(TextChunk::caption).containsExactly("red car dog cat");
    }

    @Test
    void cutsOfficiallyAtFortyPrompts() {
        assertThat(planner.plan(Collections.nCopies(81, Prompt.of("dog")), Chunking.OFFICIAL))
                .extracting(TextChunk::size).containsExactly(40, 40, 1);
        assertThat(planner.plan(Collections.nCopies(81, Prompt.of("dog")), Chunking.PACKED))
                .extracting(TextChunk::size).containsExactly(81);
    }

    @Test
    void cutsFortyPromptsFurtherWhenTheyDoNotFit() {
        assertThat(reading(61).plan(Collections.nCopies(50, Prompt.of("dog")), Chunking.OFFICIAL))
                .as("30 names and 29 dots fit; the second forty begin at prompt 40 all the same")
                .extracting(TextChunk::size).containsExactly(30, 10, 10);
    }

    @Test
    void plansNothingForNoPrompts() {
        assertThat(planner.plan(List.of(), Chunking.PACKED)).isEmpty();
    }

    @Test
    void givesEachPromptTokensOfItsOwn() {
        TextChunk chunk = planner.plan(List.of(new Prompt("animal", "dog"), new Prompt("animal", "cat"), new Prompt("pet", "dog")),
                Chunking.PACKED).get(0);
        assertThat(chunk.tokenPositions()).containsExactly(new int[] {1}, new int[] {3}, new int[] {5});
    }

    @Test
    void putsTheCleanedPhraseIntoTheCaption() {
        TextChunk chunk = planner.plan(List.of(new Prompt("vehicle_42", "red_bus_(vehicle)"), Prompt.of("dog")), Chunking.PACKED).get(0);
        assertThat(chunk.caption()).isEqualTo("red bus . dog");
        assertThat(chunk.tokenPositions()).containsExactly(new int[] {1, 2}, new int[] {4});
    }

    @Test
    void findsNamesAmongAnyNumberOfBlanks() {
        TextChunk chunk = planner.plan(prompts("cat", "\t\t\t\tred dog\u200b\u200b\u200b\u200b", "bus"), Chunking.PACKED).get(0);
        assertThat(chunk.tokenPositions()).containsExactly(new int[] {1}, new int[] {3, 4}, new int[] {6});
    }

    @Test
    void readsEmojiAndPunctuationAsTokensOfTheirOwn() {
        TextChunk chunk = planner.plan(prompts("😀", ".", "dog"), Chunking.PACKED).get(0);
        assertThat(chunk.tokenIds()).startsWith(CLS, UNK, DOT, DOT, DOT, DOG, SEP, PAD);
        assertThat(chunk.tokenPositions()).containsExactly(new int[] {1}, new int[] {3}, new int[] {5});
    }

    @Test
    void holdsEveryPromptOfALongListOnceAndInOrder() {
        List<Prompt> prompts = IntStream.range(0, 1_000).mapToObj(i -> Prompt.of("red ".repeat(i % 7) + "dogs")).toList();
        List<TextChunk> chunks = planner.plan(prompts, Chunking.PACKED);
        assertThat(chunks.stream().flatMapToInt(chunk -> IntStream.of(chunk.promptIndex())))
                .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
        for (TextChunk chunk : chunks) {
            assertThat(chunk.tokenIds()).hasSize(256);
            for (int k = 0; k < chunk.size(); k++) {
                int reds = chunk.promptIndex()[k] % 7;
                assertThat(IntStream.of(chunk.tokenPositions().get(k)).map(token -> chunk.tokenIds()[token]))
                        .containsExactlyElementsOf(IntStream.concat(IntStream.generate(() -> RED).limit(reds), IntStream.of(DOG, S)).boxed().toList());
            }
        }
    }

    @Test
    void namesThePromptThatLeavesNothingToRead() {
        for (String nothing : List.of("", "  ", "(all)", "\u200b")) {
            assertThatThrownBy(() -> planner.plan(prompts("dog", nothing), Chunking.PACKED)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("prompts[1].phrase: \"" + nothing + "\" leaves nothing to read once text in parentheses and control "
                            + "characters are taken out, expected a word");
        }
    }

    @Test
    void namesThePromptThatIsTooLong() {
        String phrase = "dog ".repeat(2_500).strip();
        assertThatThrownBy(() -> planner.plan(prompts("dog", "cat", phrase), Chunking.OFFICIAL)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prompts[2].phrase: \"" + "dog ".repeat(15) + "...\" has 2500 tokens, expected at most 254");
        assertThat(planner.plan(prompts("dog ".repeat(254).strip()), Chunking.OFFICIAL)).hasSize(1);
    }

    @Test
    void refusesASeparatorThatWouldMeltNamesTogether() {
        for (String separator : List.of("", "x", ". x", "x .")) {
            assertThatThrownBy(() -> new TextPlanner(TOKENIZER, separator, 256)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("separator: \"" + separator + "\", expected a blank or punctuation at its beginning and at its end");
        }
    }

    @Test
    void readsAFreeCaption() {
        Caption caption = planner.read("A red car and a dog.");
        TextChunk chunk = planner.ground(caption);
        assertThat(caption.phrases()).extracting(Phrase::text).containsExactly("a red car", "a dog");
        assertThat(chunk.caption()).isEqualTo("A red car and a dog.");
        assertThat(chunk.tokenIds()).startsWith(CLS, UNK, RED, CAR, UNK, UNK, DOG, DOT, SEP, PAD).hasSize(256);
        assertThat(chunk.tokenPositions()).containsExactly(new int[] {1, 2, 3}, new int[] {5, 6});
        assertThat(chunk.promptIndex()).containsExactly(0, 1);
    }

    @Test
    void refusesACaptionThatNamesNothing() {
        for (String nothing : List.of("", "?!...", "😀", "red")) {
            assertThatThrownBy(() -> planner.read(nothing)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("caption: \"" + nothing + "\" names nothing that was recognised as a noun, "
                            + "expected a text like \"a red car and two dogs\"");
        }
    }

    @Test
    void refusesACaptionThatTheModelCannotReadWhole() {
        assertThatThrownBy(() -> planner.read("a dog ".repeat(1_667))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("caption: \"" + "a dog ".repeat(10) + "...\" has 3334 tokens, expected at most 254");
    }

    @Test
    void cutsAGivenCaptionAndLeavesOutThePhrasesBeyond() {
        Caption caption = new Caption("red car and dog", List.of(
                new Phrase("dog", List.of(new Span(12, 15))), new Phrase("red car", List.of(new Span(0, 7)))));
        TextChunk chunk = reading(5).ground(caption);
        assertThat(chunk.tokenIds()).containsExactly(CLS, RED, CAR, UNK, SEP);
        assertThat(chunk.tokenPositions()).containsExactly(new int[] {1, 2});
        assertThat(chunk.promptIndex()).containsExactly(1);
    }
}

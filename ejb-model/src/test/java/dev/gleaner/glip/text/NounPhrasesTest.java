package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.text.NounPhrases.Tagged;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NounPhrasesTest {

    private static List<String> phrases(String caption) {
        return NounPhrases.find(caption).phrases().stream().map(Phrase::text).toList();
    }

    /** What the spans cut out of the caption. */
    private static List<String> cutOut(String caption) {
        return NounPhrases.find(caption).phrases().stream()
                .flatMap(phrase -> phrase.spans().stream()).map(span -> caption.substring(span.start(), span.end())).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a red car and two dogs on the grass              | a red car; dogs; the grass",
        "Two dogs, a cat and the big red bus (parked).    | dogs; a cat; the big red bus",
        "a raccoon with a striped tail                    | a raccoon; a striped tail",
        "the quick brown fox jumps over the lazy dog      | the quick brown fox; the lazy dog",
        "people walking on the street                     | people; the street",
        "a man in a blue shirt and a woman with a hat     | a man; a blue shirt; a woman; a hat",
        "all the tall men                                 | the tall men",
        "3 red balls                                      | red balls",
        "a black/white t-shirt                            | a black/white t-shirt",
        "raccoon                                          | raccoon",
    })
    void findsWhatASentenceNames(String caption, String expected) {
        assertThat(phrases(caption)).containsExactly(expected.split("; "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a red-and-white umbrella, and a dog | a red-and-white umbrella; a dog",
        "her umbrella on the table           | umbrella; the table",
        "the sky is blue and the car is red  | the sky; the car",
    })
    void takesTheLastAdjectiveOfAPhraseWithoutANounForItsNoun(String caption, String expected) {
        assertThat(phrases(caption)).containsExactly(expected.split("; "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "stop sign                            | stop sign",
        "a stop sign                          | a stop sign",
        "trash can                            | trash can",
        "a trash can next to a bench          | a trash can; a bench",
        "hat                                  | hat",
        "person. hat. dog                     | person; hat; dog",
        "baseball bat and baseball glove      | baseball bat; baseball glove",
        "helmet . safety vest . gloves        | helmet; safety vest; gloves",
        "dining table                         | dining table",
        "dent. scratch. crack                 | dent; scratch; crack",
        "weed                                 | weed",
    })
    void findsThingsThatAreOnlyNamed(String caption, String expected) {
        assertThat(phrases(caption)).containsExactly(expected.split("; "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a dog that can swim     | a dog",
        "a dog can be seen       | a dog",
        "the birds fly           | the birds",
        "a man walks             | a man",
        "a cat is sleeping       | a cat",
        "everyone and their dogs | dogs",
    })
    void leavesVerbsAndPronounsWhatTheyAre(String caption, String expected) {
        assertThat(phrases(caption)).containsExactly(expected.split("; "));
    }

    @Test
    void keepsTheCaptionAsItIsAndPointsIntoIt() {
        String caption = "A Big  Dog,\na cat;\tand THE bus";
        assertThat(NounPhrases.find(caption).text()).isEqualTo(caption);
        assertThat(phrases(caption)).containsExactly("a big dog", "a cat", "the bus");
        assertThat(cutOut(caption)).containsExactly("A Big  Dog", "a cat", "THE bus");
    }

    @Test
    void givesEachOccurrenceOfAPhraseItsOwnPlace() {
        assertThat(NounPhrases.find("a dog and a dog").phrases()).containsExactly(
                new Phrase("a dog", List.of(new Span(0, 5))), new Phrase("a dog", List.of(new Span(10, 15))));
    }

    @Test
    void doesNotLookInsideLongerWords() {
        assertThat(NounPhrases.find("a catalog near the cat").phrases()).containsExactly(
                new Phrase("a catalog", List.of(new Span(0, 9))), new Phrase("the cat", List.of(new Span(15, 22))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"the dog's tail", "the dog’s tail", "the dog 's tail"})
    void partsAnOwnerFromWhatIsOwned(String caption) {
        assertThat(phrases(caption)).containsExactly("the dog", "tail");
        assertThat(cutOut(caption)).containsExactly("the dog", "tail");
    }

    @Test
    void countsEmojiInPlaces() {
        assertThat(cutOut("😀 a dog 😀")).containsExactly("a dog");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", ".", "?!... -- ()", "😀 😀", "red", "\u0000\u200b"})
    void findsNothingWhereNothingIsNamed(String caption) {
        assertThat(NounPhrases.find(caption)).isEqualTo(new Caption(caption, List.of()));
    }

    @Test
    void leavesOutSignsThatAGivenTagCallsANoun() {
        List<Tagged> tagged = List.of(new Tagged("\"", "NN", new Span(0, 1)), new Tagged("dog", "NN", new Span(1, 4)),
                new Tagged("\"", "NN", new Span(4, 5)), new Tagged("is", "VBZ", new Span(6, 8)), new Tagged("#", "NN", new Span(9, 10)));
        assertThat(NounPhrases.chunk(tagged)).containsExactly(new Phrase("dog", List.of(new Span(1, 4))));
    }

    @Test
    void readsAnyNumberOfCaptionsAtOnce() {
        List<Phrase> expected = NounPhrases.find("a red car and two dogs on the grass").phrases();
        assertThat(IntStream.range(0, 64).parallel()
                .mapToObj(i -> NounPhrases.find("a red car and two dogs on the grass").phrases())).containsOnly(expected);
    }

    @Test
    void readsACaptionOfTenThousandCharacters() {
        String caption = "a dog and ".repeat(1_000);
        assertThat(NounPhrases.find(caption).phrases()).hasSize(1_000).last()
                .isEqualTo(new Phrase("a dog", List.of(new Span(9_990, 9_995))));
    }
}

package dev.gleaner.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gleaner.InvalidInput;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {

    record Order(String name, Long dataset, Boolean lenient, List<Item> items, Map<String, Double> scores) {
    }

    record Item(String category) {
    }

    @Test
    void readsWhatItKnows() {
        Order order = read("""
                {"name":"x","dataset":7,"lenient":true,"items":[{"category":"a"}],"scores":{"default":1}}""");
        assertThat(order).isEqualTo(new Order("x", 7L, true, List.of(new Item("a")), Map.of("default", 1.0)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"nam":"x"}                              | nam               | x | no such field, but one of dataset, items, lenient, name, scores
            {"name":5}                               | name              | 5   | a text
            {"name":{}}                              | name              | {}  | a text
            {"dataset":"7"}                          | dataset           | 7 | a whole number
            {"dataset":7.5}                          | dataset           | 7.5 | a whole number
            {"dataset":99999999999999999999}         | dataset           | 99999999999999999999 | a number that is not as large
            {"lenient":"yes"}                        | lenient           | yes | true or false
            {"lenient":1}                            | lenient           | 1   | true or false
            {"items":{"category":"a"}}               | items             | {"category":"a"} | a list
            {"items":[{"category":"a"},{"x":1}]}     | items[1].x        | 1   | no such field, but one of category
            {"items":[{"category":false}]}           | items[0].category | false | a text
            {"items":["a"]}                          | items[0]          | a | an object
            {"scores":{"a":"high"}}                  | scores.a          | high | a number
            {"scores":[]}                            | scores            | []  | an object
            """)
    void refusesByFieldValueAndExpectation(String json, String field, String value, String expected) {
        InvalidInput refusal = catchThrowableOfType(InvalidInput.class, () -> read(json));
        assertThat(refusal.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.field()).isEqualTo(field);
            assertThat(fault.value()).hasToString(value);
            assertThat(fault.expected()).isEqualTo(expected);
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"x"              | line 1, column 12
            {"name":"x","name":"y"}  | Duplicate
            {"name":"x"} and more    | line 1
            {"dataset":NaN}          | line 1
            """)
    void refusesWhatIsNoJsonAndShowsWhere(String json, String shown) {
        InvalidInput refusal = catchThrowableOfType(InvalidInput.class, () -> read(json));
        assertThat(refusal.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.field()).isEqualTo("body");
            assertThat(fault.value()).isEqualTo(json);
            assertThat(fault.expected()).startsWith("well-formed JSON").contains(shown);
        });
    }

    @Test
    void refusesNullInPlaceOfTheWhole() {
        assertThat(catchThrowableOfType(InvalidInput.class, () -> read("null")).faults())
                .containsExactly(new InvalidInput.Fault("body", null, "an object"));
    }

    @Test
    void writesTimesAsIsoAndLeavesNullsOut() throws Exception {
        record View(long id, Instant at, String missing, List<String> empty) {
        }
        assertThat(Json.MAPPER.writeValueAsString(new View(1, Instant.parse("2026-01-01T12:00:00.500999999Z"), null, List.of())))
                .isEqualTo("""
                        {"id":1,"at":"2026-01-01T12:00:00.500Z","empty":[]}""");
    }

    private static Order read(String json) {
        return Json.read("body", json.getBytes(StandardCharsets.UTF_8), Json.MAPPER.constructType(Order.class));
    }
}

package dev.gleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InvalidInputTest {

    @Test
    void namesFieldValueAndWhatWasExpected() {
        assertThat(new InvalidInput("thresholds.default", 1.5, "a number from 0 to 1"))
                .hasMessage("thresholds.default is \"1.5\"; expected a number from 0 to 1");
    }

    @Test
    void saysThatAFieldIsMissing() {
        assertThat(new InvalidInput("name", null, "a name")).hasMessage("name is missing; expected a name");
    }

    @Test
    void listsEveryFault() {
        var several = new InvalidInput(List.of(
                new InvalidInput.Fault("a", null, "a text"), new InvalidInput.Fault("b", 2, "less than 2")));

        assertThat(several).hasMessage("a is missing; expected a text\nb is \"2\"; expected less than 2");
        assertThat(several.faults()).hasSize(2);
    }
}

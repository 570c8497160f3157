package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gleaner.round.Views.View;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewsTest {

    @Test
    void thePlainViewIsNotAmongTheOthers() {
        assertThat(Views.PLAIN.others()).isEmpty();
        assertThat(new Views(true, List.of(0.75, 1.25)).others()).containsExactly(new View(true, 1), new View(false, 0.75), new View(false, 1.25));
    }

    @Test
    void impossibleScalesAreNamed() {
        for (double scale : List.of(1.0, 0.2, 5.0, Double.NaN)) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Views(true, List.of(0.75, scale)))
                    .withMessageStartingWith("scales[1]: " + scale).withMessageContaining("0.25 to 4");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new Views(false, List.of(2.0, 2.0))).withMessageStartingWith("scales[1]: 2.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new Views(false, Collections.nCopies(9, 2.0))).withMessageStartingWith("scales: 9");
    }
}

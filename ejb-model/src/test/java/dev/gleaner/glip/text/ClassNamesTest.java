package dev.gleaner.glip.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassNamesTest {

    private final ClassNames names = new ClassNames(List.of("bus (vehicle)", "Hot_Dog", "bus"));

    @Test
    void aNameIsFoundAsItIsOrAsItIsRead() {
        assertThat(names.indexOf("bus")).isEqualTo(2);
        assertThat(names.indexOf("Bus")).isEqualTo(0);
        assertThat(names.indexOf("hot dog")).isEqualTo(1);
        assertThat(names.indexOf(" hot_dog (food)")).isEqualTo(1);
        assertThat(names.indexOf("hot dogs")).isEqualTo(-1);
    }

    @Test
    void aMessageShowsTheFirstOfMany() {
        assertThat(names).hasToString("bus (vehicle), Hot_Dog, bus");
        assertThat(new ClassNames(IntStream.range(0, 80).mapToObj(i -> "c" + i).toList())).asString().endsWith(", c18, c19 and 60 more");
    }
}

package dev.gleaner.batch.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PagesTest {

    @Test
    void walksThroughAllPages() {
        List<Integer> asked = new ArrayList<>();
        Iterable<Integer> pages = () -> new Pages<>(last -> {
            asked.add(last);
            int after = last == null ? 0 : last;
            return IntStream.rangeClosed(after + 1, Math.min(after + 3, 7)).boxed().toList();
        });

        assertThat(pages).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(asked).containsExactly(null, 3, 6, 7);
    }

    @Test
    void endsAtOnceWhenThereIsNothing() {
        assertThat(new Pages<Integer>(last -> List.of())).isExhausted();
    }
}

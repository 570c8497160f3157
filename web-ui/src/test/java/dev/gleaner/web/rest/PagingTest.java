package dev.gleaner.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import java.util.List;
import org.junit.jupiter.api.Test;

class PagingTest {

    record Page(List<String> items, Long next) {
    }

    private static Page page(int limit, List<Long> found) {
        return new Paging(0, limit).page(found, id -> id, id -> "item " + id, Page::new);
    }

    @Test
    void aPageEndsWhereTheNextBegins() {
        assertThat(page(2, List.of(3L, 5L, 9L))).isEqualTo(new Page(List.of("item 3", "item 5"), 5L));
    }

    @Test
    void theLastPageHasNoNext() {
        assertThat(page(2, List.of(3L, 5L))).isEqualTo(new Page(List.of("item 3", "item 5"), null));
        assertThat(page(2, List.of())).isEqualTo(new Page(List.of(), null));
    }

    @Test
    void newestFirstBeginsAtTheTop() {
        assertThat(new Paging(0, 10).before()).isEqualTo(Long.MAX_VALUE);
        assertThat(new Paging(7, 10).before()).isEqualTo(7);
    }

    @Test
    void refusesSizesThatAreNone() {
        assertThatThrownBy(() -> new Paging(0, 0)).isInstanceOf(InvalidInput.class).hasMessage("limit is \"0\"; expected 1 to 500");
        assertThatThrownBy(() -> new Paging(0, 501)).isInstanceOf(InvalidInput.class).hasMessageContaining("501");
        assertThatThrownBy(() -> new Paging(-1, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining("after is \"-1\"");
    }
}

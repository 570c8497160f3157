package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Where a page of a long list begins and how much it holds. Pages go by key: each begins after the last id of the one before,
 * so it costs the same wherever it lies, and nothing is shown twice when the list grows.
 *
 * @param after the {@code next} of the page before; 0 for the first page
 * @param limit how many at most
 */
record Paging(long after, int limit) {

    static final String DEFAULT_LIMIT = "100";

    private static final int MOST = 500;

    /** @throws InvalidInput if {@code after} is negative, or {@code limit} is not 1 to 500 */
    Paging {
        if (after < 0) {
            throw new InvalidInput("after", after, "an id, or 0 for the first page");
        }
        if (limit < 1 || limit > MOST) {
            throw new InvalidInput("limit", limit, "1 to " + MOST);
        }
    }

    /** For lists with the newest first: where the page begins, itself excluded. */
    long before() {
        return after == 0 ? Long.MAX_VALUE : after;
    }

    /** One more than the page holds: whether it comes tells whether there is a next page. */
    int limitAndOne() {
        return limit + 1;
    }

    /**
     * Makes the page.
     *
     * @param found what was found, at most {@link #limitAndOne()} of it, in the list's order
     * @param page  takes what the page shows, and its {@code next}: null on the last page
     */
    <E, T, P> P page(List<E> found, ToLongFunction<E> id, Function<E, T> view, BiFunction<List<T>, Long, P> page) {
        List<E> shown = found.subList(0, Math.min(limit, found.size()));
        Long next = found.size() > limit ? id.applyAsLong(shown.get(shown.size() - 1)) : null;
        return page.apply(shown.stream().map(view).toList(), next);
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/**
 * Where a page of a long list begins and how much it holds. Pages go by key: a page begins after the last id of the one
 * before, so it costs the same wherever it lies, and nothing is shown twice when the list grows.
 */
public class Paging {

    private static final int MOST = 500;

    @QueryParam("after")
    @DefaultValue("0")
    @Parameter(description = "Begin after this id: the `next` of the page before.")
    private long after;

    @QueryParam("limit")
    @DefaultValue("100")
    @Parameter(description = "How many at most, 1 to 500.")
    private int limit;

    /** Begins after this id. */
    long after() {
        if (after < 0) {
            throw new InvalidInput("after", after, "an id, 0 or more");
        }
        return after;
    }

    /** One more than the page holds: whether it comes tells whether there is a next page. */
    int limitAndOne() {
        if (limit < 1 || limit > MOST) {
            throw new InvalidInput("limit", limit, "1 to " + MOST);
        }
        return limit + 1;
    }

    /**
     * The page.
     *
     * @param found what was found after {@link #after()}, at most {@link #limitAndOne()} of it, by id
     */
    <E, T> Page<T> page(List<E> found, ToLongFunction<E> id, Function<E, T> view) {
        List<E> shown = found.subList(0, Math.min(limit, found.size()));
        Long next = found.size() > limit ? id.applyAsLong(shown.get(shown.size() - 1)) : null;
        return new Page<>(shown.stream().map(view).toList(), next);
    }

    /** A part of a long list. */
    @Schema(hidden = true)
    public record Page<T>(List<T> items, Long next) {
    }
}

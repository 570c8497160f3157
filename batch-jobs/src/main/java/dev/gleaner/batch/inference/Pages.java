package dev.gleaner.batch.inference;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** The items of all pages, one page in memory at a time. */
final class Pages<T> implements Iterator<T> {

    private final Function<T, List<T>> pageAfter;
    private Iterator<T> page = List.<T>of().iterator();
    private T last;
    private boolean exhausted;

    /** @param pageAfter the page behind an item, or the first one for null; an empty page ends it */
    Pages(Function<T, List<T>> pageAfter) {
        this.pageAfter = pageAfter;
    }

    @Override
    public boolean hasNext() {
        if (!page.hasNext() && !exhausted) {
            page = pageAfter.apply(last).iterator();
            exhausted = !page.hasNext();
        }
        return page.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        last = page.next();
        return last;
    }
}

package dev.gleaner.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads sources in tests. */
final class Sources {

    private Sources() {
    }

    /** Everything there is, in a list; closes the reader. */
    static List<SourceItem> all(SourceReader reader) throws IOException {
        try (reader) {
            List<SourceItem> items = new ArrayList<>();
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                items.add(item.get());
            }
            return items;
        }
    }
}

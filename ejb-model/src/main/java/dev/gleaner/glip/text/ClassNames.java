package dev.gleaner.glip.text;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The names of a model's fixed classes. Other spellings of a name find it too, as long as a model that reads text would read the
 * same: cases and underscores do not count, nor does what stands in parentheses.
 *
 * @param names in the order of the classes
 */
public record ClassNames(List<String> names) {

    private static final int SHOWN = 20;

    public ClassNames {
        names = List.copyOf(names);
    }

    /** The class of this name, or else the first of one that is read alike, or else -1. */
    public int indexOf(String name) {
        int exact = names.indexOf(name);
        return exact >= 0 ? exact : names.stream().map(ClassNames::read).toList().indexOf(read(name));
    }

    private static String read(String name) {
        return Caption.clean(name).strip().toLowerCase(Locale.ROOT);
    }

    /** The names for a message, the first twenty of many. */
    @Override
    public String toString() {
        String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
    }
}

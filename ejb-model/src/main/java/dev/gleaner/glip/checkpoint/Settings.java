package dev.gleaner.glip.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The leaves of a settings file by their dotted keys ({@code MODEL.SWINT.EMBED_DIM}), over defaults, with typed access.
 * The official files write tuples as text, {@code (64, 128)}; they read as lists.
 */
final class Settings {

    private final String source;
    private final Map<String, Object> own;
    private final Map<String, Object> defaults;

    /**
     * @param source   what error messages call the file
     * @param own      the file's tree of mappings
     * @param defaults leaves by dotted key; the only keys that can be asked for without being in the file
     */
    Settings(String source, Map<?, ?> own, Map<String, Object> defaults) throws CheckpointException {
        this.source = source;
        this.own = leaves(own);
        this.defaults = defaults;
        for (String known : defaults.keySet()) {
            for (String given : this.own.keySet()) {
                if (known.startsWith(given + ".") && this.own.get(given) != null) {
                    throw wrong(given, "a mapping with keys like " + known);
                }
                if (given.startsWith(known + ".")) {
                    throw new CheckpointException(known + " in " + source + " is a mapping; expected a value like "
                            + defaults.get(known));
                }
            }
        }
    }

    static Map<String, Object> leaves(Map<?, ?> tree) {
        Map<String, Object> leaves = new LinkedHashMap<>();
        collect("", tree, leaves);
        return leaves;
    }

    private static void collect(String prefix, Map<?, ?> tree, Map<String, Object> leaves) {
        tree.forEach((key, value) -> {
            if (value instanceof Map<?, ?> deeper) {
                collect(prefix + key + ".", deeper, leaves);
            } else {
                leaves.put(prefix + key, value);
            }
        });
    }

    /** Whether the file itself says something about the key. */
    boolean has(String key) {
        return own.get(key) != null;
    }

    Object value(String key) {
        Object value = own.get(key);
        return value == null ? defaults.get(key) : value;
    }

    int integer(String key) throws CheckpointException {
        return wholeNumber(key, value(key));
    }

    double number(String key) throws CheckpointException {
        return number(key, value(key));
    }

    boolean flag(String key) throws CheckpointException {
        if (comparable(value(key)) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false");
    }

    String text(String key) throws CheckpointException {
        if (value(key) instanceof String text) {
            return text;
        }
        throw wrong(key, "text");
    }

    List<Integer> integers(String key) throws CheckpointException {
        List<Integer> numbers = new ArrayList<>();
        for (Object item : list(key)) {
            numbers.add(wholeNumber(key, item));
        }
        return numbers;
    }

    List<Double> numbers(String key) throws CheckpointException {
        List<Double> numbers = new ArrayList<>();
        for (Object item : list(key)) {
            numbers.add(number(key, item));
        }
        return numbers;
    }

    /** Refuses a value of the file that differs from the only supported one. */
    void demand(String key, Object supported) throws CheckpointException {
        if (has(key) && !comparable(value(key)).equals(comparable(supported))) {
            throw wrong(key, "what is supported, " + (supported.equals("") ? "the empty text" : supported));
        }
    }

    CheckpointException wrong(String key, String expected) {
        return new CheckpointException(key + " in " + source + " is " + shown(value(key)) + "; expected " + expected);
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    private List<?> list(String key) throws CheckpointException {
        if (comparable(value(key)) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, "a list");
    }

    private int wholeNumber(String key, Object value) throws CheckpointException {
        double number = number(key, value);
        if (number != (int) number) {
            throw wrong(key, "a whole number");
        }
        return (int) number;
    }

    private double number(String key, Object value) throws CheckpointException {
        double number = Double.NaN;
        if (comparable(value) instanceof Double already) {
            number = already;
        } else if (value instanceof String text) {
            try {
                number = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw wrong(key, "a number");
            }
        }
        if (!Double.isFinite(number)) {
            throw wrong(key, "a number");
        }
        return number;
    }

    /** The value with all numbers as doubles, and with what Python code in text stands for. */
    private static Object comparable(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Settings::comparable).filter(Objects::nonNull).toList();
        }
        if (value instanceof String text && text.matches("\\(.*\\)|\\[.*\\]")) {
            return tuple(text.substring(1, text.length() - 1));
        }
        if ("True".equals(value) || "False".equals(value)) {
            return "True".equals(value);
        }
        return value;
    }

    private static List<Object> tuple(String inner) {
        List<Object> items = new ArrayList<>();
        for (String item : inner.split(",")) {
            String bare = item.strip().replaceAll("^(['\"])(.*)\\1$", "$2");
            if (bare.isEmpty()) {
                continue;
            }
            try {
                items.add(Double.parseDouble(bare));
            } catch (NumberFormatException e) {
                items.add(bare);
            }
        }
        return items;
    }
}

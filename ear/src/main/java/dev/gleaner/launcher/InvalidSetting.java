package dev.gleaner.launcher;

/** A setting that cannot be used; says which, what it held and what was expected. */
final class InvalidSetting extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidSetting(String name, String value, String expected) {
        super("%s=%s: expected %s".formatted(name, value, expected));
    }
}

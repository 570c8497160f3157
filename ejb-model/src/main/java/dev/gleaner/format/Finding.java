package dev.gleaner.format;

/**
 * One thing that preflight saw in a source.
 *
 * @param code    what kind of thing; findings are counted by it
 * @param file    the file it concerns, as the source names it; null for the source as a whole
 * @param message the field, its value and what was expected, in a sentence
 */
public record Finding(Code code, String file, String message) {

    /** An error keeps the whole dataset out; a warning tells what was mended or left out. */
    public enum Severity { ERROR, WARNING }

    /** The kinds of findings. */
    public enum Code {
        /** The annotation document cannot be parsed, or lacks a part it must have. */
        MALFORMED_DOCUMENT(Severity.ERROR);

        private final Severity severity;

        Code(Severity severity) {
            this.severity = severity;
        }

        public Severity severity() {
            return severity;
        }
    }
}

package dev.gleaner.format;

import java.util.Map;

/**
 * What an archive may hold. A small file that unpacks to a full disk is an old trick.
 *
 * @param bytes of all its files unpacked, {@code GLEANER_ARCHIVE_BYTES}
 * @param files how many, {@code GLEANER_ARCHIVE_FILES}
 * @param ratio of a file's size to what it takes in the archive, {@code GLEANER_ARCHIVE_RATIO}; what unpacks to less than 16 MiB may have more
 */
public record ArchiveLimits(long bytes, long files, long ratio) {

    public static final ArchiveLimits DEFAULT = new ArchiveLimits(100L << 30, 2_000_000, 200);

    public ArchiveLimits {
        if (bytes < 1 || files < 1 || ratio < 1) {
            throw new IllegalArgumentException("limits " + bytes + ", " + files + ", " + ratio + "; expected all above 0");
        }
    }

    /**
     * @param environment as {@link System#getenv()} gives it; a blank value counts as unset
     * @throws NumberFormatException if one is no number, which the launcher lets nobody set
     */
    public static ArchiveLimits of(Map<String, String> environment) {
        return new ArchiveLimits(number(environment, "GLEANER_ARCHIVE_BYTES", DEFAULT.bytes), number(environment, "GLEANER_ARCHIVE_FILES", DEFAULT.files),
                number(environment, "GLEANER_ARCHIVE_RATIO", DEFAULT.ratio));
    }

    private static long number(Map<String, String> environment, String name, long fallback) {
        String value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? fallback : Long.parseLong(value);
    }
}

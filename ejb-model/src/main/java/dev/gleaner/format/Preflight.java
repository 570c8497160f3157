package dev.gleaner.format;

import dev.gleaner.format.Finding.Severity;
import java.util.List;

/**
 * The report on a source: its findings, counted by code, each code with its first few as samples, so that the report on a
 * million images stays small.
 *
 * @param groups errors first, within a severity the most frequent first
 */
public record Preflight(List<Group> groups) {

    /** How many samples a code keeps. */
    public static final int SAMPLES = 20;

    /**
     * All findings of one code.
     *
     * @param samples the first {@value #SAMPLES} at most, in the order in which they were found
     */
    public record Group(Severity severity, Finding.Code code, long count, List<Sample> samples) {
    }

    /** One finding within its group; {@code file} is null when it concerns the source as a whole. */
    public record Sample(String file, String message) {
    }
}

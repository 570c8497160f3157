package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.Finding.Severity;
import java.util.Comparator;
import java.util.List;

/**
 * The report on a source: its findings, counted by code, each code with its first few as samples, so that the report on a
 * million images stays small.
 *
 * @param errors   how many findings keep the source out
 * @param warnings how many do not
 * @param groups   errors first, within a severity the most frequent first
 */
public record Preflight(long errors, long warnings, List<Group> groups) {

    /** How many samples a code keeps. */
    public static final int SAMPLES = 20;

    /**
     * All findings of one code.
     *
     * @param samples the first {@value #SAMPLES} at most, in the order in which they were found
     */
    public record Group(Severity severity, Code code, long count, List<Sample> samples) {

        public Group {
            samples = List.copyOf(samples);
        }
    }

    /** One finding within its group; {@code file} is null when it concerns the source as a whole. */
    public record Sample(String file, String message) {
    }

    public Preflight {
        groups = List.copyOf(groups);
    }

    /** A report of these groups, in whatever order they come. */
    public static Preflight of(List<Group> groups) {
        List<Group> sorted = groups.stream()
                .sorted(Comparator.comparing(Group::severity).thenComparing(Comparator.comparingLong(Group::count).reversed())
                        .thenComparing(Group::code))
                .toList();
        return new Preflight(count(groups, Severity.ERROR), count(groups, Severity.WARNING), sorted);
    }

    private static long count(List<Group> groups, Severity severity) {
        return groups.stream().filter(g -> g.severity() == severity).mapToLong(Group::count).sum();
    }
}

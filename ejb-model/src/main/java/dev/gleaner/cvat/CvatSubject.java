package dev.gleaner.cvat;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a CVAT is connected: a task, all tasks of a project, or a function whose annotation requests are taken. It is written as in the paths of
 * CVAT's interface, {@code tasks/5}; in identities with what tells it from one of another CVAT behind it, {@code tasks/5.1767225600}.
 */
record CvatSubject(Kind kind, long number) {

    enum Kind { TASKS, PROJECTS, FUNCTIONS }

    private static final Pattern WRITTEN = Pattern.compile("/?(tasks|projects|functions)/([1-9][0-9]{0,17})(/|\\..*)?");

    /** Empty if it is none. */
    static Optional<CvatSubject> parse(String written) {
        Matcher parts = WRITTEN.matcher(written.strip());
        return parts.matches() ? Optional.of(new CvatSubject(Kind.valueOf(parts.group(1).toUpperCase(Locale.ROOT)), Long.parseLong(parts.group(2)))) : Optional.empty();
    }

    /** As it was connected. */
    static CvatSubject of(String identity) {
        return parse(identity).orElseThrow(() -> new IllegalArgumentException("\"" + identity + "\" is nothing of a CVAT's"));
    }

    String path() {
        return kind.name().toLowerCase(Locale.ROOT) + "/" + number;
    }
}

package dev.gleaner.account;

import java.util.List;

/** What accounts may do. The services name these roles; whoever has none of those named is refused. */
public final class Roles {

    /** May do everything. */
    public static final String ADMINISTRATOR = "administrator";
    /** May do everything but say who else may do what. */
    public static final String ENGINEER = "engineer";
    /** Reads, and decides about boxes. */
    public static final String REVIEWER = "reviewer";
    /** Reads. */
    public static final String VIEWER = "viewer";

    /** From the one who may do most to the one who may do least. */
    public static final List<String> ALL = List.of(ADMINISTRATOR, ENGINEER, REVIEWER, VIEWER);

    private Roles() {
    }
}

package dev.gleaner.review;

import java.util.List;

/** An entry of the audit log with what it did to boxes. */
public record LoggedDecision(ReviewDecision decision, List<DecidedBox> boxes) {
}

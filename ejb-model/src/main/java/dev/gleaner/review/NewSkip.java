package dev.gleaner.review;

/**
 * A reviewer does not want to decide.
 *
 * @param version   of the item as it was seen
 * @param requestId see {@link NewDecision}
 * @param reason    why
 * @param seconds   that it took; null if nobody counted
 * @param comment   null for none
 */
public record NewSkip(Integer version, String requestId, String reason, Double seconds, String comment, ReviewDecision.Origin origin) {
}

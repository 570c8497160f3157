package dev.gleaner.event;

import java.util.Map;

/**
 * Something that happened to a project, told within the transaction in which it happened. An observer in a module of the application archive gets all
 * of them or one kind: {@code void told(@Observes(during = TransactionPhase.AFTER_SUCCESS) LabelingRunEnded event)}. Without {@code during}, it is
 * called before the transaction ends, and what it throws takes back what happened. Other programs get the same events as webhooks; see
 * {@code dev.gleaner.webhook}.
 */
public sealed interface GleanerEvent permits DatasetConcluded, LabelingRunEnded, ImageDecided, TrainingRoundEnded, ChampionChanged, EvaluationEnded {

    /** The id of the project. */
    long project();

    EventType type();

    /** What it is about, by name: ids and states, and nothing secret. */
    Map<String, Object> data();
}

package dev.gleaner.round;

/**
 * What somebody wants of a project's schedule.
 *
 * @param cron     see {@link CronTimes}; null where only triggers count
 * @param zone     of the cron's clock; null for {@code UTC}
 * @param triggers null for none
 * @param round    what each round is to be; its {@code unlabelled} null for all datasets of the project that came without boxes and that nothing is
 *                 measured on, as they are when the round begins
 * @param revision of the schedule that is to be changed, as it was read; null to change it whatever it is by now
 */
public record NewRoundSchedule(String cron, String zone, RoundTriggers triggers, NewTrainingRound round, Integer revision) {
}

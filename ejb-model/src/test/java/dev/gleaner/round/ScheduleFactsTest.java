package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.round.RoundSchedule.Outcome;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleFactsTest {

    private static final CronTimes NIGHTLY = CronTimes.of("0 3 * * *", "Europe/Berlin");

    private static Decision decide(Instant now, Instant due, Long running, RoundTriggers triggers, Counted counted) {
        return decide(now, due, running, triggers, counted, null);
    }

    private static Decision decide(Instant now, Instant due, Long running, RoundTriggers triggers, Counted counted, RoundFailures failures) {
        ScheduleFacts.Decision decision = new ScheduleFacts(now, Optional.ofNullable(due), Optional.ofNullable(due == null ? null : NIGHTLY),
                Optional.ofNullable(running), triggers, counted, Optional.ofNullable(failures)).decide();
        return new Decision(decision.outcome(), decision.reason());
    }

    private record Decision(Outcome outcome, String reason) {
    }

    /** Between labeling runs 4 and 9, of 500 scores each. */
    private static Optional<ScoreDrift> drift(Double index, double chance) {
        return Optional.ofNullable(index).map(moved -> new ScoreDrift(4, 9, 0.5, 500, 500, new PopulationStability(moved, chance)));
    }

    /** 03:00 in Berlin in winter is 02:00Z. Boxes and images are counted of so many. */
    @ParameterizedTest(name = "at {0}, due {1}, running {2}: {9}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            2026-11-24T01:59:59Z | 2026-11-24T02:00:00Z | - | -  | 99 | -   | 99  | -    | -    | NOT_DUE | its time is 2026-11-24 03:00 Europe/Berlin
            2026-11-24T02:00:00Z | 2026-11-24T02:00:00Z | - | -  | 0  | -   | 0   | -    | -    | ORDERED | it was due at 2026-11-24 03:00 Europe/Berlin
            2026-11-29T17:00:00Z | 2026-11-24T02:00:00Z | - | -  | 0  | -   | 0   | -    | -    | ORDERED | it was due at 2026-11-24 03:00 Europe/Berlin
            2026-11-24T02:00:00Z | 2026-11-24T02:00:00Z | 7 | -  | 0  | -   | 0   | -    | -    | WAITING | due, and begins after training round 7, which the project has at work: it was due at 2026-11-24 03:00 Europe/Berlin
            2026-11-24T01:00:00Z | 2026-11-24T02:00:00Z | 7 | -  | 0  | -   | 0   | -    | -    | NOT_DUE | its time is 2026-11-24 03:00 Europe/Berlin
            2026-11-24T01:00:00Z | -                    | - | 50 | 49 | -   | 0   | -    | -    | NOT_DUE | 49 of 50 reviewed boxes
            2026-11-24T01:00:00Z | -                    | - | 50 | 50 | -   | 0   | -    | -    | ORDERED | 50 boxes were reviewed since the last round was ordered, of 50 that are asked for
            2026-11-24T01:00:00Z | -                    | 7 | 50 | 51 | -   | 0   | -    | -    | WAITING | due, and begins after training round 7, which the project has at work: 51 boxes were reviewed since the last round was ordered, of 50 that are asked for
            2026-11-24T01:00:00Z | -                    | - | -  | 0  | 100 | 99  | -    | -    | NOT_DUE | 99 of 100 new images
            2026-11-24T01:00:00Z | -                    | - | -  | 0  | 100 | 120 | -    | -    | ORDERED | 120 images came since the last round was ordered, of 100 that are asked for
            2026-11-24T01:00:00Z | -                    | - | -  | 0  | -   | 0   | 0.25 | -    | NOT_DUE | no newer labeling run of the champion to tell a drift from
            2026-11-24T01:00:00Z | -                    | - | -  | 0  | -   | 0   | 0.25 | 0.24 | NOT_DUE | drift 0.24 between labeling runs 4 and 9 of 0.25
            2026-11-24T01:00:00Z | -                    | - | -  | 0  | -   | 0   | 0.25 | 0.25 | ORDERED | the champion's scores have drifted by 0.25 between labeling runs 4 and 9, of 0.25 that are asked for
            2026-11-24T01:00:00Z | 2026-11-24T02:00:00Z | - | 50 | 12 | 100 | 3   | 0.25 | 0.10 | NOT_DUE | its time is 2026-11-24 03:00 Europe/Berlin; 12 of 50 reviewed boxes; 3 of 100 new images; drift 0.10 between labeling runs 4 and 9 of 0.25
            2026-11-24T02:00:00Z | 2026-11-24T02:00:00Z | - | 50 | 60 | -   | 0   | -    | -    | ORDERED | it was due at 2026-11-24 03:00 Europe/Berlin; 60 boxes were reviewed since the last round was ordered, of 50 that are asked for
            """)
    void tellsWhetherARoundIsDueAndWhy(Instant now, Instant due, Long running, Integer boxesWanted, long boxes, Integer imagesWanted, long images,
            Double driftWanted, Double index, Outcome outcome, String reason) {
        assertThat(decide(now, due, running, new RoundTriggers(boxesWanted, imagesWanted, driftWanted), new Counted(boxes, images, drift(index, 0.1))))
                .isEqualTo(new Decision(outcome, reason));
    }

    @Test
    void whatChanceDoesToFewScoresIsNoDrift() {
        assertThat(decide(Instant.EPOCH, null, null, new RoundTriggers(null, null, 0.25), new Counted(0, 0, drift(0.4, 0.5))))
                .isEqualTo(new Decision(Outcome.NOT_DUE, "drift 0.40 between labeling runs 4 and 9 of 0.25, but so few scores (500 and 500) reach 0.50 by chance"));
    }

    /** An hour after the first failure, two after the second. */
    @Test
    void triggersOrderTheNextRoundSomeTimeAfterOneThatFailed() {
        Instant ended = Instant.parse("2026-11-24T12:00:00Z");
        RoundTriggers fifty = new RoundTriggers(50, null, null);
        Counted enough = new Counted(50, 0, Optional.empty());
        String why = "50 boxes were reviewed since the last round was ordered, of 50 that are asked for";
        RoundFailures once = new RoundFailures(7, 1, ended);
        RoundFailures twice = new RoundFailures(8, 2, ended);
        assertThat(decide(Instant.parse("2026-11-24T12:59:59Z"), null, null, fifty, enough, once))
                .isEqualTo(new Decision(Outcome.WAITING, "due, and begins at 2026-11-24T13:00:00Z since training round 7 failed: " + why));
        assertThat(decide(Instant.parse("2026-11-24T13:00:00Z"), null, null, fifty, enough, once)).isEqualTo(new Decision(Outcome.ORDERED, why));
        assertThat(decide(Instant.parse("2026-11-24T13:59:59Z"), null, null, fifty, enough, twice))
                .isEqualTo(new Decision(Outcome.WAITING, "due, and begins at 2026-11-24T14:00:00Z since training round 8 failed, as did 1 before it: " + why));
        assertThat(decide(Instant.parse("2026-11-24T12:00:01Z"), null, null, fifty, new Counted(49, 0, Optional.empty()), once))
                .isEqualTo(new Decision(Outcome.NOT_DUE, "49 of 50 reviewed boxes"));
        assertThat(decide(Instant.parse("2026-11-24T12:00:01Z"), ended, null, fifty, enough, once).outcome()).as("the clock has its own pace")
                .isEqualTo(Outcome.ORDERED);
        assertThat(new RoundFailures(9, 6, ended).until()).as("a day at most").isEqualTo(Instant.parse("2026-11-25T12:00:00Z"));
    }
}

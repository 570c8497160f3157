package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Evaluating;
import dev.gleaner.labeling.Database;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules of rounds on the deployed product, over REST. Time passes by what is written into the database. */
@ExtendWith(GleanerServerExtension.class)
@Execution(ExecutionMode.CONCURRENT)
class RoundScheduleIT {

    private static Scheduling badInput;

    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path folder) {
        badInput = new Scheduling(server, folder.resolve("bad"));
    }

    @Test
    void aMissedTimeIsCaughtUpByOneRoundThatGoesToItsEnd(GleanerServer server, @TempDir Path folder) {
        Scheduling schedule = new Scheduling(server, folder.resolve("shapes"));
        server.get(schedule.path()).expect(204);
        JsonNode set = schedule.set(Map.of("cron", Scheduling.NIGHTLY, "zone", "Europe/Berlin"));
        assertThat(set.get("revision").intValue()).isEqualTo(1);
        assertThat(set.at("/round/training/steps").intValue()).isEqualTo(1);
        assertThat(Instant.parse(set.get("nextDue").textValue())).isAfter(Instant.now());
        schedule.awaitLook();
        assertThat(schedule.get().at("/decision/reason").textValue()).startsWith("its time is ").endsWith("03:00 Europe/Berlin");
        assertThat(schedule.rounds()).isEmpty();
        try (Database database = Database.of(server)) {
            schedule.missed(database);
        }

        JsonNode ordered = schedule.await("orders", view -> view.hasNonNull("lastRound"));
        assertThat(Instant.parse(ordered.get("nextDue").textValue())).isAfter(Instant.now());
        JsonNode round = schedule.awaitRest(ordered.get("lastRound").longValue());
        assertThat(round.get("status").textValue()).as(round.toString()).isEqualTo("COMPLETED");
        assertThat(round.get("trigger").textValue()).startsWith("schedule: it was due at ").endsWith("Europe/Berlin");
        assertThat(round.get("startedBy").textValue()).isEqualTo("administrator");
        schedule.awaitLook();
        assertThat(schedule.rounds()).hasSize(1);

        server.delete(schedule.path()).expect(204);
        server.get(schedule.path()).expect(204);
        server.delete(schedule.path()).expect(404);
        assertThat(schedule.rounds()).as("stay").hasSize(1);
    }

    @Test
    void reviewedBoxesAndNewImagesMakeARoundDue(GleanerServer server, @TempDir Path folder) throws Exception {
        Scheduling schedule = new Scheduling(server, folder.resolve("shapes"));
        schedule.set(Map.of("triggers", Map.of("reviewedBoxes", 2, "newImages", 3)));
        try (Database database = Database.of(server)) {
            review(database, schedule, 1);
            schedule.awaitLook();
            assertThat(schedule.get().at("/decision/reason").textValue()).isEqualTo("1 of 2 reviewed boxes; 0 of 3 new images");
            assertThat(schedule.get().at("/counted/reviewedBoxes").intValue()).isEqualTo(1);
            assertThat(schedule.get().has("nextDue")).isFalse();
            review(database, schedule, 1);
        }
        JsonNode ordered = schedule.await("orders", view -> view.hasNonNull("lastRound"));
        JsonNode first = schedule.awaitRest(ordered.get("lastRound").longValue());
        assertThat(first.get("trigger").textValue()).isEqualTo("schedule: 2 boxes were reviewed since the last round was ordered, of 2 that are asked for");
        assertThat(schedule.get().at("/counted/reviewedBoxes").intValue()).as("since that round").isZero();

        Path pictures = Files.createDirectories(folder.resolve("more"));
        for (int i = 1; i <= 3; i++) {
            Files.copy(folder.resolve("shapes/images/shapes-" + i + ".png"), pictures.resolve("copy-" + i + ".png"));
            // Other bytes than the gold images have, which are never the teacher's.
            Files.write(pictures.resolve("copy-" + i + ".png"), new byte[i], java.nio.file.StandardOpenOption.APPEND);
        }
        long more = schedule.evaluating.register("more", Map.of("type", "folder", "path", pictures.toString()));
        JsonNode second = schedule.await("orders another", view -> view.get("lastRound").longValue() != Evaluating.id(first));
        JsonNode round = schedule.awaitRest(second.get("lastRound").longValue());
        assertThat(round.get("trigger").textValue()).startsWith("schedule: 3 images came since");
        assertThat(round.at("/settings/unlabelled/0").longValue()).as("the teacher labels the new dataset").isEqualTo(more);
        assertThat(round.at("/snapshot/unlabelled").intValue()).isEqualTo(3);
        schedule.awaitLook();
        assertThat(schedule.rounds()).hasSize(2);
    }

    /** As if a reviewer had gone through boxes of the dataset. */
    private static void review(Database database, Scheduling schedule, int boxes) {
        assertThat(database.update("update annotations set status = 'ACCEPTED', decided_by = 'ann', decided_at = now() where id in (select id from annotations"
                + " where dataset_id = " + schedule.dataset + " and decided_at is null order by id limit " + boxes + ")")).isEqualTo(boxes);
    }

    @Test
    void driftOfTheChampionsScoresMakesARoundDue(GleanerServer server, @TempDir Path folder) {
        Scheduling schedule = new Scheduling(server, folder.resolve("shapes"));
        schedule.set(Map.of("triggers", Map.of("drift", 0.25)));
        long first = label(schedule);
        schedule.awaitLook();
        assertThat(schedule.get().at("/decision/reason").textValue()).isEqualTo("no newer labeling run of the champion to tell a drift from");
        long second = label(schedule);
        JsonNode same = schedule.await("compares", view -> view.at("/counted").hasNonNull("drift"));
        assertThat(same.at("/counted/drift/index").doubleValue()).isZero();
        assertThat(same.at("/counted/drift/referenceRun").longValue()).isEqualTo(first);
        assertThat(same.at("/counted/drift/latestRun").longValue()).isEqualTo(second);
        assertThat(same.at("/counted/drift/latestScores").intValue()).isPositive();
        assertThat(schedule.rounds()).isEmpty();

        // The next images, so to speak, are all alike to the champion.
        try (Database database = Database.of(server)) {
            schedule.server.post(schedule.path() + "/pause", Map.of()).expect(200);
            long third = label(schedule);
            database.update("update annotations set score = 0.97 where labeling_run_id = " + third);
            schedule.server.post(schedule.path() + "/resume", Map.of()).expect(200);
            JsonNode ordered = schedule.await("orders", view -> view.hasNonNull("lastRound"));
            assertThat(schedule.awaitRest(ordered.get("lastRound").longValue()).get("trigger").textValue())
                    .startsWith("schedule: the champion's scores have drifted by ").contains("between labeling runs " + first + " and " + third);
        }
        schedule.awaitLook();
        assertThat(schedule.get().at("/decision/reason").textValue()).as("a new comparison begins").contains("no newer labeling run");
        assertThat(schedule.rounds()).hasSize(1);
    }

    private static long label(Scheduling schedule) {
        long run = Evaluating.id(schedule.server.post("/api/labeling-runs", Map.of("dataset", schedule.dataset, "modelVersion", schedule.evaluating.model,
                "prompts", List.of(Map.of("category", "disc"), Map.of("category", "square")), "thresholds", Map.of("default", 0.05))).expect(202).json());
        schedule.server.await("labeling run " + run + " ends", () -> schedule.evaluating.get("/api/labeling-runs/" + run).get("status").textValue().equals("COMPLETED"));
        return run;
    }

    @Test
    void whatIsDueWaitsForTheRoundAtWorkAndPausedIsNeverDue(GleanerServer server, @TempDir Path folder) {
        Scheduling schedule = new Scheduling(server, folder.resolve("shapes"));
        Scheduling metronome = new Scheduling(server, folder.resolve("metronome"));
        metronome.set(Map.of("cron", Scheduling.NIGHTLY));
        schedule.set(Map.of("cron", Scheduling.NIGHTLY));
        JsonNode paused = server.post(schedule.path() + "/pause", Map.of()).expect(200).json();
        assertThat(paused.at("/decision/reason").textValue()).isEqualTo("paused by administrator");
        assertThat(paused.has("nextDue")).isFalse();
        server.post(schedule.path() + "/pause", Map.of()).expect(409);
        try (Database database = Database.of(server)) {
            schedule.missed(database);
            metronome.awaitLook();
            metronome.awaitLook();
            assertThat(schedule.get().has("checkedAt")).as("nobody looks").isFalse();
            assertThat(Instant.parse(server.post(schedule.path() + "/resume", Map.of()).expect(200).json().get("nextDue").textValue()))
                    .as("missed while paused").isAfter(Instant.now());
            server.post(schedule.path() + "/resume", Map.of()).expect(409);
            assertThat(schedule.rounds()).isEmpty();

            Map<String, Object> long_ = schedule.round();
            long_.put("training", Map.of("steps", 2000, "batch", 1));
            long ordered = Evaluating.id(server.post("/api/training-rounds", long_).expect(202).json());
            schedule.missed(database);
            JsonNode waiting = schedule.awaitOutcome("WAITING");
            assertThat(waiting.at("/decision/reason").textValue()).startsWith("due, and begins after training round " + ordered);
            schedule.awaitLook();
            assertThat(schedule.rounds()).hasSize(1);
            server.post("/api/training-rounds/" + ordered + "/stop", Map.of()).expect(202);
            assertThat(schedule.awaitRest(ordered).get("status").textValue()).isEqualTo("STOPPED");
            JsonNode after = schedule.await("orders", view -> view.hasNonNull("lastRound"));
            schedule.awaitRest(after.get("lastRound").longValue());
            schedule.awaitLook();
            assertThat(schedule.rounds()).hasSize(2);
        }
    }

    @Test
    void anOrderThatIsRefusedWhenDueIsExplainedAndHeld(GleanerServer server, @TempDir Path folder) throws Exception {
        Scheduling schedule = new Scheduling(server, folder.resolve("shapes"));
        Path pictures = Files.createDirectories(folder.resolve("plain"));
        Files.copy(folder.resolve("shapes/images/shapes-1.png"), pictures.resolve("a.png"));
        long plain = schedule.evaluating.register("plain", Map.of("type", "folder", "path", pictures.toString()));
        schedule.set(Map.of("cron", Scheduling.NIGHTLY, "round", Map.of("dataset", plain)));
        try (Database database = Database.of(server)) {
            schedule.missed(database);
        }
        JsonNode refused = schedule.awaitOutcome("REFUSED");
        assertThat(refused.at("/decision/reason").textValue()).startsWith("due, but its order was refused, and is tried again in an hour: ").contains("expected");
        assertThat(Instant.parse(refused.get("nextDue").textValue())).as("still due").isBefore(Instant.now());
        assertThat(schedule.rounds()).isEmpty();

        schedule.set(Map.of("cron", Scheduling.NIGHTLY));
        JsonNode mended = schedule.await("orders", view -> view.hasNonNull("lastRound"));
        schedule.awaitRest(mended.get("lastRound").longValue());
    }

    @Test
    void twoPeopleDoNotUndoEachOthersChanges(GleanerServer server, @TempDir Path folder) {
        Scheduling schedule = new Scheduling(server, folder.resolve("shapes"));
        schedule.set(Map.of("cron", Scheduling.NIGHTLY));
        schedule.set(Map.of("cron", "0 4 * * *", "revision", 1));
        Map<String, Object> late = new HashMap<>(Map.of("cron", "0 5 * * *", "revision", 1, "round", schedule.round()));
        assertThat(server.put(schedule.path(), late).expect(409).body()).contains("at revision 2 and not at 1");
        assertThat(schedule.get().get("cron").textValue()).isEqualTo("0 4 * * *");
        server.get("/api/projects/987654321/round-schedule").expect(404);
        server.put("/api/projects/987654321/round-schedule", late).expect(404);
        server.post("/api/projects/987654321/round-schedule/pause", Map.of()).expect(404);
        server.post("/api/projects/987654321/round-schedule/resume", Map.of()).expect(404);
        server.delete("/api/projects/987654321/round-schedule").expect(404);
    }

    /** In bodies $R stands for a round that could be ordered, $D for its dataset's id. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"round":$R}                                                          | cron                    |             | a cron expression, a trigger or both
            {"cron":"every night","round":$R}                                     | cron                    | every night | five fields
            {"cron":"*/5 * * * *","round":$R}                                     | cron                    | */5 * * * * | an hour apart
            {"cron":"0 0 31 2 *","round":$R}                                      | cron                    | 0 0 31 2 *  | a time that comes
            {"cron":5,"round":$R}                                                 | cron                    | 5           | a text
            {"cron":"0 3 * * *","zone":"Moon","round":$R}                         | zone                    | Moon        | a time zone
            {"triggers":{"drift":0.25},"zone":"Moon","round":$R}                  | zone                    | Moon        | a time zone
            {"triggers":{"reviewedBoxes":0},"round":$R}                           | triggers.reviewedBoxes  | 0           | 1 or more
            {"triggers":{"newImages":-1},"round":$R}                              | triggers.newImages      | -1          | 1 or more
            {"triggers":{"drift":0},"round":$R}                                   | triggers.drift          | 0.0         | above 0
            {"triggers":{"moon":1},"round":$R}                                    | triggers.moon           | 1           | no such field
            {"cron":"0 3 * * *"}                                                  | round                   |             | an object
            {"cron":"0 3 * * *","round":{}}                                       | round.dataset           |             | READY
            {"cron":"0 3 * * *","round":{"dataset":987654321}}                    | round.dataset           | 987654321   | READY
            {"cron":"0 3 * * *","round":{"dataset":$D,"name":"x"}}                | round.name              | x           | none
            {"cron":"0 3 * * *","round":{"dataset":$D,"modelVersion":1}}          | round.modelVersion      | 1           | the champion of that day
            {"triggers":{"newImages":9},"round":{"dataset":$D,"unlabelled":[$D]}} | round.unlabelled        | [$D]        | no list
            {"cron":"0 3 * * *","round":{"dataset":$D,"pseudoWeight":2}}          | round.pseudoWeight      | 2.0         | up to 1
            {"cron":"0 3 * * *","round":{"dataset":$D,"training":{"steps":0}}}    | round.training.steps    | 0           | whole number
            {"cron":"0 3 * * *","round":{"dataset":$D,"rejected":"no"}}           | round.rejected          | no          | ignore or negative
            {"cron":"0 3 * * *","round":$R,"moon":1}                              | moon                    | 1           | no such field
            """)
    void badInputIsRefusedAndSetsNothing(String body, String field, String value, String expected, GleanerServer server) {
        String dataset = Long.toString(badInput.dataset);
        Answer answer = server.send(server.request(badInput.path()).header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body.replace("$R", "{\"dataset\":$D}").replace("$D", dataset)))).expect(400);
        JsonNode fault = StreamSupport.stream(answer.json().get("errors").spliterator(), false).filter(error -> error.get("field").asText().equals(field))
                .findFirst().orElseThrow(() -> new AssertionError("no fault of " + field + ": " + answer.body()));
        assertThat(fault.get("expected").asText()).contains(expected);
        if (value == null) {
            assertThat(fault.has("value")).as(answer.body()).isFalse();
        } else {
            JsonNode shown = fault.get("value");
            assertThat(shown.isTextual() ? shown.asText() : shown.toString()).isEqualTo(value.replace("$D", dataset));
        }
        server.get(badInput.path()).expect(204);
    }
}

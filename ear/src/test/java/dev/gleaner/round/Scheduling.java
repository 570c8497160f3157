package dev.gleaner.round;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.GleanerServer;
import dev.gleaner.evaluationrun.Evaluating;
import dev.gleaner.evaluationrun.Shapes;
import dev.gleaner.labeling.Database;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What a user of the REST interface does to have rounds begin by themselves, in a project of its own with a champion and a dataset with gold. */
final class Scheduling {

    /** Never while a test runs. */
    static final String NIGHTLY = "0 3 * * *";

    final GleanerServer server;
    final Evaluating evaluating;
    final long project;
    final long dataset;
    private final String path;

    Scheduling(GleanerServer server, Path folder) {
        this.server = server;
        evaluating = new Evaluating(server);
        for (JsonNode item : evaluating.get("/api/projects").get("items")) {
            if (item.get("name").textValue().equals(evaluating.project)) {
                path = "/api/projects/" + item.get("id") + "/round-schedule";
                project = Evaluating.id(item);
                dataset = evaluating.register("shapes", Shapes.draw(folder, 6, 91));
                server.post("/api/model-versions/" + evaluating.model + "/promote", Map.of()).expect(200);
                return;
            }
        }
        throw new AssertionError("no project " + evaluating.project);
    }

    /** A round of one step that promotes nothing. */
    Map<String, Object> round() {
        return new HashMap<>(Map.of("dataset", dataset, "training", Map.of("steps", 1, "batch", 1), "promote", false, "split", Map.of("fraction", 0.5)));
    }

    JsonNode set(Map<String, Object> more) {
        Map<String, Object> order = new HashMap<>(Map.of("round", round()));
        order.putAll(more);
        return server.put(path, order).expect(200).json();
    }

    String path() {
        return path;
    }

    JsonNode get() {
        return evaluating.get(path);
    }

    /** Moves its time into the past, as if all servers had been away since. */
    void missed(Database database) {
        database.update("update round_schedules set next_due = now() - interval '5 days', checked_at = null where project_id = " + project);
    }

    JsonNode await(String what, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        server.await("the schedule " + what, () -> {
            last[0] = get();
            return condition.test(last[0]);
        });
        return last[0];
    }

    JsonNode awaitOutcome(String outcome) {
        return await("says " + outcome, view -> view.at("/decision/outcome").textValue().equals(outcome));
    }

    /** Waits until a server has looked again, from beginning to end after this call. */
    void awaitLook() {
        String before = get().path("checkedAt").asText();
        await("is looked at", view -> view.hasNonNull("checkedAt") && !view.get("checkedAt").asText().equals(before));
    }

    /** Newest first. */
    List<JsonNode> rounds() {
        return evaluating.items("/api/training-rounds?project=" + project, 100);
    }

    JsonNode awaitRest(long round) {
        JsonNode[] last = new JsonNode[1];
        server.await("training round " + round + " is at rest", () -> {
            last[0] = evaluating.get("/api/training-rounds/" + round);
            return !List.of("STARTING", "RUNNING").contains(last[0].get("status").textValue());
        });
        return last[0];
    }
}

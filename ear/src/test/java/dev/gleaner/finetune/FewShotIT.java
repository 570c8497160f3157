package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Evaluating;
import dev.gleaner.evaluationrun.Shapes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The few-shot protocol over two datasets, on the deployed product. */
@ExtendWith(GleanerServerExtension.class)
class FewShotIT {

    @TempDir
    private Path folder;

    @Test
    void eachDatasetIsTunedOnOnceForEachSeedAndMeasuredByTheSameGold(GleanerServer server) {
        Tuning tuning = new Tuning(server);
        long split = tuning.register("split", Shapes.draw(folder.resolve("split"), 8, 51));
        long measured = tuning.register("measured", Shapes.draw(folder.resolve("measured"), 3, 52));
        long training = tuning.register("training", Shapes.draw(folder.resolve("training"), 4, 53));
        Map<String, Object> order = Map.of("name", "few", "modelVersion", tuning.evaluating.model, "shots", 1, "seeds", List.of(3, 30),
                "training", Map.of("steps", 2, "batch", 1, "learningRate", 0.001), "datasets", List.of(
                        Map.of("dataset", split, "split", Map.of("fraction", 0.5, "seed", 1)),
                        Map.of("dataset", measured, "trainingDataset", training)));
        assertRefusals(server, tuning, split, measured);

        JsonNode ordered = server.post("/api/evaluation-families", order).expect(202).json();
        long id = Evaluating.id(ordered);
        assertThat(ordered.at("/fewShot/datasets/0/runs")).hasSize(2);
        JsonNode[] last = new JsonNode[1];
        server.await("family " + id + " comes to its figures", () -> {
            last[0] = tuning.evaluating.get("/api/evaluation-families/" + id);
            return last[0].at("/fewShot/ap/of").intValue() == 2;
        });
        JsonNode family = last[0];
        double[] seedMeans = new double[2];
        for (int row = 0; row < 2; row++) {
            JsonNode zeroShot = tuning.evaluating.awaitCompleted(family.at("/evaluations/" + row + "/evaluation").longValue());
            double[] aps = new double[2];
            for (int seed = 0; seed < 2; seed++) {
                JsonNode run = family.at("/fewShot/datasets/" + row + "/runs/" + seed);
                assertThat(run.get("seed").longValue()).isEqualTo(seed == 0 ? 3 : 30);
                assertThat(run.get("images").intValue()).as("each image has both shapes").isEqualTo(1);
                JsonNode after = tuning.evaluating.get("/api/evaluations/" + run.get("evaluation"));
                assertThat(after.get("snapshot")).isEqualTo(zeroShot.get("snapshot"));
                assertThat(after.at("/figures/ap")).isEqualTo(run.get("ap"));
                JsonNode fineTune = tuning.get(run.get("fineTune").longValue());
                assertThat(fineTune.get("dataset").longValue()).isEqualTo(row == 0 ? split : training);
                assertThat(fineTune.at("/before/evaluation")).isEqualTo(zeroShot.get("id"));
                aps[seed] = run.get("ap").doubleValue();
                seedMeans[seed] += aps[seed] / 2;
            }
            assertThatItIsTheSpread(family.at("/fewShot/datasets/" + row + "/ap"), aps);
        }
        assertThatItIsTheSpread(family.at("/fewShot/ap"), seedMeans);
        assertThat(family.at("/evaluations")).hasSize(2);

        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/evaluation-families/" + id);
            browser.awaitText("#few-shot", "1-shot");
            assertThat(browser.find("#few-shot").getText()).contains("split", "measured", "Seed 3", "Seed 30");
            assertThat(browser.find("#few-shot-mean").getText()).startsWith(FineTuneConsoleIT.points(family.at("/fewShot/ap/mean")) + " ± ");
            browser.pictures("few-shot");
            browser.open(server, "/evaluation-families/new");
            browser.find("select[name=shots] option[value='3']").click();
            browser.awaitText("form", "Percent held out");
            browser.pictures("new-few-shot");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** Two figures: their mean, and their difference over the root of two. */
    private static void assertThatItIsTheSpread(JsonNode spread, double[] two) {
        assertThat(spread.get("mean").doubleValue()).isCloseTo((two[0] + two[1]) / 2, within(1e-12));
        assertThat(spread.get("deviation").doubleValue()).isCloseTo(Math.abs(two[0] - two[1]) / Math.sqrt(2), within(1e-12));
    }

    private static void assertRefusals(GleanerServer server, Tuning tuning, long split, long measured) {
        List<Map<String, Object>> members = List.of(Map.of("dataset", split, "split", Map.of("fraction", 0.5)));
        Map<String, Object> order = Map.of("name", "refused", "modelVersion", tuning.evaluating.model, "datasets", members);
        JsonNode families = tuning.evaluating.get("/api/evaluation-families");
        refused(server, order, Map.of("seeds", List.of(3)), "seeds");
        refused(server, order, Map.of("training", Map.of()), "training");
        refused(server, order, Map.of("shots", 0), "shots");
        refused(server, order, Map.of("shots", 1, "seeds", List.of()), "seeds");
        refused(server, order, Map.of("shots", 1, "seeds", List.of(3, 3)), "seeds[1]");
        refused(server, order, Map.of("shots", 1, "training", Map.of("batch", 0)), "training.batch");
        refused(server, order, Map.of("shots", 1, "training", Map.of("mode", "all")), "training.mode");
        refused(server, order, Map.of("shots", 1, "datasets", List.of(Map.of("dataset", measured))), "datasets[0].split");
        refused(server, order, Map.of("shots", 1, "datasets", List.of(Map.of("dataset", measured, "trainingDataset", 987654321))), "datasets[0].trainingDataset");
        refused(server, order, Map.of("datasets", List.of(Map.of("dataset", measured, "trainingDataset", split))), "datasets[0].trainingDataset");
        assertThat(tuning.evaluating.get("/api/evaluation-families")).isEqualTo(families);
    }

    private static void refused(GleanerServer server, Map<String, Object> order, Map<String, Object> more, String field) {
        Map<String, Object> wrong = new HashMap<>(order);
        wrong.putAll(more);
        assertThat(server.post("/api/evaluation-families", wrong).expect(400).json().at("/errors/0/field").textValue()).isEqualTo(field);
    }
}

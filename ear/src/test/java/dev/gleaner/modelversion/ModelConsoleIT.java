package dev.gleaner.modelversion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Evaluating;
import dev.gleaner.evaluationrun.Shapes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The tree of model versions and the comparison of two of them, in a real browser. Leaves pictures of the pages. */
@ExtendWith(GleanerServerExtension.class)
class ModelConsoleIT {

    private static final int IMAGES = 24;
    private static final double THRESHOLD = 0.4;

    private static Evaluating evaluating;
    private static long shapes;
    private static JsonNode fineTune;

    /** A version, and one that was trained from it for so short a time that it finds some of the same things, and some others. */
    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path folder) {
        evaluating = new Evaluating(server);
        shapes = evaluating.register("shapes", Shapes.draw(folder.resolve("shapes"), IMAGES, 61));
        long id = Evaluating.id(server.post("/api/fine-tunes", Map.of("name", "child", "dataset", shapes, "modelVersion", evaluating.model,
                "split", Map.of("fraction", 0.2, "seed", 3), "steps", 4, "batch", 1, "learningRate", 0.0003)).expect(202).json());
        server.await("the version is trained and measured", () -> {
            fineTune = evaluating.get("/api/fine-tunes/" + id);
            return fineTune.at("/before/figures").isObject() && fineTune.at("/after/figures").isObject();
        });
    }

    private static long child() {
        return fineTune.get("modelVersion").longValue();
    }

    @Test
    void aTrainedVersionStandsUnderItsParentWithItsFigures(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/models");
            browser.find("#model-" + child());
            assertThat(browser.findAll("li:has(> #model-" + evaluating.model + ") > ul > li > #model-" + child())).hasSize(1);
            String card = browser.find("#model-" + child()).getText();
            assertThat(card).contains("Fine-tune “child”", "on shapes", "Compare with its parent");
            assertThat(browser.find("#model-" + child() + " a[href='/evaluations/" + fineTune.at("/after/evaluation") + "']").getText())
                    .isEqualTo(String.format(Locale.ROOT, "%.1f", fineTune.at("/after/figures/ap").doubleValue() * 100));
            browser.pictures("models");

            browser.find("#model-" + evaluating.model + " button").click();
            browser.awaitText("#model-" + evaluating.model + " .badge", "champion");
            browser.find("#model-" + child() + " button").click();
            browser.awaitText("#model-" + child() + " .badge", "champion");
            browser.find("#model-" + child() + " button").click();
            browser.awaitText("#model-" + evaluating.model + " .badge", "champion");
            assertThat(evaluating.get("/api/model-versions/" + child()).get("status").textValue()).isEqualTo("RETIRED");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void twoVersionsAreComparedOnTheSameImages(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/models/compare?a=" + evaluating.model + "&b=" + child());
            browser.awaitText("#what summary", "disc, square");
            browser.driver().executeScript("performance.setResourceTimingBufferSize(5000)");
            browser.pictures("compare-new");
            browser.button("Compare").click();
            browser.find("#viewer");
            browser.button("Stop").click();
            browser.button("Go on");
            assertThat(done(browser)).as("images when it was stopped").isBetween(1, IMAGES - 1);
            browser.button("Go on").click();
            browser.awaitText("#done", IMAGES + " of " + IMAGES);
            browser.await(() -> browser.findAll("#differences button").size() == IMAGES);
            long asked = requests(browser);

            setThreshold(browser, 0, THRESHOLD);
            List<Integer> differences = browser.findAll("#differences .badge").stream()
                    .map(WebElement::getText).map(text -> text.equals("they agree") ? 0 : Integer.parseInt(text.replaceFirst(" .*", ""))).toList();
            assertThat(differences).isSortedAccordingTo(Comparator.reverseOrder());
            long image = Long.parseLong(browser.find("#viewer").getAttribute("data-image"));
            Found expected = Found.of(detect(server, evaluating.model, image), detect(server, child(), image));
            assertThat(expected.both).as("finds of both in image " + image).isPositive();
            assertThat(differences.get(0)).as("image " + image).isEqualTo(expected.onlyA + expected.onlyB).isPositive();
            assertThat(browser.findAll("#viewer figure:nth-child(1) g.only-a")).hasSize(expected.onlyA);
            assertThat(browser.findAll("#viewer figure:nth-child(2) g.only-b")).hasSize(expected.onlyB);
            assertThat(browser.findAll("#viewer figure:nth-child(1) g.both")).hasSize(expected.both);
            assertThat(browser.findAll("#viewer figure:nth-child(2) g.both")).hasSize(expected.both);
            browser.pictures("compare");

            browser.button("Overlaid").click();
            browser.await(() -> browser.findAll("#viewer figure").size() == 1);
            assertThat(browser.findAll("#viewer g.only-a")).hasSize(expected.onlyA);
            assertThat(browser.findAll("#viewer g.only-b")).hasSize(expected.onlyB);
            browser.pictures("compare-overlaid");

            new Actions(browser.driver()).sendKeys(Keys.ARROW_RIGHT).perform();
            browser.awaitText("#viewer", "Image 2 of " + IMAGES);
            String second = browser.find("#viewer").getAttribute("data-image");
            assertThat(browser.findAll("#differences button").get(1).getAttribute("data-image")).isEqualTo(second);
            new Actions(browser.driver()).sendKeys(Keys.ARROW_LEFT).perform();
            browser.awaitText("#viewer", "Image 1 of " + IMAGES);

            browser.find("input[name=tied]").click();
            setThreshold(browser, 1, 1);
            assertThat(browser.findAll("#viewer g.only-b, #viewer g.both")).as("B finds nothing that sure").isEmpty();
            assertThat(requests(browser)).as("thresholds are chosen without asking the server").isEqualTo(asked).isGreaterThanOrEqualTo(2 * IMAGES);
            browser.find("#viewer h2 a").click();
            browser.awaitText("h1", "shapes-");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aLoneVersionIsNotCompared(GleanerServer server, @TempDir Path folder) {
        Evaluating alone = new Evaluating(server);
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/models/compare?a=" + alone.model);
            browser.awaitText("h2", "No dataset yet");
            long dataset = alone.register("alone", Shapes.draw(folder.resolve("alone"), 2, 5));
            browser.open(server, "/models/compare?a=" + alone.model);
            browser.awaitText("h2", "One version only");
            browser.find("a[href='/train/new?dataset=" + dataset + "']");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** What both find, and what only one of them does: computed again, from the interface. */
    private record Found(int both, int onlyA, int onlyB) {

        private record Pair(int a, int b, double iou) {
        }

        static Found of(List<JsonNode> a, List<JsonNode> b) {
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < a.size(); i++) {
                for (int j = 0; j < b.size(); j++) {
                    double iou = iou(a.get(i).get("bbox"), b.get(j).get("bbox"));
                    if (iou >= 0.5 && a.get(i).get("category").equals(b.get(j).get("category"))) {
                        pairs.add(new Pair(i, j, iou));
                    }
                }
            }
            pairs.sort(Comparator.comparingDouble(Pair::iou).reversed());
            boolean[] takenA = new boolean[a.size()];
            boolean[] takenB = new boolean[b.size()];
            int both = 0;
            for (Pair pair : pairs) {
                if (!takenA[pair.a] && !takenB[pair.b]) {
                    takenA[pair.a] = true;
                    takenB[pair.b] = true;
                    both++;
                }
            }
            return new Found(both, a.size() - both, b.size() - both);
        }

        private static double iou(JsonNode a, JsonNode b) {
            double width = overlap(a.get(0).doubleValue(), a.get(2).doubleValue(), b.get(0).doubleValue(), b.get(2).doubleValue());
            double height = overlap(a.get(1).doubleValue(), a.get(3).doubleValue(), b.get(1).doubleValue(), b.get(3).doubleValue());
            double shared = width * height;
            return shared / (a.get(2).doubleValue() * a.get(3).doubleValue() + b.get(2).doubleValue() * b.get(3).doubleValue() - shared);
        }

        private static double overlap(double a, double sizeA, double b, double sizeB) {
            return Math.max(0, Math.min(a + sizeA, b + sizeB) - Math.max(a, b));
        }
    }

    private static List<JsonNode> detect(GleanerServer server, long model, long image) {
        List<JsonNode> found = new ArrayList<>();
        server.postMultipart("/api/detect", Map.of("modelVersion", Long.toString(model), "imageId", Long.toString(image),
                "prompts", "[{\"category\":\"disc\"},{\"category\":\"square\"}]", "thresholds", "{\"default\":" + THRESHOLD + "}"))
                .expect(200).json().get("detections").forEach(found::add);
        return found;
    }

    private static int done(Browser browser) {
        return Integer.parseInt(browser.find("#done").getText().replaceFirst(" .*", ""));
    }

    private static long requests(Browser browser) {
        return (Long) browser.driver().executeScript("return performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/api/detect')).length");
    }

    private static void setThreshold(Browser browser, int slider, double score) {
        browser.driver().executeScript("const slider = document.querySelectorAll('#thresholds input[type=range]')[arguments[0]];"
                + "slider.value = arguments[1]; slider.dispatchEvent(new Event('input'));", slider, score);
        browser.await(() -> browser.driver().findElements(By.cssSelector("#thresholds output")).get(slider).getText().equals(Math.round(score * 100) + "%"));
    }
}

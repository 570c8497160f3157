package dev.gleaner.evaluationrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The pages of evaluations in a real browser. Leaves a picture of each, in light and dark. */
@ExtendWith(GleanerServerExtension.class)
class EvaluationConsoleIT {

    private static Evaluating evaluating;
    private static long shapes;
    private static long others;

    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path folder) {
        evaluating = new Evaluating(server);
        shapes = evaluating.register("shapes", Shapes.draw(folder.resolve("shapes"), 24, 1));
        others = evaluating.register("other shapes", Shapes.draw(folder.resolve("others"), 8, 2));
    }

    @Test
    void anEvaluationIsOrderedWatchedAndExplained(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/datasets/" + shapes);
            browser.find("a[href='/evaluations/new?dataset=" + shapes + "']").click();
            browser.awaitText("h1", "New evaluation");
            browser.find("select[name=subset] option[value=split]").click();
            browser.find("input[name=fraction]").clear();
            browser.find("input[name=fraction]").sendKeys("75");
            browser.pictures("new-evaluation");
            browser.button("Start the evaluation").click();

            browser.awaitText("h1", "Evaluation ");
            browser.awaitText(".badge", "completed");
            browser.find("gl-plot canvas");
            long id = Long.parseLong(browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            JsonNode evaluation = evaluating.get("/api/evaluations/" + id);
            assertThat(evaluation.get("total").intValue()).isEqualTo(18);
            assertThat(browser.findAll("#figures dd")).hasSize(12);
            for (String figure : List.of("ap", "ap50", "ar", "arSmall")) {
                assertThat(browser.find("dd[data-figure=" + figure + "]").getText()).as(figure)
                        .isEqualTo(points(evaluation.at("/figures/" + figure)));
            }
            assertThat(browser.find("#how").getText()).contains("75% held out with seed 3", "official", evaluation.at("/snapshot/sha256").textValue().substring(0, 12));
            browser.pictures("evaluation");

            assertThat(column(browser, 1)).containsExactlyInAnyOrder("disc", "square");
            sortBy(browser, "Category");
            assertThat(column(browser, 1)).containsExactly("disc", "square");
            sortBy(browser, "Category");
            assertThat(column(browser, 1)).containsExactly("square", "disc");

            browser.findAll("#categories button.link").stream().filter(link -> link.getText().equals("disc")).findFirst().orElseThrow().click();
            browser.awaitText("#mistakes h2", "of disc");
            browser.await(() -> browser.findAll("#curve .u-legend .u-series").size() == 3);
            browser.find("select[aria-label=IoU] option[value='0.75']").click();
            browser.find("gl-plot canvas");

            browser.findAll("#mistakes .tabs button").stream().filter(tab -> tab.getText().equals("Background")).findFirst().orElseThrow().click();
            browser.await(() -> browser.findAll("#mistakes a.tile").stream().allMatch(tile -> "BACKGROUND".equals(tile.getAttribute("data-kind"))));
            WebElement first = browser.find("#mistakes a.tile");
            JsonNode worst = evaluating.get("/api/evaluations/" + id + "/examples?kind=background&limit=1&category="
                    + evaluating.items("/api/evaluations/" + id + "/categories", 10).get(0).get("id")).at("/items/0");
            assertThat(first.getAttribute("data-mistake")).isEqualTo(worst.get("id").asText());
            WebElement drawn = first.findElement(By.cssSelector("rect.wrong"));
            double left = Math.max(0, worst.at("/bbox/0").doubleValue());
            double right = Math.min(worst.get("width").doubleValue(), worst.at("/bbox/0").doubleValue() + worst.at("/bbox/2").doubleValue());
            assertThat(Double.parseDouble(drawn.getAttribute("x"))).isEqualTo(left);
            assertThat(Double.parseDouble(drawn.getAttribute("width"))).isCloseTo(right - left, within(1e-9));
            browser.pictures("evaluation-category");
            assertThat(browser.complaints()).isEmpty();

            browser.open(server, "/evaluations");
            browser.awaitText("table", "Evaluation " + id);
            browser.pictures("evaluations");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void oneModelOnSeveralDatasetsComesToOneTable(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/evaluation-families/new");
            browser.awaitText("h1", "several datasets");
            browser.find("input[name=name]").sendKeys("two sets of shapes");
            browser.findAll("select[name=model] option").stream().filter(option -> option.getText().startsWith("tiny")).findFirst().orElseThrow();
            chooseModel(browser);
            browser.find("input[name=dataset][value='" + shapes + "']").click();
            browser.find("input[name=dataset][value='" + others + "']").click();
            browser.find("input[aria-label='Supervised AP on shapes']").sendKeys("61.5");
            browser.find("textarea[aria-label='Phrases for other shapes']").sendKeys("disc: red circle");
            browser.pictures("new-family");
            browser.button("Start 2 evaluations").click();

            browser.awaitText("h1", "two sets of shapes");
            browser.awaitText("#done", "2 of 2");
            long id = Long.parseLong(browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            JsonNode family = evaluating.get("/api/evaluation-families/" + id);
            assertThat(browser.find("#mean").getText()).isEqualTo(points(family.at("/ap/mean")));
            assertThat(browser.find("#summary").getText()).contains("shapes", "other shapes", "61.5");
            browser.button("Enter supervised APs").click();
            WebElement second = browser.find("input[name='supervised-" + others + "']");
            second.sendKeys("50");
            browser.button("Keep them").click();
            browser.await(() -> browser.find("#summary").getText().contains("50.0"));
            assertThat(evaluating.get("/api/evaluation-families/" + id).at("/supervisedAp/mean").doubleValue()).isEqualTo((0.615 + 0.5) / 2);
            browser.pictures("family");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aChartTakesNewDataWithoutBeingMadeAnew(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            String drawn = (String) browser.driver().executeAsyncScript("""
                    const done = arguments[arguments.length - 1];
                    (async () => {
                      await import('/console/plot.js');
                      const plot = document.createElement('gl-plot');
                      plot.series = [{ label: 'loss', values: [3, 2] }, { label: 'AP', values: [null, 0.1] }];
                      Object.assign(plot, { x: [1, 2], xLabel: 'Step', yLabel: 'Loss', logarithmic: true, label: 'Losses so far' });
                      document.querySelector('main').append(plot);
                      await plot.updateComplete;
                      const canvas = plot.querySelector('canvas');
                      const legend = () => [...plot.querySelectorAll('.u-legend .u-label')].map((label) => label.textContent).join();
                      const before = legend();
                      Object.assign(plot, { x: [1, 2, 3], series: [{ label: 'loss', values: [3, 2, 1] }, { label: 'AP', values: [null, 0.1, 0.2] }] });
                      await plot.updateComplete;
                      const same = plot.querySelector('canvas') === canvas;
                      plot.series = [{ label: 'loss', values: [3, 2, 1] }];
                      await plot.updateComplete;
                      return [before, same, legend(), plot.querySelectorAll('canvas').length, plot.getAttribute('aria-label')].join(' | ');
                    })().then(done, (e) => done(String(e)));""");
            assertThat(drawn).isEqualTo("Step,loss,AP | true | Step,loss | 1 | Losses so far");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aMistakesSurroundingsLieWithinItsImage(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.open(server, "/");
            // A box of 100 x 60 in the middle gets 20 more on either side, and a height of three quarters.
            assertThat(surroundings(browser, "[[450, 270, 100, 60]]", "{width: 1000, height: 600}")).isEqualTo("[430,247.5,140,105]");
            // In the corner the part is moved, not cut.
            assertThat(surroundings(browser, "[[-10, -10, 100, 60]]", "{width: 1000, height: 600}")).isEqualTo("[0,0,140,105]");
            // Two boxes far apart: never more than the image.
            assertThat(surroundings(browser, "[[0, 0, 10, 10], [90, 40, 10, 10]]", "{width: 100, height: 50}")).isEqualTo("[0,0,100,50]");
        }
    }

    private static String surroundings(Browser browser, String boxes, String image) {
        return (String) browser.driver().executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "import('/console/boxes.js').then((b) => done(JSON.stringify(b.surroundings(" + boxes + ", " + image + "))), (e) => done(String(e)));");
    }

    /** Other tests have models of the same name in their projects. */
    private static void chooseModel(Browser browser) {
        for (WebElement option : browser.findAll("select[name=model] option")) {
            option.click();
            if (!browser.findAll("input[name=dataset][value='" + shapes + "']").isEmpty()) {
                return;
            }
        }
        throw new AssertionError("no model offers the datasets of its project");
    }

    private static String points(JsonNode figure) {
        return figure.isMissingNode() ? "–" : String.format(Locale.ROOT, "%.1f", figure.doubleValue() * 100);
    }

    private static List<String> column(Browser browser, int number) {
        return browser.findAll("#categories tbody td:nth-child(" + number + ")").stream().map(WebElement::getText).toList();
    }

    private static void sortBy(Browser browser, String column) {
        browser.findAll("#categories th button").stream().filter(header -> header.getText().startsWith(column)).findFirst().orElseThrow().click();
    }
}

package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Shapes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Interaction;
import org.openqa.selenium.interactions.PointerInput;
import org.openqa.selenium.interactions.Sequence;
import org.openqa.selenium.support.ui.Select;

/** The form of a new queue and the list of its items, and boxes drawn, moved and resized by mouse and by finger. */
@ExtendWith(GleanerServerExtension.class)
class ReviewPagesIT {

    private static final int IMAGES = 16;

    private static Reviewing reviewing;

    @BeforeAll
    static void label(GleanerServer server, @TempDir Path folder) {
        reviewing = new Reviewing(server, folder, IMAGES);
    }

    private static void awaitPreview(Browser browser, String text) {
        browser.awaitText("#preview[aria-busy=false]", text);
    }

    @Test
    void theFormCountsWhatItsFiltersLetThroughAndMakesThatQueue(GleanerServer server) {
        // What the page has to show, asked for by hand.
        Map<String, Object> discs = Map.of("dataset", reviewing.dataset, "filter", Map.of("categories", List.of("disc"), "scores", List.of(0.12, 1)));
        JsonNode all = server.post("/api/review-queues/preview", Map.of("dataset", reviewing.dataset)).expect(200).json();
        JsonNode some = server.post("/api/review-queues/preview", discs).expect(200).json();
        assertThat(some.get("boxes").asInt()).isPositive().isLessThan(all.get("boxes").asInt());
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/review?dataset=" + reviewing.dataset);
            browser.find("details.fold > summary");
            browser.findAll("details.fold > summary").forEach(summary -> summary.click());
            // Other tests here make images known.
            new Select(browser.find("select[name=checks]")).selectByValue("0");
            awaitPreview(browser, String.format(Locale.ROOT, "%,d open proposal", all.get("boxes").asInt()));
            browser.find("input[name=categories][value=disc]").click();
            browser.find("input[name=least]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "0.12");
            awaitPreview(browser, String.format(Locale.ROOT, "%,d open proposal", some.get("boxes").asInt()));
            browser.awaitText(".fold summary .badge", "2 filters");
            new Select(browser.find("select[name=consensus]")).selectByValue("2");
            browser.find("input[name=consensusShare]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "50");
            int images = some.get("images").asInt();
            int opinions = (images + 1) / 2;
            awaitPreview(browser, images + " images, " + opinions + " second opinion");
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("new-queue");

            // No score is as high.
            browser.find("input[name=least]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "0.99");
            awaitPreview(browser, "nothing to review");
            assertThat(browser.find("form button.primary").isEnabled()).isFalse();
            browser.find("input[name=least]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "0.12");
            awaitPreview(browser, images + opinions + " items");
            browser.find("input[name=name]").sendKeys("discs by two", Keys.ENTER);
            browser.find("box-editor svg image");
            long queue = Long.parseLong(browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            JsonNode made = reviewing.get("/api/review-queues/" + queue);
            assertThat(made.get("items").asInt()).isEqualTo(images + opinions);
            assertThat(made.at("/filter/categories/0").asText()).isEqualTo("disc");
            assertThat(made.at("/filter/scores/0").asDouble()).isEqualTo(0.12);

            browser.open(server, "/review/" + queue + "/items");
            browser.awaitText("h1", "discs by two");
            browser.find("tr[data-item]");
            List<JsonNode> items = reviewing.items(queue);
            assertThat(browser.findAll("tr[data-item] .reason")).extracting(cell -> cell.getText()).containsExactlyElementsOf(
                    items.stream().map(item -> item.get("reason").asText()).toList());
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("queue-items");
            browser.button("Decided").click();
            browser.awaitText("p.empty", "No item is in this state");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** Another dataset, of which nothing is labeled, makes a project of two. */
    @Test
    void aQueueOfAllDatasetsOfAProject(GleanerServer server, @TempDir Path folder) {
        JsonNode dataset = reviewing.get("/api/datasets/" + reviewing.dataset);
        JsonNode project = reviewing.get("/api/projects/" + dataset.get("project").asLong());
        long other = server.post("/api/datasets", Map.of("project", project.get("name").asText(), "name", "other shapes",
                "source", Map.of("type", "folder", "path", Shapes.draw(folder.resolve("other"), 2, 11).get("images")))).expect(202).json().get("id").asLong();
        server.await("dataset " + other + " is imported", () -> reviewing.get("/api/datasets/" + other).get("status").asText().equals("READY"));
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/review?dataset=" + reviewing.dataset);
            String all = "All 2 datasets of " + project.get("name").asText();
            new Select(browser.find("select[name=dataset]")).selectByVisibleText(all);
            browser.find("details.fold > summary").click();
            browser.find("input[name=categories][value=disc]");
            awaitPreview(browser, "item");
            browser.pictures("project-queue");
            assertThat(browser.barriers()).isEmpty();
            browser.find("input[name=name]").sendKeys("all of it", Keys.ENTER);
            browser.find("box-editor svg image");
            JsonNode made = reviewing.get("/api/review-queues/" + browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            assertThat(made.has("dataset")).isFalse();
            assertThat(made.get("project")).isEqualTo(dataset.get("project"));
            browser.open(server, "/review");
            browser.awaitText("table", "all of " + project.get("name").asText());
            browser.open(server, "/review/" + made.get("id").asLong() + "/items");
            browser.awaitText("dl.facts", "all datasets of " + project.get("name").asText());
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aPreviewNamesWhatItCannotTake(GleanerServer server) {
        assertThat(server.post("/api/review-queues/preview", Map.of("dataset", reviewing.dataset, "filter", Map.of("scores", List.of(0.9, 0.1)))).expect(400)
                .json().at("/errors/0/field").asText()).isEqualTo("filter.scores");
        assertThat(server.post("/api/review-queues/preview", Map.of("dataset", reviewing.dataset, "checks", 0.5)).expect(400).json().at("/errors/0/field").asText())
                .isEqualTo("checks");
    }

    /** A pointer that is down on the page, at whole pixels of the window. */
    private record Hand(Browser browser, PointerInput pointer) {

        private void drag(double[] from, double[] to) {
            Sequence steps = new Sequence(pointer, 0).addAction(at(from)).addAction(pointer.createPointerDown(PointerInput.MouseButton.LEFT.asArg()));
            for (int step = 1; step <= 4; step++) {
                steps.addAction(at(new double[] {from[0] + (to[0] - from[0]) * step / 4, from[1] + (to[1] - from[1]) * step / 4}));
            }
            browser.driver().perform(List.of(steps.addAction(pointer.createPointerUp(PointerInput.MouseButton.LEFT.asArg()))));
        }

        private Interaction at(double[] point) {
            return pointer.createPointerMove(Duration.ofMillis(20), PointerInput.Origin.viewport(), (int) Math.round(point[0]), (int) Math.round(point[1]));
        }
    }

    /** Where a point of the image is in the window. */
    private static double[] inWindow(Browser browser, double x, double y) {
        return numbers(browser, "const e = document.querySelector('box-editor'), v = e.getBoundingClientRect();"
                + "return [v.left + e.view.x + arguments[0] * e.view.scale, v.top + e.view.y + arguments[1] * e.view.scale]", x, y);
    }

    private static double[] numbers(Browser browser, String script, Object... arguments) {
        return ((List<?>) browser.driver().executeScript(script, arguments)).stream().mapToDouble(number -> ((Number) number).doubleValue()).toArray();
    }

    private static double scale(Browser browser) {
        return numbers(browser, "return [document.querySelector('box-editor').view.scale]")[0];
    }

    /** The middle of a handle, in the window. */
    private static double[] handle(Browser browser, String edges) {
        return numbers(browser, "const r = document.querySelector('circle.handle.' + arguments[0]).getBoundingClientRect();"
                + "return [r.left + r.width / 2, r.top + r.height / 2]", edges);
    }

    /** The chosen box, in image pixels. */
    private static double[] chosen(Browser browser) {
        return numbers(browser, "const e = document.querySelector('box-editor'); return e.boxes.find((box) => box.key === e.chosen).bbox");
    }

    @ParameterizedTest
    @EnumSource(value = PointerInput.Kind.class, names = {"MOUSE", "TOUCH"})
    void aBoxIsDrawnMovedAndResizedByPointer(PointerInput.Kind kind, GleanerServer server) {
        long queue = reviewing.queue("by " + kind);
        JsonNode item = reviewing.items(queue).get(0);
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            Reviewing.begin(browser, server, queue);
            browser.driver().executeScript("document.querySelector('box-editor').scrollIntoView({block: 'center'})");
            // Whole pixels of the window are parts of a pixel of the image.
            assertThat(scale(browser)).isGreaterThan(2);
            Hand hand = new Hand(browser, new PointerInput(kind, "hand"));
            browser.press("d");
            browser.find("svg.editor.drawing");
            hand.drag(inWindow(browser, 30, 20), inWindow(browser, 70, 60));
            browser.find("dialog input");
            browser.press("squ", Keys.ENTER);
            browser.await(() -> browser.findAll("dialog").isEmpty());
            assertThat(browser.findAll("box-editor g[data-state=drawn]")).hasSize(1);
            assertThat(chosen(browser)).as("drawn").containsExactly(new double[] {30, 20, 40, 40}, within(0.6));

            hand.drag(inWindow(browser, 50, 40), inWindow(browser, 60, 35));
            browser.await(() -> Math.abs(chosen(browser)[0] - 40) < 0.6);
            assertThat(chosen(browser)).as("moved").containsExactly(new double[] {40, 15, 40, 40}, within(0.6));

            hand.drag(handle(browser, "se"), inWindow(browser, 100, 70));
            browser.await(() -> Math.abs(chosen(browser)[2] - 60) < 0.6);
            assertThat(chosen(browser)).as("resized").containsExactly(new double[] {40, 15, 60, 55}, within(0.6));
            hand.drag(handle(browser, "w"), inWindow(browser, 50, 90));
            browser.await(() -> Math.abs(chosen(browser)[0] - 50) < 0.6);
            double[] last = chosen(browser);
            assertThat(last).as("its left edge alone").containsExactly(new double[] {50, 15, 50, 55}, within(0.6));

            // Each drag is one step back.
            browser.press("z");
            browser.await(() -> Math.abs(chosen(browser)[0] - 40) < 0.6);
            browser.press(Keys.chord(Keys.SHIFT, "z"));
            browser.await(() -> Arrays.equals(chosen(browser), last));
            Reviewing.acceptAll(browser);
            Reviewing.awaitSaved(browser);
            JsonNode drawn = Reviewing.list(reviewing.history(item).get(0).get("boxes")).stream().filter(box -> box.get("action").asText().equals("draw"))
                    .findFirst().orElseThrow();
            assertThat(drawn.at("/after/category").asText()).isEqualTo("square");
            assertThat(Reviewing.list(drawn.at("/after/bbox")).stream().mapToDouble(JsonNode::asDouble).toArray()).containsExactly(last, within(1e-6));
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void whatARunLookedForIsAVersionToTry(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/try?dataset=" + reviewing.dataset);
            Select versions = new Select(browser.find("[data-side=A] select[name=version]"));
            assertThat(versions.getOptions()).extracting(option -> option.getText()).hasSize(2).satisfiesExactly(
                    first -> assertThat(first).isEqualTo("Your own words"), second -> assertThat(second).startsWith("Version 1, run ").contains("disc", "square"));
            browser.button("Side by side").click();
            new Select(browser.find("[data-side=B] select[name=version]")).selectByIndex(1);
            browser.find("[data-side=B] input[aria-label='Category 2']");
            assertThat(browser.findAll("[data-side=B] input[aria-label^=Category]")).extracting(input -> input.getAttribute("value")).contains("disc", "square");
            assertThat(browser.findAll("[data-side=A] input[aria-label^=Category]")).as("A is still one's own").hasSize(1);
            browser.pictures("try-versions");
            assertThat(browser.barriers()).isEmpty();
            browser.find("[data-side=B] input[aria-label='Category 1']").sendKeys("s");
            browser.await(() -> new Select(browser.find("[data-side=B] select[name=version]")).getFirstSelectedOption().getText().equals("Your own words"));
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void twoFingersZoomAboutThePointBetweenThem(GleanerServer server) {
        long queue = reviewing.queue("by two fingers");
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            Reviewing.begin(browser, server, queue);
            browser.driver().executeScript("document.querySelector('box-editor').scrollIntoView({block: 'center'})");
            double before = scale(browser);
            double[] middle = inWindow(browser, 80, 60);
            PointerInput one = new PointerInput(PointerInput.Kind.TOUCH, "one");
            PointerInput two = new PointerInput(PointerInput.Kind.TOUCH, "two");
            // From 40 pixels on each side of the middle to 80.
            browser.driver().perform(List.of(apart(one, middle, -1), apart(two, middle, 1)));
            assertThat(scale(browser) / before).isCloseTo(2, within(0.02));
            assertThat(inWindow(browser, 80, 60)).as("what was between them stays there").containsExactly(middle, within(1.5));
            assertThat(browser.findAll("box-editor g[data-state=drawn]")).isEmpty();
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static Sequence apart(PointerInput finger, double[] middle, int side) {
        Sequence steps = new Sequence(finger, 0).addAction(finger.createPointerMove(Duration.ZERO, PointerInput.Origin.viewport(),
                (int) Math.round(middle[0]) + 40 * side, (int) Math.round(middle[1]))).addAction(finger.createPointerDown(PointerInput.MouseButton.LEFT.asArg()));
        for (int step = 1; step <= 4; step++) {
            steps.addAction(finger.createPointerMove(Duration.ofMillis(30), PointerInput.Origin.viewport(), (int) Math.round(middle[0]) + (40 + 10 * step) * side,
                    (int) Math.round(middle[1])));
        }
        return steps.addAction(finger.createPointerUp(PointerInput.MouseButton.LEFT.asArg()));
    }
}

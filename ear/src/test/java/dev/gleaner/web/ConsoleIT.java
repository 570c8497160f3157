package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Answer;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

/** The console in a real browser: signing in, a dataset, a run to its end, its images with boxes. Leaves a picture of each page. */
@ExtendWith(GleanerServerExtension.class)
class ConsoleIT {

    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final Pattern IMPORT_MAP = Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
    private static final Pattern IMPORT = Pattern.compile("(?:\\bfrom\\s*|\\bimport\\s*)[\"']([./@\\w][^\"'\\s,]*)[\"']");

    private static String project;
    private static long dataset;
    private static long model;

    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path temporary) throws IOException {
        Files.createDirectories(SCREENSHOTS);
        project = Fixtures.project(server);
        dataset = Fixtures.dataset(server, project, Fixtures.images(temporary.resolve("images"), 40));
        model = Fixtures.model(server, project);
    }

    @Test
    void everyModuleThePagesNameIsPackaged(GleanerServer server) throws JsonProcessingException {
        Matcher map = IMPORT_MAP.matcher(server.send(server.anonymousRequest("/").GET()).expect(200).body());
        assertThat(map.find()).isTrue();
        JsonNode imports = new ObjectMapper().readTree(map.group(1)).get("imports");
        imports.forEach(target -> {
            if (!target.asText().endsWith("/")) {
                module(server, target.asText());
            }
        });

        Set<String> seen = new TreeSet<>(List.of("/console/app.js"));
        Deque<String> toRead = new ArrayDeque<>(seen);
        while (!toRead.isEmpty()) {
            String address = toRead.remove();
            Matcher found = IMPORT.matcher(module(server, address));
            while (found.find()) {
                String target = resolved(found.group(1), address, imports);
                if (seen.add(target)) {
                    toRead.add(target);
                }
            }
        }
        assertThat(seen).contains("/console/boxes.js").anyMatch(address -> address.matches("/webjars/lit-html/.+/lit-html\\.js"));
    }

    private static String resolved(String name, String importer, JsonNode imports) {
        if (name.startsWith(".")) {
            return URI.create(importer).resolve(name).toString();
        }
        if (imports.has(name)) {
            return imports.get(name).asText();
        }
        String prefix = name.substring(0, name.indexOf('/') + 1);
        assertThat(imports.has(prefix)).as(name + " in the import map").isTrue();
        return imports.get(prefix).asText() + name.substring(prefix.length());
    }

    private static String module(GleanerServer server, String address) {
        Answer answer = server.send(server.anonymousRequest(address).GET()).expect(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).as(address).contains("javascript");
        return answer.body();
    }

    @Test
    void aWrongTokenIsRefusedAndARightOneOpensTheOverview(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.open(server, "/");
            // The form of who has no users yet.
            browser.find("input[name=token]").sendKeys("not the token");
            browser.screenshot(SCREENSHOTS.resolve("sign-in.png"));
            browser.find("form button").click();
            browser.awaitText("[role=alert]", "opens no account");
            browser.complaints();

            signIn(browser, server);
            browser.awaitText("h1", "Overview");
            assertThat(browser.find("table").getText()).contains("images");
            browser.screenshot(SCREENSHOTS.resolve("overview.png"));

            browser.findAll("header button").get(0).click();
            browser.awaitText("h1", "Sign in");
            browser.driver().navigate().refresh();
            browser.awaitText("h1", "Sign in");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aRunIsOrderedWatchedAndItsImagesLookedAt(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            signIn(browser, server);
            browser.awaitText("h1", "Overview");
            browser.open(server, "/datasets/" + dataset);
            browser.awaitText("h1", "images");
            browser.find("gl-boxes img");
            assertThat(browser.findAll("gl-boxes")).hasSize(30);
            browser.findAll("button").stream().filter(button -> button.getText().equals("Load more")).findFirst().orElseThrow().click();
            browser.await(() -> browser.findAll("gl-boxes").size() == 40);

            browser.open(server, "/runs/new?dataset=" + dataset);
            browser.find("input[aria-label='Category 1']").sendKeys("umbrella");
            browser.find("input[aria-label='Phrase 1']").sendKeys("a red circle");
            browser.find("input[aria-label='Threshold of category 1']").sendKeys("0.05");
            browser.screenshot(SCREENSHOTS.resolve("new-run.png"));
            browser.findAll("button").stream().filter(button -> button.getText().equals("Start the run")).findFirst().orElseThrow().click();

            browser.awaitText("h1", "Run ");
            browser.screenshot(SCREENSHOTS.resolve("run.png"));
            browser.awaitText("#done", "40 of 40");
            browser.awaitText(".badge", "completed");
            browser.screenshot(SCREENSHOTS.resolve("run-completed.png"));
            assertThat(browser.find("#quarantine").getText()).contains("Every image so far could be labeled");

            browser.open(server, "/datasets/" + dataset);
            browser.find("gl-boxes g.box");
            assertThat(browser.findAll("gl-boxes g.box")).allMatch(box -> box.getAttribute("data-category").equals("umbrella"));
            browser.screenshot(SCREENSHOTS.resolve("dataset.png"));

            browser.find("a.tile").click();
            browser.find("gl-boxes[large] g.box");
            assertBoxesLieWhereTheyAre(browser, server);
            browser.find(".choices button").click();
            assertThat(browser.find("#provenance").getText()).contains("Run ", "tiny", "a red circle", "at least 0.05");
            browser.screenshot(SCREENSHOTS.resolve("image.png"));
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** The first box of the list, drawn in the image's own pixels. */
    private static void assertBoxesLieWhereTheyAre(Browser browser, GleanerServer server) {
        String image = browser.driver().getCurrentUrl().replaceFirst(".*/", "");
        for (JsonNode box : server.get("/api/images/" + image).expect(200).json().get("boxes")) {
            WebElement drawn = browser.findAll("g.box[data-id='" + box.get("id").asText() + "'] rect.edge").get(0);
            double x = Double.parseDouble(drawn.getAttribute("x"));
            double right = x + Double.parseDouble(drawn.getAttribute("width"));
            assertThat(x).isEqualTo(Math.max(0, box.at("/bbox/0").asDouble()));
            assertThat(right).isCloseTo(Math.min(120, box.at("/bbox/0").asDouble() + box.at("/bbox/2").asDouble()),
                    within(1e-6));
        }
    }

    @Test
    void aPromptIsTriedAndTheThresholdChosenLive(GleanerServer server) {
        long image = server.get("/api/datasets/" + dataset + "/images?limit=1").json().at("/items/0/id").asLong();
        try (Browser browser = Browser.start()) {
            signIn(browser, server);
            browser.awaitText("h1", "Overview");
            browser.open(server, "/try?image=" + image);
            browser.find("input[aria-label='Category 1']").sendKeys("umbrella");
            browser.findAll("button").stream().filter(button -> button.getText().equals("Detect")).findFirst().orElseThrow().click();
            browser.find("#detections");
            setSlider(browser, "0");
            int all = browser.findAll("gl-boxes g.box").size();
            assertThat(all).isPositive();
            browser.screenshot(SCREENSHOTS.resolve("try.png"));
            setSlider(browser, "1");
            assertThat(browser.findAll("gl-boxes g.box")).isEmpty();
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void setSlider(Browser browser, String value) {
        browser.driver().executeScript("const slider = document.querySelector('#detections input[type=range]');"
                + "slider.value = arguments[0]; slider.dispatchEvent(new Event('input'));", value);
        browser.awaitText("#detections output", value.equals("0") ? "0%" : "100%");
    }

    @Test
    void whatIsRefusedIsShownBesideTheForm(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            signIn(browser, server);
            browser.awaitText("h1", "Overview");
            browser.open(server, "/datasets/new");
            browser.find("input[name=name]").sendKeys("nowhere");
            browser.find("input[name=path]").sendKeys("/no/such/folder");
            browser.find("form button.primary").click();
            browser.awaitText("[role=alert]", "source.path");
            assertThat(browser.find("[role=alert]").getText()).contains("/no/such/folder");
            browser.screenshot(SCREENSHOTS.resolve("new-dataset-refused.png"));
        }
    }

    @Test
    void theOtherPagesOpenWithoutComplaints(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            signIn(browser, server);
            browser.awaitText("h1", "Overview");
            for (String[] page : List.of(new String[] {"/models", "Model versions"}, new String[] {"/models/compare", "Compare two versions"},
                    new String[] {"/rounds", "Self-training rounds"}, new String[] {"/rounds/new", "New round"}, new String[] {"/models/import", "Import a model"},
                    new String[] {"/datasets/new", "New dataset"}, new String[] {"/nowhere/else", "cannot be shown"})) {
                browser.open(server, page[0]);
                browser.awaitText("h1", page[1]);
                browser.screenshot(SCREENSHOTS.resolve(page[0].substring(1).replace('/', '-') + ".png"));
            }
        }
    }

    @Test
    void geometryHoldsInTheBrowser(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.open(server, "/");
            // A view of 400 x 300 shows an image of 200 x 100 at twice its size, with 50 pixels free above and below.
            assertThat(geometry(browser, "b.fit({width: 400, height: 300}, {width: 200, height: 100})"))
                    .isEqualTo("{\"scale\":2,\"x\":0,\"y\":50}");
            assertThat(geometry(browser, "b.toImage({x: 100, y: 90}, {width: 400, height: 300}, {width: 200, height: 100})"))
                    .isEqualTo("{\"x\":50,\"y\":20}");
            assertThat(geometry(browser, "b.clip([-10, 20, 40, 200], {width: 200, height: 100})")).isEqualTo("[0,20,30,80]");
            assertThat(geometry(browser, "b.clip([200, 20, 40, 40], {width: 200, height: 100})")).isEqualTo("null");
            String boxes = "[{id: 1, bbox: [0, 0, 100, 100]}, {id: 2, bbox: [10, 10, 20, 20]}]";
            assertThat(geometry(browser, "b.hit(" + boxes + ", {x: 15, y: 15}).id")).as("the smallest around the point").isEqualTo("2");
            assertThat(geometry(browser, "b.hit(" + boxes + ", {x: 50, y: 50}).id")).isEqualTo("1");
            assertThat(geometry(browser, "b.hit(" + boxes + ", {x: 150, y: 50})")).isEqualTo("null");
            assertThat(geometry(browser, "b.atLeast([{id: 1, score: 0.9}, {id: 2, score: 0.2}, {id: 3}, {id: 4, score: 0.5}], 0.5).map((x) => x.id)"))
                    .as("the best last, those without a score on top").isEqualTo("[4,1,3]");
            assertThat(geometry(browser, "b.labelPlace([180, 5, 10, 10], {width: 50, height: 10}, {width: 200, height: 100})"))
                    .as("neither beyond the right edge nor above the image").isEqualTo("{\"x\":150,\"y\":5}");
            assertThat(geometry(browser, "b.labelPlace([20, 40, 10, 10], {width: 50, height: 10}, {width: 200, height: 100})"))
                    .isEqualTo("{\"x\":20,\"y\":30}");
            // 5 x 10 pixels are shared by two boxes of 10 x 10: 50 of 150.
            assertThat(Double.parseDouble(geometry(browser, "b.iou([0, 0, 10, 10], [5, 0, 10, 10])"))).isCloseTo(1 / 3.0, within(1e-12));
            assertThat(geometry(browser, "b.iou([0, 0, 10, 10], [10, 0, 10, 10])")).as("they only touch").isEqualTo("0");
            // Two boxes of A lie on one of B: the closer one is paired. A dog is no cat, and a box that is far off is another find.
            assertThat(geometry(browser, "(({both, onlyA, onlyB}) => [both.map((pair) => pair.map((x) => x.id)), onlyA.map((x) => x.id), onlyB.map((x) => x.id)])(b.agreement("
                    + "[{id: 1, category: 'cat', bbox: [0, 0, 10, 8]}, {id: 2, category: 'cat', bbox: [0, 0, 10, 9]}, {id: 3, category: 'dog', bbox: [50, 0, 10, 10]}],"
                    + "[{id: 4, category: 'cat', bbox: [0, 0, 10, 10]}, {id: 5, category: 'cat', bbox: [50, 0, 10, 10]}, {id: 6, category: 'dog', bbox: [56, 0, 10, 10]}]))"))
                    .isEqualTo("[[[2,4]],[1,3],[5,6]]");
        }
    }

    private static String geometry(Browser browser, String expression) {
        return (String) browser.driver().executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "import('/console/boxes.js').then((b) => done(JSON.stringify(" + expression + ")), (e) => done(String(e)));");
    }

    private static void signIn(Browser browser, GleanerServer server) {
        browser.open(server, "/");
        browser.find("input[name=token]").sendKeys(server.token());
        browser.find("form button").click();
    }
}

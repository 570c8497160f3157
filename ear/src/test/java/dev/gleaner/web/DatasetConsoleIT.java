package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is around reviewing, in a real browser: preflight report, categories, runs with their quarantine, prompts side by side. */
@ExtendWith(GleanerServerExtension.class)
class DatasetConsoleIT {

    private static final int IMAGES = 10;

    @TempDir
    private static Path temporary;
    private static Path folder;
    private static String project;
    private static long dataset;
    private static long model;
    private static long run;

    /** Ten images, a copy of one of them, one that was taken with the camera turned, and one that is none; labeled while another was away. */
    @BeforeAll
    static void prepare(GleanerServer server) throws IOException {
        project = Fixtures.project(server);
        folder = Fixtures.images(temporary.resolve("around"), IMAGES);
        Files.copy(folder.resolve("image-2.png"), folder.resolve("same.png"));
        Fixtures.turnedImage(folder.resolve("turned.jpg"));
        Files.writeString(folder.resolve("broken.png"), "no picture");
        dataset = server.post("/api/datasets", Map.of("name", "around", "project", project,
                "source", Map.of("type", "folder", "path", folder.toString()))).expect(202).json().get("id").asLong();
        server.await("dataset " + dataset + " is imported", () -> !Fixtures.status(server, "/api/datasets/" + dataset).equals("IMPORTING"));
        model = Fixtures.model(server, project);
        Files.move(folder.resolve("image-4.png"), temporary.resolve("away.png"));
        run = Fixtures.run(server, dataset, model);
        Fixtures.awaitEnd(server, run);
        Files.move(temporary.resolve("away.png"), folder.resolve("image-4.png"));
    }

    @Test
    void thePreflightReportNamesFilesAndLeadsToTheirImages(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/datasets/" + dataset);
            browser.find("#preflight a").click();
            browser.awaitText("h1", "Preflight report");
            browser.find("article[data-code=DUPLICATE_PHOTO] a");
            assertThat(browser.find("article[data-code=DUPLICATE_PHOTO]").getText()).contains("Duplicate photo", "1 finding", "same.png", "the same bytes as image-2.png");
            assertThat(browser.find("article[data-code=UNREADABLE_IMAGE]").getText()).contains("broken.png");
            assertThat(browser.findAll("article[data-code=UNREADABLE_IMAGE] a")).as("it did not come in").isEmpty();
            // The thumbnail is upright.
            browser.await(() -> Boolean.TRUE.equals(browser.driver().executeScript("const image = document.querySelector('article[data-code=EXIF_ORIENTATION] img');"
                    + " return image?.complete && image.naturalWidth === 80 && image.naturalHeight === 120")));
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("dataset-preflight");
            browser.find("article[data-code=DUPLICATE_PHOTO] a").click();
            browser.awaitText("h1", "same.png");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aSourceThatWasRefusedShowsWhyOnItsPage(GleanerServer server) throws IOException {
        Path images = Fixtures.images(temporary.resolve("refused"), 1);
        Path coco = temporary.resolve("coco.json");
        Files.writeString(coco, """
                {"categories":[],"annotations":[],"images":[
                {"id":1,"file_name":"image-0.png","width":120,"height":80},{"id":2,"file_name":"none.png","width":120,"height":80}]}""");
        long refused = Fixtures.dataset(server, project, "refused", Map.of("type", "coco", "path", coco.toString(), "images", images.toString()));
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/datasets/" + refused);
            browser.awaitText("#preflight", "The source was refused");
            assertThat(browser.find("article[data-code=MISSING_FILE]").getText()).contains("none.png");
            browser.open(server, "/datasets/" + refused + "/preflight");
            browser.awaitText("article[data-code=MISSING_FILE]", "none.png");
            assertThat(browser.barriers()).isEmpty();
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void categoriesAreCounted(GleanerServer server) {
        List<JsonNode> boxes = new ArrayList<>();
        String path = "/api/datasets/" + dataset + "/annotations?status=PROPOSED&limit=500&after=";
        JsonNode page = server.get(path + 0).expect(200).json();
        page.get("items").forEach(boxes::add);
        while (page.hasNonNull("next")) {
            page = server.get(path + page.get("next")).expect(200).json();
            page.get("items").forEach(boxes::add);
        }
        JsonNode counted = server.get("/api/datasets/" + dataset + "/statistics").expect(200).json().get("categories");
        assertThat(counted.findValuesAsText("category")).containsExactly("circle", "umbrella");
        for (JsonNode row : counted) {
            List<JsonNode> own = boxes.stream().filter(box -> box.get("category").equals(row.get("category"))).toList();
            assertThat(own).isNotEmpty();
            assertThat(row.get("proposed").asLong()).isEqualTo(own.size());
            assertThat(row.at("/sizes/small").asLong()).isEqualTo(own.stream().filter(box -> area(box) < 32 * 32).count());
            assertThat(row.at("/sizes/large").asLong()).isEqualTo(own.stream().filter(box -> area(box) >= 96 * 96).count());
            assertThat(row.at("/scores/4").asLong()).isEqualTo(own.stream().filter(box -> box.get("score").asDouble() >= 0.2 && box.get("score").asDouble() < 0.25).count());
        }
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/datasets/" + dataset + "/categories");
            browser.awaitText("h1", "Categories");
            long most = Math.max(counted.at("/0/proposed").asLong(), counted.at("/1/proposed").asLong());
            browser.find("tr[data-category]");
            assertThat(browser.findAll("tr[data-category]").get(0).getText()).as("most boxes first").contains(String.format(Locale.ROOT, "%,d", most));
            browser.find("th:first-child button").click();
            browser.await(() -> browser.findAll("tr[data-category]").get(0).getAttribute("data-category").equals("circle"));
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("dataset-categories");
            browser.find("tr[data-category=umbrella] a").click();
            browser.find("input[name=categories][value=umbrella]:checked");
            browser.find("select[name=dataset] option[value='" + dataset + "']:checked");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static double area(JsonNode box) {
        return box.at("/bbox/2").asDouble() * box.at("/bbox/3").asDouble();
    }

    @Test
    void whatWasInQuarantineIsTriedAgain(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/runs");
            browser.awaitText("tr[data-run='" + run + "']", "completed");
            assertThat(browser.find("tr[data-run='" + run + "']").getText()).contains("around", "tiny", "12 of 12 images");
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("runs");
            browser.find("tr[data-run='" + run + "'] a").click();
            browser.awaitText("#quarantine", "image-4.png");
            assertThat(browser.find("#quarantine").getText()).contains("gone since it was imported");
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("run-quarantine");
            browser.find("#quarantine input[type=checkbox]").click();
            browser.button("Try 1 image again").click();
            browser.awaitText("#quarantine", "Every image so far could be labeled");
            browser.awaitText("#done", "12 of 12");
            browser.awaitText(".badge", "completed");
            JsonNode shown = server.get("/api/labeling-runs/" + run).expect(200).json();
            assertThat(shown.get("quarantined").asInt()).isZero();
            assertThat(server.post("/api/labeling-runs/" + run + "/quarantine/retry", Map.of("images", List.of(987_654_321))).expect(400)
                    .json().at("/errors/0/field").asText()).isEqualTo("images[0]");
            server.post("/api/labeling-runs/" + run + "/quarantine/retry", Map.of()).expect(409);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void twoPromptsAreTriedSideBySideAndThresholdsChooseWithoutAskingAgain(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/try?dataset=" + dataset);
            browser.find(".strip button").click();
            browser.find("[data-side=A] input[aria-label='Category 1']").sendKeys("umbrella");
            browser.button("Side by side").click();
            browser.find("[data-side=B] input[aria-label='Phrase 1']").sendKeys("red circle");
            browser.button("Detect").click();
            browser.find("#agreement");
            int[] all = found(browser, "0");
            assertThat(all[0]).isPositive();
            assertThat(all[1]).isPositive();
            assertThat(browser.find("#detections").getText()).contains(all[0] + " detections of A, " + all[1] + " of B");
            // What both find is drawn on both sides.
            assertThat(browser.findAll("[data-outcome=A] g.box.both")).hasSameSizeAs(browser.findAll("[data-outcome=B] g.box.both"));
            assertThat(browser.findAll("[data-outcome=A] g.box.only-a").size() + browser.findAll("[data-outcome=A] g.box.both").size()).isEqualTo(all[0]);
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("try-side-by-side");
            assertThat(found(browser, "1")).containsExactly(0, 0);
            assertThat(browser.driver().executeScript("return performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/api/detect')).length"))
                    .as("once for each side").isEqualTo(2L);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void boxesOfAFileAreSeenBeforeTheyAreTakenIn(GleanerServer server) throws IOException {
        Path images = Fixtures.images(temporary.resolve("updated"), 2);
        String begin = "{\"categories\": [{\"id\": 1, \"name\": \"cat\"}, {\"id\": 2, \"name\": \"dog\"}], \"images\": [{\"id\": 1, \"file_name\": \"image-0.png\"},"
                + " {\"id\": 2, \"file_name\": \"image-1.png\"}], \"annotations\": [";
        Path coco = Files.writeString(temporary.resolve("before.json"), begin + box(1, 1, 1, "10, 10, 40, 40") + "," + box(2, 1, 1, "70, 10, 30, 30") + ","
                + box(3, 2, 1, "10, 10, 40, 40") + "]}");
        long updated = Fixtures.dataset(server, project, "updated", Map.of("type", "coco", "path", coco.toString(), "images", images.toString()));
        JsonNode first = server.get("/api/datasets/" + updated + "/annotations").expect(200).json().get("items").get(0);
        server.post("/api/annotations/decisions", Map.of("requestId", "decided-" + updated, "boxes",
                List.of(Map.of("annotation", first.get("id"), "version", 0, "action", "accept")))).expect(200);
        // The accepted one is of another category, one is moved, one is gone, one is new.
        Path after = Files.writeString(temporary.resolve("after.json"), begin + box(1, 1, 2, "10, 10, 40, 40") + "," + box(2, 2, 1, "14, 12, 40, 40") + ","
                + box(3, 2, 2, "70, 10, 30, 30") + "]}");
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/datasets/" + updated);
            browser.find("nav a[href='/datasets/" + updated + "/update']").click();
            browser.awaitText("h1", "Update boxes from a file");
            browser.button("On this computer").click();
            browser.find("input[name=file]").sendKeys(after.toString());
            browser.button("Show the difference").click();
            browser.awaitText("#difference h2", "4 differences");
            assertThat(browser.findAll("#difference [data-kind] dd").stream().map(cell -> cell.getText()).toList()).containsExactly("1", "1", "1", "1");
            assertThat(browser.find("#difference legend").getText()).isEqualTo("Where a human decided otherwise: 1 difference");
            assertThat(browser.find("#follow").getText()).isEqualTo("Take in 3 differences");
            assertThat(browser.findAll("article[data-image]")).hasSize(2);
            browser.await(() -> browser.findAll("article[data-image] g.box").size() == 6);
            assertThat(browser.findAll("article[data-image] [alt^=After]").get(0).getDomAttribute("alt")).isEqualTo("After: cat, decided, stays");
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("dataset-update");

            browser.find("#follow").click();
            browser.awaitText("#done h2", "3 differences taken in");
            assertThat(browser.find("#done").getText()).contains("1 difference left as people decided.");
            assertThat(browser.barriers()).isEmpty();
            browser.pictures("dataset-update-done");
            assertThat(server.get("/api/datasets/" + updated + "/export?format=csv").expect(200).body())
                    .contains("image-0.png,120,80,cat,10.0,10.0,40.0,40.0", "image-1.png,120,80,cat,14.0,12.0,40.0,40.0", "image-1.png,120,80,dog,70.0,10.0,30.0,30.0")
                    .doesNotContain("cat,70.0,10.0", "dog,10.0,10.0");

            browser.button("Take it back").click();
            browser.awaitText("#done", "Taken back on 2 images");

            browser.button("On the server").click();
            browser.find("input[name=path]").sendKeys(after.toString());
            browser.button("Show the difference").click();
            browser.awaitText("#difference h2", "4 differences");
            browser.findAll("input[name=over]").get(1).click();
            browser.awaitText("#follow", "Take in 4 differences");
            assertThat(browser.findAll("article[data-image] [alt^=After]").get(0).getDomAttribute("alt")).isEqualTo("After: dog");
            browser.find("#follow").click();
            browser.awaitText("#done h2", "4 differences taken in");
            assertThat(browser.complaints()).isEmpty();
        }
        assertThat(server.get("/api/datasets/" + updated + "/export?format=csv").expect(200).body()).contains("image-0.png,120,80,dog,10.0,10.0,40.0,40.0");
    }

    private static String box(int id, int image, int category, String bbox) {
        return "{\"id\": " + id + ", \"image_id\": " + image + ", \"category_id\": " + category + ", \"bbox\": [" + bbox + "]}";
    }

    /** How many boxes each side shows at a threshold. */
    private static int[] found(Browser browser, String threshold) {
        browser.driver().executeScript("const slider = document.querySelector('#detections input[type=range]');"
                + "slider.value = arguments[0]; slider.dispatchEvent(new Event('input'));", threshold);
        browser.awaitText("#detections output", threshold.equals("0") ? "0%" : "100%");
        return new int[] {browser.findAll("[data-outcome=A] g.box").size(), browser.findAll("[data-outcome=B] g.box").size()};
    }
}

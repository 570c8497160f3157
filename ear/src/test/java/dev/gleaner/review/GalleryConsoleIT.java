package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.labeling.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** The gallery and the page about quality in a real browser. Leaves pictures of the pages. */
@ExtendWith(GleanerServerExtension.class)
class GalleryConsoleIT {

    private static final int MANY = 100_000;

    private static Reviewing reviewing;
    private static Database database;
    private static String ann;
    private static String bob;
    private static String eve;

    @BeforeAll
    static void label(GleanerServer server, @TempDir Path folder) {
        reviewing = new Reviewing(server, folder, 12);
        database = Database.of(server);
        ann = Reviewing.token(database, "ann");
        bob = Reviewing.token(database, "bob");
        eve = Reviewing.token(database, "eve");
    }

    @AfterAll
    static void close() {
        database.update("delete from api_tokens where name in ('%s', '%s', '%s')".formatted(ann, bob, eve));
        database.close();
    }

    /** Proposals of a category of their own, spread over the images, with scores from 0 up in equal steps; their ids in that order. */
    private static List<Long> propose(String category, int boxes) {
        long project = reviewing.get("/api/datasets/" + reviewing.dataset).get("project").asLong();
        database.update("insert into categories (project_id, name) values (%d, '%s')".formatted(project, category));
        database.update(("insert into annotations (image_id, dataset_id, category_id, phrase, x, y, width, height, score, status, model_version_id, labeling_run_id, ordinal)"
                + " select i.ids[1 + n %% array_length(i.ids, 1)], %1$d, c.id, '%2$s', n %% 100, n %% 70, 20 + n %% 37, 15 + n %% 23, n / %3$d.0, 'PROPOSED', r.model_version_id, r.id,"
                + " c.id * 1000000 %% 1000000000 + n from generate_series(0, %3$d - 1) n cross join categories c"
                + " cross join (select array_agg(id order by id) as ids from images where dataset_id = %1$d) i cross join labeling_runs r"
                + " where c.project_id = %4$d and c.name = '%2$s' and r.id = (select min(id) from labeling_runs where dataset_id = %1$d) order by n").formatted(reviewing.dataset, category, boxes, project));
        return database.rows("select a.id from annotations a join categories c on c.id = a.category_id where c.name = '%s' and a.dataset_id = %d order by score, a.id"
                .formatted(category, reviewing.dataset)).stream().map(Long::valueOf).toList();
    }

    private static List<String> statuses(List<Long> ids) {
        return ids.stream().map(id -> database.rows("select status from annotations where id = " + id).get(0)).toList();
    }

    private static void open(Browser browser, GleanerServer server, String category) {
        browser.open(server, "/gallery?dataset=" + reviewing.dataset + "&category=" + category);
        awaitCrop(browser, 0);
    }

    private static void awaitCrop(Browser browser, int place) {
        browser.find("#crop-" + place + "[data-annotation]");
    }

    private static long cells(Browser browser) {
        return (Long) browser.driver().executeScript("return document.querySelectorAll('[role=gridcell]').length");
    }

    @Test
    void manyAreDecidedByKeyboardAloneAndTakenBack(GleanerServer server) {
        List<Long> plates = propose("plate", 40);
        try (Browser browser = Browser.start()) {
            browser.signIn(server, ann);
            browser.open(server, "/datasets/" + reviewing.dataset);
            browser.find("a[href='/gallery?dataset=" + reviewing.dataset + "']").sendKeys(Keys.ENTER);
            browser.awaitText("h1", "Gallery");
            browser.find("select[name=category] option[value=plate]");
            browser.find("select[name=category]").sendKeys("plate", Keys.ESCAPE);
            browser.find("#crop-0[data-annotation='" + plates.get(0) + "']");
            browser.awaitText("#total", "40 crops");
            browser.await(() -> "grid".equals(browser.driver().switchTo().activeElement().getDomAttribute("role")));
            assertThat(statuses(plates)).as("letters typed into a field decide nothing").containsOnly("PROPOSED");
            awaitPictures(browser);
            browser.pictures("gallery");
            assertThat(browser.barriers()).isEmpty();

            String shiftRight = Keys.chord(Keys.SHIFT, Keys.ARROW_RIGHT);
            browser.press(shiftRight, shiftRight, shiftRight);
            browser.awaitText("#chosen", "4 chosen");
            browser.press("a");
            Reviewing.awaitSaved(browser);
            browser.find("#crop-3[data-state=accept][data-phase=saved]");
            assertThat(statuses(plates.subList(0, 5))).containsExactly("ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED", "PROPOSED");

            // The cursor is behind what was decided; what is between stays open.
            browser.press(Keys.SPACE, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.SPACE, "r");
            browser.find("#crop-6[data-state=reject][data-phase=saved]");
            Reviewing.awaitSaved(browser);
            assertThat(statuses(plates.subList(4, 7))).containsExactly("REJECTED", "PROPOSED", "REJECTED");
            browser.pictures("gallery-decided");
            assertThat(browser.barriers()).isEmpty();
            assertThat(Reviewing.list(reviewing.get("/api/images/" + image(plates.get(0)) + "/history").get("items"))).anySatisfy(entry -> {
                assertThat(entry.at("/decision/reviewer").asText()).isEqualTo(ann);
                assertThat(entry.at("/decision/origin").asText()).isEqualTo("console");
                assertThat(entry.at("/decision/seconds").asDouble()).isPositive();
            });

            browser.press("u");
            browser.await(() -> browser.findAll("[data-state=reject]").isEmpty());
            Reviewing.awaitSaved(browser);
            assertThat(statuses(plates.subList(0, 7))).containsExactly("ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED", "PROPOSED", "PROPOSED", "PROPOSED");
            // As in other programs.
            browser.press(Keys.chord(Keys.CONTROL, Keys.SHIFT, "z"));
            browser.find("#crop-6[data-state=reject][data-phase=saved]");
            Reviewing.awaitSaved(browser);
            assertThat(statuses(plates.subList(4, 7))).containsExactly("REJECTED", "PROPOSED", "REJECTED");
            browser.press(Keys.chord(Keys.CONTROL, "z"));
            browser.await(() -> browser.findAll("[data-state=reject]").isEmpty());
            Reviewing.awaitSaved(browser);
            assertThat(statuses(plates.subList(4, 7))).containsOnly("PROPOSED");
            // What was taken back can be decided about again, and so can what was accepted.
            browser.press(Keys.HOME, Keys.chord(Keys.SHIFT, Keys.ARROW_RIGHT), "r");
            browser.find("#crop-1[data-state=reject][data-phase=saved]");
            browser.press("u");
            browser.find("#crop-1[data-state=accept][data-phase=saved]");
            browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, "a");
            browser.find("#crop-4[data-state=accept][data-phase=saved]");
            assertThat(statuses(plates.subList(0, 5))).containsOnly("ACCEPTED");

            browser.press("f");
            browser.awaitText("#total", "35 crops");
            browser.press("?");
            browser.awaitText("dialog h2", "Keys");
            browser.find("dialog button[data-bind=accept]").sendKeys(Keys.ENTER);
            browser.awaitText("dialog button[data-bind=accept]", "press a key");
            browser.press("r");
            browser.awaitText("dialog [role=alert]", "“r” is taken: reject what is chosen.");
            browser.pictures("gallery-keys");
            assertThat(browser.barriers()).isEmpty();
            browser.press(Keys.ESCAPE);
            browser.await(() -> browser.findAll("dialog").isEmpty());
            browser.press(Keys.ENTER);
            browser.find("dialog gl-boxes svg");
            browser.press(Keys.ESCAPE);
            browser.await(() -> browser.findAll("dialog").isEmpty());

            browser.find("input[name=least]").sendKeys("0.9", Keys.TAB);
            browser.awaitText("#total", "4 crops");
            browser.find("select[name=order]").sendKeys("Least");
            browser.await(() -> browser.driver().getCurrentUrl().contains("order=unlike"));
            awaitCrop(browser, 3);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static String image(long annotation) {
        return database.rows("select image_id from annotations where id = " + annotation).get(0);
    }

    private static void awaitPictures(Browser browser) {
        browser.await(() -> (Boolean) browser.driver().executeScript(
                "return [...document.querySelectorAll('gl-crop img')].filter((i) => i.complete && i.naturalWidth > 0).length >= 20"));
    }

    @Test
    void whoIsSecondSeesWhatChangedAndChooses(GleanerServer server) {
        List<Long> cups = propose("cup", 6);
        try (Browser browser = Browser.start()) {
            browser.signIn(server, ann);
            open(browser, server, "cup");
            decide(bob, cups.subList(0, 2), "reject");
            browser.press(Keys.chord(Keys.SHIFT, Keys.END), "a");
            browser.awaitText(".conflict h2", "Somebody else was there first: 2 boxes");
            assertThat(browser.find(".conflict li").getText()).contains("yours: accepted").contains("now: rejected");
            assertThat(browser.find("#crop-0").getDomAttribute("data-phase")).isEqualTo("conflict");
            assertThat(statuses(cups)).containsExactly("REJECTED", "REJECTED", "ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED");
            browser.pictures("gallery-conflict");
            assertThat(browser.barriers()).isEmpty();
            // It waits though the page is left.
            browser.open(server, "/gallery?dataset=" + reviewing.dataset + "&category=cup");
            browser.find(".conflict [data-stand=mine]").sendKeys(Keys.ENTER);
            browser.await(() -> browser.findAll(".conflict").isEmpty());
            Reviewing.awaitSaved(browser);
            assertThat(statuses(cups)).containsOnly("ACCEPTED");

            List<Long> jugs = propose("jug", 3);
            open(browser, server, "jug");
            decide(bob, jugs.subList(0, 1), "reject");
            browser.press("a");
            browser.find(".conflict [data-stand=theirs]").sendKeys(Keys.ENTER);
            browser.await(() -> browser.findAll(".conflict").isEmpty());
            assertThat(browser.find("#crop-0").getDomAttribute("data-state")).isEqualTo("reject");
            assertThat(statuses(jugs)).containsExactly("REJECTED", "PROPOSED", "PROPOSED");
        }
    }

    private static void decide(String reviewer, List<Long> boxes, String action) {
        reviewing.as(reviewer, "POST", "/api/annotations/decisions", Map.of("requestId", UUID.randomUUID().toString(),
                "boxes", boxes.stream().map(id -> Map.of("annotation", id, "version", 0, "action", action)).toList())).expect(200);
    }

    @Test
    void aHundredThousandCropsScrollWithFewOnThePage(GleanerServer server) {
        List<Long> crowd = propose("crowd", MANY);
        try (Browser browser = Browser.start()) {
            browser.signIn(server, ann);
            open(browser, server, "crowd");
            browser.awaitText("#total", "100,000 crops");
            long atFirst = cells(browser);
            assertThat(atFirst).isBetween(10L, 120L);
            browser.press(Keys.END);
            browser.find("#crop-99999[data-annotation='" + crowd.get(MANY - 1) + "']");
            assertThat(cells(browser)).isLessThan(120);
            assertThat(pages(browser)).as("not those between").isBetween(2L, 6L);
            assertThat((Boolean) browser.driver().executeScript("const cell = document.querySelector('#crop-99999').getBoundingClientRect();"
                    + "const grid = document.querySelector('.gallery').getBoundingClientRect(); return cell.bottom <= grid.bottom && cell.top >= grid.top")).isTrue();

            // To the top, in twenty frames and faster than anybody looks. A crowded machine draws few in a second.
            browser.driver().manage().timeouts().scriptTimeout(Duration.ofMinutes(3));
            Long most = (Long) browser.driver().executeAsyncScript("""
                    const done = arguments[arguments.length - 1];
                    const grid = document.querySelector('.gallery');
                    let most = 0;
                    let step = 20;
                    const scroll = () => {
                      most = Math.max(most, document.querySelectorAll('[role=gridcell]').length);
                      grid.scrollTop = grid.scrollHeight * --step / 20;
                      if (step > 0) { requestAnimationFrame(scroll); } else { done(most); }
                    };
                    scroll();""");
            assertThat(most).isLessThan(120);
            awaitCrop(browser, 0);
            browser.press(Keys.END, Keys.chord(Keys.SHIFT, Keys.HOME));
            browser.awaitText("#chosen", "1,000 chosen");
            browser.press("r");
            browser.awaitText("#decided", "1,000 boxes decided");
            Reviewing.awaitSaved(browser);
            assertThat(statuses(List.of(crowd.get(MANY - 1), crowd.get(MANY - 1000), crowd.get(MANY - 1001)))).containsExactly("REJECTED", "REJECTED", "PROPOSED");
            new Actions(browser.driver()).sendKeys("u").perform();
            browser.await(() -> database.number("select count(*) from annotations a join categories c on c.id = a.category_id where c.name = 'crowd' and a.status <> 'PROPOSED'") == 0);
            assertThat(browser.complaints()).isEmpty();
        } finally {
            database.update("delete from annotations where category_id = (select id from categories where name = 'crowd')");
        }
    }

    /** How many pages of crops were asked for. */
    private static long pages(Browser browser) {
        return (Long) browser.driver().executeScript("return performance.getEntriesByType('resource').filter(({name}) => name.includes('/crops?')).length");
    }

    @Test
    void qualityIsShownAndAThresholdAppliedToTheNextRunAndTakenBack(GleanerServer server) {
        List<Long> bowls = propose("bowl", 60);
        // What scores 0.5 or more is right.
        decide(ann, bowls.subList(30, 60), "accept");
        decide(ann, bowls.subList(0, 30), "reject");
        long queue = server.post("/api/review-queues", Map.of("name", "twice", "dataset", reviewing.dataset, "seed", 5, "consensus", 2, "consensusShare", 1,
                "limit", 2, "order", "random", "filter", Map.of("categories", List.of("disc", "square")))).expect(201).json().get("id").asLong();
        for (String reviewer : List.of(ann, bob)) {
            Reviewing.list(reviewing.as(reviewer, "POST", "/api/review-queues/" + queue + "/claim", Map.of("count", 2)).expect(200).json().get("items"))
                    .forEach(item -> reviewing.as(reviewer, "PUT", "/api/review-items/" + item.get("id").asLong() + "/decision", Map.of("version", item.get("version").asInt(),
                            "requestId", UUID.randomUUID().toString(), "seconds", 4, "boxes", IntStream.of(10, 60).filter(x -> x == 10 || reviewer.equals(ann))
                                    .mapToObj(x -> Map.of("action", "draw", "category", "disc", "bbox", List.of(x, 10, 40, 40))).toList())).expect(200));
        }
        long project = reviewing.get("/api/datasets/" + reviewing.dataset).get("project").asLong();
        JsonNode fitted = Reviewing.list(reviewing.get("/api/projects/" + project + "/thresholds").get("categories")).stream()
                .filter(row -> row.get("category").asText().equals("bowl")).findFirst().orElseThrow();
        assertThat(fitted.get("decisions").asInt()).isEqualTo(60);
        double proposed = fitted.get("fitted").asDouble();
        assertThat(proposed).isBetween(0.3, 0.5);
        try (Browser browser = Browser.start()) {
            browser.signIn(server, ann);
            browser.find("nav a[href='/review']").sendKeys(Keys.ENTER);
            browser.awaitText("h1", "Review");
            browser.find("a[href='/quality']").sendKeys(Keys.ENTER);
            browser.awaitText("h1", "Quality");
            browser.open(server, "/quality?dataset=" + reviewing.dataset);
            browser.find("tr[data-reviewer='" + bob + "']");
            assertThat(browser.findAll("tr[data-reviewer='" + ann + "'] td").stream().map(cell -> cell.getText()).toList()).contains("4");
            // Each of two images: one box both drew, and one that only Ann did.
            assertThat(browser.findAll("#categories tr[data-category=disc] td").stream().map(cell -> cell.getText()).toList()).containsSequence("2", "2", "66.7");
            assertThat(browser.find("#agreed dd").getText()).isEqualTo("66.7");
            assertThat(browser.find("#acceptance").getText()).contains("bowl");
            String bowl = "#thresholds [data-category=bowl] ";
            browser.find(bowl + "gl-plot canvas");
            browser.pictures("quality");
            assertThat(browser.barriers()).isEmpty();

            browser.find(bowl + "[data-apply]").sendKeys(Keys.ENTER);
            browser.find(bowl + "[data-set='" + fitted.get("fitted").asText() + "']");
            assertThat(ordered(server).at("/thresholds/bowl").asDouble()).isCloseTo(proposed, within(1e-12));
            browser.open(server, "/runs/new?dataset=" + reviewing.dataset);
            browser.await(() -> browser.findAll(".prompt input[type=number]").stream().anyMatch(input -> input.getDomProperty("value").equals(fitted.get("fitted").asText())));
            browser.open(server, "/quality?dataset=" + reviewing.dataset);
            browser.find(bowl + "[data-back]").sendKeys(Keys.ENTER);
            browser.find(bowl + "[data-set=default]");
            assertThat(ordered(server).at("/thresholds").has("bowl")).isFalse();

            browser.awaitText("#differing tbody", "for somebody else");
            assertThat(browser.findAll("#differing tbody tr")).hasSize(2);

            String empty = "empty " + UUID.randomUUID();
            long none = server.post("/api/projects", Map.of("name", empty)).expect(201).json().get("id").asLong();
            browser.open(server, "/quality?project=" + none);
            browser.awaitText(".empty h2", "Nothing was reviewed here yet");
            assertThat(browser.barriers()).isEmpty();
            assertThat(browser.complaints()).isEmpty();
        }
        aThirdHasTheLastWord(server, queue);
    }

    /** What Bob said is taken: of the two boxes that Ann drew on each image, one. */
    private static void aThirdHasTheLastWord(GleanerServer server, long queue) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server, eve);
            browser.open(server, "/quality?dataset=" + reviewing.dataset);
            String image = browser.find("#differing tbody tr").getDomAttribute("data-image");
            browser.find("#differing tr[data-image='" + image + "'] a.button").sendKeys(Keys.ENTER);
            browser.awaitText("#place", "last word");
            browser.find(".editor .answer[data-said=B]");
            List<String> said = browser.findAll("#answers [data-answer]").stream().map(row -> row.getText()).toList();
            browser.pictures("last-word");
            assertThat(browser.barriers()).isEmpty();
            assertThat(Reviewing.chosen(browser)).as("what only Ann drew").startsWith("disc").containsIgnoringCase("accepted");
            browser.press(said.get(0).contains("1 box:") ? "1" : "2");
            browser.find(".editor [data-state=rejected]");
            browser.press(Keys.ENTER);
            browser.awaitText("h2", "Decided");
            browser.await(() -> database.number("select count(*) from review_items where queue_id = " + queue + " and kind = 'RULING' and status = 'DONE'") == 1);
            assertThat(database.rows("select status from annotations where image_id = " + image + " and x in (10, 60) and y = 10 and width = 40 and height = 40 order by x"))
                    .containsExactly("ACCEPTED", "REJECTED");
            browser.open(server, "/quality?dataset=" + reviewing.dataset);
            browser.awaitText("#agreed dd", "66.7");
            assertThat(browser.findAll("#differing tbody tr")).hasSize(1);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** A run whose order has no thresholds, once it is over. */
    private static JsonNode ordered(GleanerServer server) {
        long model = database.number("select min(model_version_id) from labeling_runs where dataset_id = " + reviewing.dataset);
        long run = server.post("/api/labeling-runs", Map.of("dataset", reviewing.dataset, "modelVersion", model, "prompts", List.of(Map.of("category", "bowl"))))
                .expect(202).json().get("id").asLong();
        server.await("run " + run + " ends", () -> reviewing.get("/api/labeling-runs/" + run).get("status").asText().equals("COMPLETED"));
        return reviewing.get("/api/labeling-runs/" + run);
    }
}

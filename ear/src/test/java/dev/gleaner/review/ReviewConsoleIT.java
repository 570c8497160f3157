package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.labeling.Database;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** Reviewing in a real browser: by keyboard alone, and against somebody else who was there first. Leaves pictures of the pages. */
@ExtendWith(GleanerServerExtension.class)
class ReviewConsoleIT {

    private static final int IMAGES = 30;
    private static final String REDO = Keys.chord(Keys.SHIFT, "z");

    private static Reviewing reviewing;
    private static Database database;
    private static String ann;
    private static String bob;

    @BeforeAll
    static void label(GleanerServer server, @TempDir Path folder) {
        reviewing = new Reviewing(server, folder, IMAGES);
        database = Database.of(server);
        ann = Reviewing.token(database, "ann");
        bob = Reviewing.token(database, "bob");
    }

    @AfterAll
    static void close() {
        database.update("delete from api_tokens where name in ('%s', '%s')".formatted(ann, bob));
        database.close();
    }

    @Test
    void aReviewerClearsTenImagesByKeyboardAlone(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server, ann);
            browser.open(server, "/datasets/" + reviewing.dataset);
            browser.find("a[href='/review?dataset=" + reviewing.dataset + "']").sendKeys(Keys.ENTER);
            browser.awaitText("h1", "Review");
            browser.find("select[name=dataset] option[value='" + reviewing.dataset + "']:checked");
            assertThat(browser.barriers()).isEmpty();
            browser.find("input[name=name]").sendKeys("by keyboard", Keys.ENTER);
            browser.find("box-editor svg image");
            long queue = Long.parseLong(browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            List<JsonNode> items = reviewing.items(queue);
            assertThat(items).hasSizeGreaterThanOrEqualTo(12);
            browser.pictures("review");
            assertThat(browser.barriers()).isEmpty();
            browser.press("?");
            browser.awaitText("dialog h2", "Keys");
            browser.pictures("review-keys");
            assertThat(browser.barriers()).isEmpty();
            browser.press(Keys.ESCAPE);
            browser.await(() -> browser.findAll("dialog").isEmpty());

            assertThat(Reviewing.place(browser)).isEqualTo("image 1 of " + items.size());
            stillHeld(browser, "Enter");
            assertThat(Reviewing.place(browser)).as("a key that is held down decides nothing").isEqualTo("image 1 of " + items.size());
            browser.press(".", ".", ",");
            String category = browser.find(".choices button[aria-pressed=true] .grow").getText();
            assertThat(browser.findAll("label.field:has(input[type=range])")).anyMatch(slider -> slider.getText().replaceAll("\\s+", " ").equals(category + " 1%"));
            browser.press("a");
            assertThat(browser.findAll("box-editor g[data-state=accepted]")).hasSize(1);
            browser.press("z");
            assertThat(browser.findAll("box-editor g[data-state=accepted]")).isEmpty();
            browser.press(REDO);
            Reviewing.acceptAll(browser);

            browser.press("r");
            Reviewing.acceptAll(browser);

            browser.press("c");
            browser.find("dialog input");
            browser.press(Reviewing.chosen(browser).startsWith("disc") ? "squ" : "dis", Keys.ENTER);
            browser.await(() -> browser.findAll("dialog").isEmpty());
            Reviewing.acceptAll(browser);

            browser.press(Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.chord(Keys.SHIFT, Keys.ARROW_DOWN), Keys.chord(Keys.ALT, Keys.ARROW_LEFT),
                    Keys.chord(Keys.CONTROL, Keys.ARROW_UP));
            Reviewing.acceptAll(browser);

            browser.press("d");
            browser.find("svg.editor.drawing");
            browser.press(Keys.ENTER);
            browser.find("dialog input");
            browser.press("disc", Keys.ENTER);
            browser.await(() -> browser.findAll("dialog").isEmpty());
            assertThat(browser.findAll("box-editor g[data-state=drawn]")).hasSize(1);
            Reviewing.acceptAll(browser);

            browser.press("s");
            browser.find("dialog input");
            browser.press("too small to tell");
            Reviewing.finish(browser, Keys.ENTER);

            browser.press("m");
            browser.find("dialog textarea");
            browser.press("look again", Keys.ENTER);
            browser.await(() -> browser.findAll("dialog").isEmpty());
            Reviewing.acceptAll(browser);
            for (int image = 8; image <= 10; image++) {
                Reviewing.acceptAll(browser);
            }
            Reviewing.awaitSaved(browser);
            // Back to the tenth, of which the server knows, and forth again.
            Reviewing.finish(browser, "z");
            assertThat(Reviewing.place(browser)).startsWith("image 10 ");
            Reviewing.awaitSaved(browser);
            Reviewing.finish(browser, REDO);
            Reviewing.awaitSaved(browser);

            JsonNode counts = reviewing.get("/api/review-queues/" + queue).get("counts");
            assertThat(counts.get("done").asInt()).isEqualTo(9);
            assertThat(counts.get("skipped").asInt()).isEqualTo(1);
            assertThat(actions(items.get(0))).containsOnly("accept");
            assertThat(actions(items.get(1))).startsWith("reject").hasSizeGreaterThanOrEqualTo(1);
            assertThat(actions(items.get(2))).contains("relabel");
            assertMoved(items.get(3));
            assertThat(actions(items.get(4))).contains("draw");
            assertThat(reviewing.items(queue).get(5).get("skipReason").asText()).isEqualTo("too small to tell");
            assertThat(reviewing.history(items.get(6)).get(0).get("comment").asText()).isEqualTo("look again");
            assertThat(reviewing.history(items.get(9))).extracting(entry -> entry.get("action").asText()).containsExactly("decide", "undo", "decide");
            assertThat(reviewing.history(items.get(9))).allMatch(entry -> entry.get("reviewer").asText().equals(ann) && entry.get("origin").asText().equals("console"));

            browser.open(server, "/images/" + items.get(9).get("image"));
            browser.find("#history li");
            assertThat(browser.findAll("#history li p:first-child")).extracting(line -> line.getText().replace(ann, "Ann").replaceAll("\\s+", " ")).satisfiesExactly(
                    line -> assertThat(line).startsWith("Ann decided"), line -> assertThat(line).startsWith("Ann took it back").contains("takes back entry"),
                    line -> assertThat(line).startsWith("Ann decided"));
            // Many boxes are folded away.
            browser.driver().executeScript("document.querySelectorAll('#history details').forEach((boxes) => { boxes.open = true; })");
            assertThat(browser.find("#history tbody tr").getText()).startsWith("accepted ").contains(", proposed", ", accepted");
            browser.pictures("image-history");
            assertThat(browser.barriers()).isEmpty();
            browser.open(server, "/review/" + queue + "/items");
            browser.awaitText("tr[data-item='" + items.get(6).get("id") + "'] .comment", "look again");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** What a browser tells again and again of a key that is not let go; WebDriver has no word for it. */
    private static void stillHeld(Browser browser, String key) {
        browser.driver().executeScript("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], repeat: true, bubbles: true, cancelable: true }))", key);
        browser.await(() -> browser.driver().executeScript("return document.querySelector('gl-review-queue').isUpdatePending").equals(false));
    }

    private static List<String> actions(JsonNode item) {
        return Reviewing.list(reviewing.history(item).get(0).get("boxes")).stream().map(box -> box.get("action").asText()).toList();
    }

    private static void assertMoved(JsonNode item) {
        JsonNode box = Reviewing.list(reviewing.history(item).get(0).get("boxes")).stream().filter(one -> one.get("action").asText().equals("move")).findFirst().orElseThrow();
        double[] before = bbox(box.get("before"));
        double[] after = bbox(box.get("after"));
        // Ten pixels down, or to the image's lower edge, a pixel narrower, and a pixel higher at its upper edge.
        assertThat(after[1]).isCloseTo(Math.min(before[1] + 10, 120 - before[3]) - 1, within(1e-3));
        assertThat(after[2]).isCloseTo(before[2] - 1, within(1e-3));
        assertThat(after[3]).isCloseTo(before[3] + 1, within(1e-3));
    }

    private static double[] bbox(JsonNode state) {
        return Reviewing.list(state.get("bbox")).stream().mapToDouble(JsonNode::asDouble).toArray();
    }

    @Test
    void whoIsSecondSeesBothStatesAndChooses(GleanerServer server) {
        long queue = reviewing.queue("two people");
        JsonNode first = reviewing.items(queue).get(0);
        try (Browser hers = Browser.start(); Browser his = Browser.start()) {
            hers.signIn(server, ann);
            Reviewing.begin(hers, server, queue);
            database.update("update review_items set claimed_until = now() - interval '1 second' where id = " + first.get("id"));
            his.signIn(server, bob);
            Reviewing.begin(his, server, queue);
            assertThat(Reviewing.place(his)).isEqualTo(Reviewing.place(hers)).startsWith("image 1 ");
            Reviewing.acceptAll(his);
            Reviewing.awaitSaved(his);

            hers.press("r");
            Reviewing.acceptAll(hers);
            hers.awaitText(".conflict", "Only " + bob + " can take that back");
            assertThat(hers.findAll(".conflict gl-boxes")).hasSize(2);
            assertThat(hers.findAll(".conflict figure:first-child g.box.dropped")).hasSize(1);
            hers.pictures("review-conflict");
            assertThat(hers.barriers()).isEmpty();
            hers.find(".conflict [data-stand=mine]").sendKeys(Keys.ENTER);
            hers.await(() -> hers.driver().executeScript("return document.querySelectorAll('.conflict').length").equals(1L));
            hers.find(".conflict [data-stand=theirs]").sendKeys(Keys.ENTER);
            hers.await(() -> hers.findAll(".conflict").isEmpty());
            Reviewing.awaitSaved(hers);
            assertThat(reviewing.history(first)).hasSize(1).allMatch(entry -> entry.get("reviewer").asText().equals(bob));
        }
    }

    @Test
    void whoReviewsInTwoBrowsersMayLetTheSecondStand(GleanerServer server) {
        long queue = reviewing.queue("one person twice");
        JsonNode first = reviewing.items(queue).get(0);
        try (Browser left = Browser.start(); Browser right = Browser.start()) {
            left.signIn(server, ann);
            Reviewing.begin(left, server, queue);
            right.signIn(server, ann);
            Reviewing.begin(right, server, queue);
            Reviewing.acceptAll(left);
            Reviewing.awaitSaved(left);
            right.press("r");
            Reviewing.acceptAll(right);
            right.find(".conflict [data-stand=mine]");
            right.press(Keys.chord(Keys.SHIFT, "i"));
            right.await(() -> right.findAll(".conflict").isEmpty());
            Reviewing.awaitSaved(right);
            assertThat(reviewing.history(first)).extracting(entry -> entry.get("action").asText()).containsExactly("decide", "undo", "decide");
            assertThat(actions(first)).startsWith("reject");
        }
    }
}

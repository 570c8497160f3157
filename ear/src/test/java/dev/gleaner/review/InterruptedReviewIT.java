package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The server is killed while somebody reviews: what they decide meanwhile is kept, sent when it is back, and taken once. */
class InterruptedReviewIT {

    @TempDir
    private Path folder;

    @Test
    void nothingIsLostAndNothingDoneTwice() {
        try (GleanerServer server = GleanerServer.start(folder.resolve("home"), Map.of()); Browser browser = Browser.start()) {
            Reviewing reviewing = new Reviewing(server, folder, 20);
            long queue = reviewing.queue("interrupted");
            List<JsonNode> items = reviewing.items(queue);
            assertThat(items).hasSizeGreaterThanOrEqualTo(6);
            browser.signIn(server);
            Reviewing.begin(browser, server, queue);
            Reviewing.acceptAll(browser);
            Reviewing.awaitSaved(browser);
            browser.await(() -> reviewing.get("/api/review-queues/" + queue).at("/counts/claimed").asInt() == 4);

            server.kill9AndReturn();
            browser.press("r");
            Reviewing.acceptAll(browser);
            Reviewing.acceptAll(browser);
            // Taken back and decided anew, all while nobody listens.
            Reviewing.finish(browser, "z");
            browser.press("z");
            browser.press("r");
            Reviewing.acceptAll(browser);
            browser.awaitText("#saving", "Waiting for the server");
            browser.pictures("review-waiting");
            server.awaitLine("serving again");

            Reviewing.awaitSaved(browser);
            Reviewing.acceptAll(browser);
            Reviewing.awaitSaved(browser);
            browser.press("s");
            browser.find("dialog input");
            browser.press("enough");
            Reviewing.finish(browser, Keys.ENTER);
            Reviewing.awaitSaved(browser);
            JsonNode counts = reviewing.get("/api/review-queues/" + queue).get("counts");
            assertThat(counts.get("done").asInt()).isEqualTo(4);
            assertThat(counts.get("skipped").asInt()).isEqualTo(1);
            for (int image = 0; image < 4; image++) {
                JsonNode last = reviewing.history(items.get(image)).get(0);
                assertThat(last.at("/boxes/0/action").asText()).as("image " + (image + 1)).isEqualTo(image == 1 || image == 2 ? "reject" : "accept");
            }
            try (Database database = Database.of(server)) {
                assertThat(database.number("select count(*) from review_decisions where action = 'DECIDE'")
                        - database.number("select count(*) from review_decisions where action = 'UNDO'")).isEqualTo(4);
            }
        }
    }
}

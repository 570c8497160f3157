package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The schedule of a project's rounds in a real browser. Leaves pictures of it. */
@ExtendWith(GleanerServerExtension.class)
class RoundScheduleConsoleIT {

    @Test
    void aScheduleIsSetExplainedPausedAndRemoved(GleanerServer server, @TempDir Path folder) {
        Scheduling schedule = new Scheduling(server, folder.resolve("shapes"));
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/rounds?project=" + schedule.project);
            browser.awaitText("#schedule", "Rounds begin when somebody orders them.");
            browser.button("Set a schedule").click();
            write(browser, "cron", "*/5 * * * *");
            write(browser, "zone", "Europe/Berlin");
            write(browser, "reviewedBoxes", "40");
            write(browser, "drift", "0.25");
            browser.find("input[name=promote]").click();
            browser.pictures("schedule-form");
            browser.button("Save the schedule").click();
            browser.awaitText("#schedule [role=alert]", "times at least an hour apart");
            assertThat(browser.find("#schedule .badge.bad").getText()).contains("an hour apart");
            browser.find("select[name=times] option[value='0 3 * * 6']").click();
            browser.button("Save the schedule").click();

            browser.awaitText("#schedule-reason", "0 of 40 reviewed boxes");
            browser.awaitText("#schedule dl", "Every Saturday at 3");
            JsonNode set = schedule.get();
            assertThat(set.get("cron").textValue()).isEqualTo("0 3 * * 6");
            assertThat(set.get("zone").textValue()).isEqualTo("Europe/Berlin");
            assertThat(set.at("/triggers/reviewedBoxes").intValue()).isEqualTo(40);
            assertThat(set.at("/triggers").has("newImages")).isFalse();
            assertThat(set.at("/triggers/drift").doubleValue()).isEqualTo(0.25);
            assertThat(set.at("/round/dataset").longValue()).isEqualTo(schedule.dataset);
            assertThat(set.at("/round/promote").booleanValue()).isFalse();
            browser.pictures("schedule");

            browser.button("Pause").click();
            browser.awaitText("#schedule-reason", "paused by administrator");
            browser.button("Resume").click();
            browser.awaitText("#schedule .badge", "not due");
            browser.button("Change").click();
            assertThat(browser.find("input[name=reviewedBoxes]").getAttribute("value")).isEqualTo("40");
            write(browser, "reviewedBoxes", "60");
            browser.button("Save the schedule").click();
            browser.awaitText("#schedule dl", "0 of 60");

            browser.button("Remove").click();
            browser.driver().switchTo().alert().accept();
            browser.awaitText("#schedule", "Rounds begin when somebody orders them.");
            server.get(schedule.path()).expect(204);
            // The expression that was refused on purpose, and nothing else.
            assertThat(browser.complaints()).hasSize(1).first().asString().contains("round-schedule", "400");
        }
    }

    private static void write(Browser browser, String name, String text) {
        WebElement input = browser.find("input[name=" + name + "]");
        input.sendKeys(Keys.chord(Keys.CONTROL, "a"), text);
    }
}

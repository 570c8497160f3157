package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

/** The pages of fine-tunes in a real browser. Leaves a picture of each, in light and dark. */
@ExtendWith(GleanerServerExtension.class)
class FineTuneConsoleIT {

    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    private static Tuning tuning;
    private static long shapes;

    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path folder) throws IOException {
        Files.createDirectories(SCREENSHOTS);
        tuning = new Tuning(server);
        shapes = tuning.register("shapes", Shapes.draw(folder.resolve("shapes"), 12, 41));
    }

    @Test
    void aFineTuneIsOrderedWatchedStoppedAndGoesOnToItsModelVersion(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            signIn(browser, server);
            browser.open(server, "/datasets/" + shapes);
            browser.find("a[href='/train/new?dataset=" + shapes + "']").click();
            browser.awaitText("h1", "New fine-tune");
            browser.await(() -> browser.find("input[name=name]").getAttribute("value").equals("tiny on shapes"));
            picture(browser, "new-fine-tune");
            browser.find("select[name=length] option[value=steps]").click();
            browser.find("input[name=amount]").sendKeys("60");
            browser.find("form details summary").click();
            browser.find("input[name=batch]").sendKeys("0");
            button(browser, "Start the training").click();
            browser.awaitText("[role=alert]", "batch");
            picture(browser, "new-fine-tune-settings");
            browser.find("input[name=batch]").clear();
            browser.find("input[name=batch]").sendKeys("1");
            button(browser, "Start the training").click();

            browser.awaitText("h1", "tiny on shapes");
            browser.find("#losses gl-plot canvas");
            long id = Long.parseLong(browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            button(browser, "Stop").click();
            browser.awaitText(".badge", "stopped");
            picture(browser, "fine-tune-stopped");
            int stopped = tuning.get(id).get("step").intValue();
            assertThat(stopped).isBetween(1, 59);
            assertThat(browser.find("#done").getText()).isEqualTo(stopped + " of 60");
            button(browser, "Go on from the last checkpoint").click();

            browser.awaitText(".badge", "completed");
            browser.awaitText("#result h2", "tiny on shapes");
            assertThat(browser.find("#done").getText()).isEqualTo("60 of 60");
            assertThat(browser.findAll("#losses .u-legend .u-series")).as("the steps, and four losses").hasSize(5);
            JsonNode view = tuning.await(id, "is compared", fineTune -> fineTune.at("/after/figures").isObject() && fineTune.at("/before/figures").isObject());
            browser.await(() -> !browser.find("td[data-after=ap]").getText().equals("–") && !browser.find("td[data-before=ap]").getText().equals("–"));
            for (String figure : List.of("ap", "ap50", "ar")) {
                assertThat(browser.find("td[data-after=" + figure + "]").getText()).isEqualTo(points(view.at("/after/figures/" + figure)));
                assertThat(browser.find("td[data-before=" + figure + "]").getText()).isEqualTo(points(view.at("/before/figures/" + figure)));
            }
            assertThat(browser.find("#comparison").getText()).contains("Evaluation " + view.at("/after/evaluation"));
            picture(browser, "fine-tune");
            browser.findAll("#losses .tabs button").stream().filter(tab -> tab.getText().equals("Linear")).findFirst().orElseThrow().click();
            browser.find("#losses gl-plot canvas");
            button(browser, "Promote it").click();
            browser.awaitText("#result .badge", "champion");

            browser.open(server, "/train");
            browser.awaitText("table", "tiny on shapes");
            picture(browser, "fine-tunes");
            browser.open(server, "/models");
            browser.awaitText("#model-" + view.get("modelVersion"), "Trained from");
            assertThat(browser.find("#model-" + view.get("modelVersion")).getText()).contains("tiny");
            browser.find("#model-" + view.get("modelVersion") + " a[href^='/train/new']").click();
            browser.await(() -> browser.find("input[name=name]").getAttribute("value").equals("tiny on shapes on shapes"));
            // The order that was refused on purpose, and nothing else.
            assertThat(browser.complaints()).hasSize(1).first().asString().contains("fine-tunes", "400");
        }
    }

    static String points(JsonNode figure) {
        return figure.isMissingNode() ? "–" : String.format(Locale.ROOT, "%.1f", figure.doubleValue() * 100);
    }

    private static WebElement button(Browser browser, String text) {
        browser.await(() -> browser.findAll("button").stream().anyMatch(button -> button.getText().equals(text)));
        return browser.findAll("button").stream().filter(button -> button.getText().equals(text)).findFirst().orElseThrow();
    }

    /** The whole page, in both themes. */
    static void picture(Browser browser, String name) {
        long height = ((Number) browser.driver().executeScript("return document.documentElement.scrollHeight")).longValue();
        browser.driver().executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", 1280, "height", Math.max(900, height), "deviceScaleFactor", 1, "mobile", false));
        for (String theme : List.of("dark", "light")) {
            browser.driver().executeCdpCommand("Emulation.setEmulatedMedia",
                    Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
            browser.screenshot(SCREENSHOTS.resolve(name + (theme.equals("dark") ? "-dark" : "") + ".png"));
        }
        browser.driver().executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    static void signIn(Browser browser, GleanerServer server) {
        browser.open(server, "/");
        browser.find("input[name=token]").sendKeys(server.token());
        browser.find("form button").click();
        browser.awaitText("h1", "Overview");
    }
}

package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Shapes;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The pages of fine-tunes in a real browser. Leaves a picture of each, in light and dark. */
@ExtendWith(GleanerServerExtension.class)
class FineTuneConsoleIT {

    private static Tuning tuning;
    private static long shapes;

    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path folder) {
        tuning = new Tuning(server);
        shapes = tuning.register("shapes", Shapes.draw(folder.resolve("shapes"), 12, 41));
    }

    @Test
    void aFineTuneIsOrderedWatchedStoppedAndGoesOnToItsModelVersion(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/datasets/" + shapes);
            browser.find("a[href='/train/new?dataset=" + shapes + "']").click();
            browser.awaitText("h1", "New fine-tune");
            browser.await(() -> browser.find("input[name=name]").getAttribute("value").equals("tiny on shapes"));
            browser.pictures("new-fine-tune");
            browser.find("select[name=length] option[value=steps]").click();
            browser.find("input[name=amount]").sendKeys("60");
            browser.find("form details summary").click();
            browser.find("input[name=batch]").sendKeys("0");
            browser.button("Start the training").click();
            browser.awaitText("[role=alert]", "batch");
            browser.pictures("new-fine-tune-settings");
            browser.find("input[name=batch]").clear();
            browser.find("input[name=batch]").sendKeys("1");
            browser.button("Start the training").click();

            browser.awaitText("h1", "tiny on shapes");
            browser.find("#losses gl-plot canvas");
            long id = Long.parseLong(browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            browser.button("Stop").click();
            browser.awaitText(".badge", "stopped");
            browser.pictures("fine-tune-stopped");
            int stopped = tuning.get(id).get("step").intValue();
            assertThat(stopped).isBetween(1, 59);
            assertThat(browser.find("#done").getText()).isEqualTo(stopped + " of 60");
            browser.button("Go on from the last checkpoint").click();

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
            browser.pictures("fine-tune");
            browser.findAll("#losses .tabs button").stream().filter(tab -> tab.getText().equals("Linear")).findFirst().orElseThrow().click();
            browser.find("#losses gl-plot canvas");
            browser.button("Promote it").click();
            browser.awaitText("#result .badge", "champion");

            browser.open(server, "/train");
            browser.awaitText("table", "tiny on shapes");
            browser.pictures("fine-tunes");
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
}

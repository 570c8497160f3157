package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The pages of self-training rounds in a real browser. Leaves pictures of them. */
@ExtendWith(GleanerServerExtension.class)
class RoundConsoleIT {

    /** So many that the tiny model gets better beyond doubt. */
    private static final int IMPROVING = 120;

    @Test
    void aRoundIsOrderedWatchedStoppedAndExplained(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 6);
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/rounds?project=" + rounds.evaluating.get("/api/datasets/" + rounds.gold).get("project"));
            browser.awaitText(".empty h2", "No round yet");
            browser.open(server, "/datasets/" + rounds.gold);
            browser.find("a[href='/rounds/new?dataset=" + rounds.gold + "']").click();
            browser.awaitText("h1", "New round");
            browser.find("#selection");
            assertThat(browser.findAll("#selection input[name=strategy]")).hasSize(7);
            assertThat(checked(browser, "strategy")).containsExactly("agreement", "gold");
            assertThat(checked(browser, "unlabelled")).as("the folder of images without boxes").containsExactly(Long.toString(rounds.open));
            browser.find("select[name=heldOut] option[value=dataset]").click();
            browser.find("select[name=gold] option[value='" + rounds.heldOut + "']").click();
            browser.find("input[name=agreement-least]").sendKeys("0.6");
            // More than so short a training can bring.
            browser.find("input[name=margin]").sendKeys(Keys.BACK_SPACE, "50");
            browser.pictures("new-round");
            browser.find("form details summary").click();
            browser.find("select[name=length] option[value=steps]").click();
            browser.find("input[name=amount]").sendKeys("40");
            browser.find("input[name=batch]").sendKeys("1");
            browser.find("input[name=scales]").sendKeys("1");
            browser.button("Start the round").click();
            browser.awaitText("[role=alert]", "teacher.scales[0]");
            assertThat(browser.find("form details .badge.bad").getText()).contains("other than 1");
            browser.pictures("new-round-refused");
            browser.find("input[name=scales]").sendKeys(Keys.BACK_SPACE);
            browser.button("Start the round").click();

            browser.awaitText("h1", "round ");
            long id = Long.parseLong(browser.driver().getCurrentUrl().replaceFirst(".*/", ""));
            browser.find("[data-phase=TRAINING].now progress");
            browser.button("Stop").click();
            browser.awaitText(".badge", "stopped");
            browser.awaitText("[data-phase=TRAINING]", "stopped");
            assertThat(rounds.get(id).get("status").textValue()).isEqualTo("STOPPED");
            browser.pictures("round-stopped");
            browser.button("Go on where it was").click();
            browser.awaitText(".badge", "completed");
            browser.find("#decision");

            JsonNode round = rounds.get(id);
            assertThat(round.at("/settings/selection/0/least").doubleValue()).isEqualTo(0.6);
            assertThat(round.at("/settings/gold").longValue()).isEqualTo(rounds.heldOut);
            assertThat(round.at("/settings/gate/margin").doubleValue()).isEqualTo(0.5);
            assertThat(round.get("decision").textValue()).isEqualTo("REFUSED");
            browser.awaitText("#decision h2", "Refused by the gate");
            assertThat(browser.find("#decision").getText()).contains(round.at("/reasons/0").textValue());
            browser.awaitText("#candidate .badge", "rejected");
            assertSlicesAreShown(browser, round);
            assertSelectionIsShown(browser, rounds, round);
            browser.button("Held out (10)").click();
            browser.await(() -> browser.findAll("#samples a.tile").size() == 10);
            assertThat(browser.findAll("#samples a.tile g.box")).as("their gold").hasSize(20);
            browser.button("Gold to train on (12)").click();
            browser.await(() -> browser.findAll("#samples a.tile").size() == 12);
            browser.button("For the teacher (6)").click();
            browser.find("#sample");
            assertThat(browser.findAll("#losses .u-legend .u-series")).hasSize(5);
            assertThat(browser.find("#how").getText()).contains("held out", "open", "overlap (IoU) 0.6", "Fine-tune " + round.get("fineTune"));
            browser.pictures("round");

            browser.find("a[href='/rounds?project=" + round.get("project") + "']").click();
            browser.awaitText("table", "refused");
            assertThat(browser.findAll("tbody tr")).as("of this project").hasSize(1);
            browser.pictures("rounds");
            browser.open(server, "/models");
            browser.awaitText("#model-" + round.get("candidate"), round.at("/reasons/0").textValue());
            // The order that was refused on purpose, and nothing else.
            assertThat(browser.complaints()).hasSize(1).first().asString().contains("training-rounds", "400");
        }
    }

    @Test
    void aPromotedStudentIsComparedAndRolledBack(GleanerServer server, @TempDir Path folder) {
        Rounds rounds = new Rounds(server, folder, 4);
        long id = rounds.start(rounds.order(IMPROVING, Map.of("name", "better", "selection", List.of(Map.of("strategy", "fixed", "least", 0.99)))));
        JsonNode round = rounds.awaitCompleted(id);
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/rounds/" + id);
            browser.awaitText("#decision h2", "Promoted by the gate");
            browser.awaitText("#candidate .badge", "champion");
            assertThat(browser.find("tr[data-slice=all]").getText()).contains("better");
            browser.pictures("round-promoted");
            browser.button("Roll back").click();
            browser.awaitText("#candidate .badge", "retired");
            assertThat(rounds.modelVersion(round.get("champion")).get("status").textValue()).isEqualTo("CHAMPION");
            browser.button("Promote").click();
            browser.awaitText("#candidate .badge", "champion");
            browser.find("#candidate a.button").click();
            browser.awaitText("h1", "Compare two versions");
            browser.find("select[name=a] option[value='" + round.get("champion") + "']:checked");
            browser.find("select[name=b] option[value='" + round.get("candidate") + "']:checked");
            browser.button("Compare").click();
            browser.awaitText("#done", "12 of 12");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void assertSlicesAreShown(Browser browser, JsonNode round) {
        JsonNode all = round.get("comparison");
        assertThat(browser.findAll("#comparison tbody tr")).hasSize(1 + all.get("slices").size());
        assertThat(browser.findAll("#comparison tbody svg.interval line.range")).hasSize(1 + all.get("slices").size());
        assertThat(browser.find("tr[data-slice=all]").getText()).contains(points(all.get("before")), points(all.get("after")), "not enough");
        for (JsonNode slice : all.get("slices")) {
            assertThat(browser.find("tr[data-slice='" + slice.get("slice").textValue() + "']").getText())
                    .contains(slice.get("name").textValue(), points(slice.get("before")), points(slice.get("after")));
        }
    }

    private static void assertSelectionIsShown(Browser browser, Rounds rounds, JsonNode round) {
        for (JsonNode category : round.get("selection")) {
            List<String> row = browser.findAll("tr[data-category=" + category.get("name").textValue() + "] td").stream().map(WebElement::getText)
                    .map(text -> text.replace(",", "")).toList();
            assertThat(row).containsExactly(category.get("name").textValue(), category.get("found").asText(), category.at("/dropped/agreement").asText("0"),
                    category.at("/dropped/gold").asText("0"), category.get("selected").asText(), threshold(category.at("/thresholds/0")));
        }
        JsonNode sample = rounds.samples(round.get("id").longValue()).get(0);
        List<JsonNode> boxes = StreamSupport.stream(sample.get("boxes").spliterator(), false).toList();
        long selected = boxes.stream().filter(box -> box.get("selected").booleanValue()).count();
        browser.driver().executeScript("const slider = document.querySelector('#samples input[type=range]'); slider.value = 0; slider.dispatchEvent(new Event('input'));");
        browser.awaitText("#samples output", "0%");
        browser.find("#samples button[data-image='" + sample.at("/image/id") + "']").click();
        browser.find("#sample");
        assertThat(browser.findAll("#sample g.box.dropped")).hasSize((int) (boxes.size() - selected));
        assertThat(browser.findAll("#sample g.box:not(.dropped)")).hasSize((int) selected);
        assertThat(browser.find("#samples button[data-image='" + sample.at("/image/id") + "']").getText())
                .contains(selected + " selected, " + (boxes.size() - selected) + " dropped");
        boxes.stream().filter(box -> box.path("droppedBy").asText().equals("gold")).findFirst()
                .ifPresent(box -> assertThat(browser.find("#sample .choices").getText()).contains("on gold too few boxes of its category"));
        assertThat(browser.findAll("#sample g.box.dropped title").stream().map(title -> title.getAttribute("textContent"))).allMatch(title -> title.contains("dropped: "));
    }

    private static String threshold(JsonNode threshold) {
        assertThat(threshold.get("strategy").textValue()).isEqualTo("gold");
        String from = Map.of("gold", "from its gold", "pooled", "mostly from the gold of all categories").get(threshold.get("source").textValue());
        double least = threshold.get("least").doubleValue();
        return (least >= 1 ? "none is sure enough" : Math.round(100 * least) + "%") + " " + from;
    }

    private static List<String> checked(Browser browser, String name) {
        return browser.findAll("input[name=" + name + "]:checked").stream().map(input -> input.getAttribute("value")).toList();
    }

    private static String points(JsonNode figure) {
        return figure == null || figure.isNull() ? "–" : String.format(Locale.ROOT, "%.1f", figure.doubleValue() * 100);
    }
}

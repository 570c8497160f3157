package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.InvalidInput;
import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import dev.gleaner.labelstudio.BackEndJson.Event;
import dev.gleaner.labelstudio.BackEndJson.PredictCall;
import dev.gleaner.labelstudio.BackEndJson.Setup;
import dev.gleaner.labelstudio.PredictionJson.Found;
import dev.gleaner.labelstudio.PredictionJson.Prediction;
import dev.gleaner.labelstudio.TaskJson.Region;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelStudioJsonTest {

    @Test
    void readsSetupAndTellsNobodyItsToken() {
        Setup setup = BackEndJson.setup(Recorded.body("setup"));

        assertThat(setup.project()).isEqualTo("1.1795432723");
        assertThat(setup.hostname()).isEqualTo("http://localhost:8080");
        assertThat(setup.token()).isEqualTo("0123456789abcdef0123456789abcdef01234567");
        assertThat(setup.threshold()).contains(0.3);
        assertThat(setup.toString()).doesNotContain(setup.token());
    }

    @Test
    void readsABatch() {
        PredictCall call = BackEndJson.predict(Recorded.body("predict"));

        assertThat(call.project()).isEqualTo("1.1795432723");
        assertThat(call.interactive()).isNull();
        assertThat(call.tasks()).hasSize(6);
        assertThat(call.tasks().get(1).id()).isEqualTo(2);
        assertThat(call.tasks().get(1).address("image")).isEqualTo("/data/upload/1/9789f95b-shape_2.png");
    }

    @Test
    void readsWhatAnAnnotatorTypedOrDrew() {
        assertThat(BackEndJson.predict(Recorded.body("interactive-prompt")).interactive().texts()).isEqualTo(Map.of("prompt", "red box . blue box"));

        List<Region> drawn = BackEndJson.predict(Recorded.body("interactive-box")).interactive().regions();
        assertThat(drawn).hasSize(1);
        assertThat(drawn.get(0).label()).isEqualTo("dog");
        assertThat(drawn.get(0).box(160, 120)).isEqualTo(Box.xywh(16, 12, 48, 36));
    }

    @Test
    void readsEventsInTheSingularAndThePlural() {
        Event one = BackEndJson.event(Recorded.body("annotation-created"));
        assertThat(one.action()).isEqualTo("ANNOTATION_CREATED");
        assertThat(one.project()).as("the same as setup's").isEqualTo("1.1795432723");
        assertThat(one.annotations()).hasSize(1);
        assertThat(one.annotations().get(0).seconds()).isEqualTo(4.2);
        assertThat(one.annotations().get(0).annotator()).isEqualTo(1);
        assertThat(one.annotations().get(0).updatedAt()).isEqualTo(Instant.parse("2026-11-23T11:18:44.726079Z"));
        assertThat(one.annotations().get(0).regions()).as("the text is none").extracting(Region::label).containsExactly("cat", "car");
        assertThat(one.tasks().get(0).address("image")).isEqualTo("/data/upload/1/d7cdc430-shape_3.png");

        assertThat(BackEndJson.event(Recorded.body("annotation-skipped")).annotations().get(0).cancelled()).isTrue();
        Event many = BackEndJson.event(Recorded.body("annotations-created"));
        assertThat(many.annotations()).extracting(TaskJson.Annotation::task).containsExactly(5L, 6L);
        assertThat(many.tasks()).hasSize(2);
        assertThat(BackEndJson.event(Recorded.body("annotations-deleted")).deleted()).containsExactly(1L);
        assertThat(BackEndJson.event(Recorded.body("start-training")).annotations()).isEmpty();
    }

    @Test
    void keepsNoSecretsOfAnEvent() {
        byte[] body = Recorded.body("annotation-created");
        assertThat(new String(body, StandardCharsets.UTF_8)).contains("WqtVT6CW1DYJey9cmGDgzktTrUSTcN08NEs6Ofap");

        String kept = BackEndJson.withoutSecrets(body);

        assertThat(kept).doesNotContain("WqtVT6CW1DYJey9cmGDgzktTrUSTcN08NEs6Ofap").doesNotContain("task_data_password");
        assertThat(BackEndJson.event(kept.getBytes(StandardCharsets.UTF_8))).isEqualTo(BackEndJson.event(body));
    }

    @Test
    void answersWithAnEntryForEachTaskAndSizesEverywhere() throws IOException {
        Found found = new Found("id", "label", "image", new PixelSize(160, 120), "dog", Box.xywh(16, 12, 48, 36), 0.75);
        Found beyond = new Found("id2", "label", "image", new PixelSize(160, 120), "dog", Box.xywh(-8, 0, 176, 120), Double.NaN);

        JsonNode answer = new ObjectMapper().readTree(BackEndJson.results(List.of(new Prediction(1, "v", List.of(found, beyond)),
                new Prediction(2, "v", null), new Prediction(3, "v", List.of()))));

        assertThat(answer.get("results")).hasSize(3);
        JsonNode first = answer.get("results").get(0);
        assertThat(first.get("score").asDouble()).isEqualTo(0.75);
        assertThat(first.get("model_version").asText()).isEqualTo("v");
        assertThat(first.get("result").get(0)).isEqualTo(new ObjectMapper().readTree("""
                {"id":"id","from_name":"label","to_name":"image","type":"rectanglelabels","original_width":160,"original_height":120,"image_rotation":0,
                "score":0.75,"value":{"x":10.0,"y":10.0,"width":30.0,"height":30.0,"rotation":0,"rectanglelabels":["dog"]}}"""));
        assertThat(first.get("result").get(1).get("score").asDouble()).as("finite").isZero();
        assertThat(first.get("result").get(1).get("value").get("x").asDouble()).isZero();
        assertThat(first.get("result").get(1).get("value").get("width").asDouble()).isEqualTo(100);
        assertThat(answer.get("results").get(1)).as("deferred").isEqualTo(new ObjectMapper().readTree("[]"));
        assertThat(answer.get("results").get(2).get("result")).as("nothing found").isEmpty();
    }

    @Test
    void putsTurnedRectanglesUpright() {
        // 20 x 10 pixels in an image of 200 x 100, turned by a right angle about (100, 50): 10 x 20 to the left of it.
        String turned = """
                {"action":"ANNOTATION_CREATED","project":{"id":1},"annotation":{"id":1,"task":1,"updated_at":"2026-11-23T11:18:44Z","result":[
                {"type":"rectanglelabels","original_width":200,"original_height":100,"value":{"x":50,"y":50,"width":10,"height":10,"rotation":90,"rectanglelabels":["a"]}}]}}""";

        Box box = BackEndJson.event(turned.getBytes(StandardCharsets.UTF_8)).annotations().get(0).regions().get(0).box(200, 100);

        assertThat(box.x()).isCloseTo(90, within(1e-9));
        assertThat(box.y()).isCloseTo(50, within(1e-9));
        assertThat(box.width()).isCloseTo(10, within(1e-9));
        assertThat(box.height()).isCloseTo(20, within(1e-9));
    }

    @Test
    void readsAnExport() {
        Map<TaskJson.Annotation, TaskJson.Task> exported = InterfaceJson.exported(Recorded.body("export"));

        assertThat(exported).isNotEmpty();
        exported.forEach((annotation, task) -> assertThat(annotation.task()).isEqualTo(task.id()));
        assertThat(exported.keySet().iterator().next().regions()).extracting(Region::label).containsExactly("person", "dog");
    }

    @Test
    void refusesOtherThings() {
        assertThatThrownBy(() -> BackEndJson.predict(bytes("{\"tasks\": 3}"))).isInstanceOf(InvalidInput.class).hasMessageContaining("tasks is \"3\"");
        assertThatThrownBy(() -> BackEndJson.predict(bytes("{\"tasks\": [{\"id\": \"x\"}]}"))).isInstanceOf(InvalidInput.class).hasMessageContaining("tasks");
        assertThatThrownBy(() -> BackEndJson.setup(bytes("{}"))).isInstanceOf(InvalidInput.class).hasMessageContaining("project");
        assertThatThrownBy(() -> BackEndJson.event(bytes("[]"))).isInstanceOf(InvalidInput.class).hasMessageContaining("action");
        assertThatThrownBy(() -> BackEndJson.setup(bytes("{\"access_token\": \"secret\""))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("well-formed JSON").hasMessageNotContaining("secret");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformTask;
import dev.gleaner.platform.StandInServer.Mishap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tasks come from a stand-in for Label Studio, and predictions go there, through HTTP and a real database. */
class LabelStudioWorkTest extends ConnectedLabelStudioTest {

    LabelStudioWorkTest() {
        super(Duration.ofSeconds(20));
    }

    @Test
    void tasksBecomeADatasetAndProposalsPredictions() throws Exception {
        PlatformConnection known = imported(3);
        assertThat(in(() -> new DatasetRepository(database.entities()).find(known.datasetId().orElseThrow())).orElseThrow().imageCount()).isEqualTo(3);
        propose(known, 2, 10);
        foundNothing(known, 1, null);
        foundNothing(known, 3, "cannot be decoded");

        push(known);

        assertThat(labelStudio.predictionCount()).as("nobody looked at the third").isEqualTo(2);
        assertThat(labelStudio.predictions(3)).isEmpty();
        assertThat(known(known).lastEvent().orElseThrow()).contains("left out 1 tasks");
        assertThat(labelStudio.calls().stream().filter(call -> call.contains("import/predictions"))).as("in bulk").hasSize(1);
        JsonNode prediction = labelStudio.predictions(2).get(0);
        assertThat(prediction.get("model_version").asText()).isEqualTo("tiny (Gleaner " + model + ")");
        assertThat(prediction.get("score").asDouble()).isEqualTo(0.75);
        JsonNode region = prediction.get("result").get(0);
        assertThat(region.get("original_width").asInt()).isEqualTo(102);
        assertThat(region.get("value").get("y").asDouble()).isEqualTo(10);
        assertThat(region.get("value").get("rectanglelabels").get(0).asText()).isEqualTo("dog");
        assertThat(labelStudio.predictions(1).get(0).get("result")).as("a run found nothing").isEmpty();
        assertThat(counts(known)).isEqualTo(Map.of("SENT", 2L, "KNOWN", 1L));
    }

    /** A run came to the image of a task. @param quarantine why it could not label it; null if it found nothing on it */
    private void foundNothing(PlatformConnection known, long task, String quarantine) throws Exception {
        in(() -> database.entities().createNativeQuery("with run as (insert into labeling_runs (dataset_id, model_version_id, prompts, thresholds, status, total)"
                + " values (:dataset, :model, '[]', '{}', 'COMPLETED', 1) returning id) insert into labeling_results (run_id, image_id, proposals, quarantine)"
                + " select id, :image, 0, " + (quarantine == null ? "null" : "'" + quarantine + "'") + " from run").setParameter("dataset", known.datasetId().orElseThrow()).setParameter("model", model)
                .setParameter("image", platform.images.imageOf(known.id(), String.valueOf(task), "image").orElseThrow()).executeUpdate());
    }

    @Test
    void onlyWhatChangedIsSentAgain() throws Exception {
        PlatformConnection known = imported(3);
        for (int task = 1; task <= 3; task++) {
            propose(known, task, 10);
        }
        push(known);
        propose(known, 2, 30);
        int before = labelStudio.calls().size();

        push(known);

        assertThat(labelStudio.calls().subList(before, labelStudio.calls().size())).containsExactly("GET /api/projects/1", "GET /api/predictions/", "PATCH /api/predictions/2/");
        assertThat(labelStudio.predictionCount()).isEqualTo(3);
        assertThat(labelStudio.predictions(2).get(0).get("result")).hasSize(1);
    }

    @Test
    void whatWasRefusedIsSentLater() throws Exception {
        PlatformConnection known = imported(2);
        propose(known, 1, 10);
        propose(known, 2, 10);
        labelStudio.next(Mishap.REFUSED);
        push(known);
        assertThat(labelStudio.predictionCount()).isZero();
        assertThat(in(() -> platform.connections.get(known.id())).error().orElseThrow()).contains("answers 503");
        assertThat(in(() -> platform.work.handleTasks())).as("not at once").isZero();

        letTimePass();

        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(in(() -> platform.connections.get(known.id())).error()).isEmpty();
    }

    @Test
    void whatMayHaveBeenSentIsNotThereTwice() throws Exception {
        PlatformConnection known = imported(2);
        propose(known, 1, 10);
        propose(known, 2, 10);
        labelStudio.next(Mishap.LOST_ANSWER);
        push(known);
        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENDING", 2L));

        letTimePass();

        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("SENT", 2L));
    }

    private static PlatformTask task(long number) {
        return new PlatformTask(String.valueOf(number), Map.of("image", "/data/upload/1/" + number + ".png"));
    }

    private void answered(PlatformConnection known, long number) throws Exception {
        labelStudio.predicted(number, "tiny (Gleaner " + model + ")");
        in(() -> {
            platform.tasks.answered(known.id(), List.of(task(number)));
            return null;
        });
    }

    @Test
    void whatWasAnsweredInACallIsNotThereTwiceAfterAPush() throws Exception {
        PlatformConnection known = imported(2);
        propose(known, 1, 10);
        propose(known, 2, 10);
        answered(known, 1);

        push(known);
        push(known);

        assertThat(labelStudio.predictions(1)).singleElement().satisfies(there -> assertThat(there.get("result")).hasSize(1));
        assertThat(labelStudio.predictions(2)).hasSize(1);
        assertThat(counts(known)).isEqualTo(Map.of("SENT", 2L));
    }

    @Test
    void whatIsAnsweredWhileItWaitsIsNotThereTwice() throws Exception {
        PlatformConnection known = imported(2);
        propose(known, 1, 10);
        propose(known, 2, 10);
        in(() -> platform.service.push(NAME, known.id()));
        assertThat(in(() -> platform.tasks.take(known.id()))).hasSize(2);
        answered(known, 1);

        Set<String> left = in(() -> platform.tasks.sending(known.id(), List.of("1", "2"), true));

        assertThat(left).as("task 1 is there").containsExactly("2");
        work();
        assertThat(labelStudio.predictions(1)).as("what somebody ordered is sent nevertheless").singleElement()
                .satisfies(there -> assertThat(there.get("result")).hasSize(1));
    }

    @Test
    void aTaskThatWasPutOffAndAnsweredMeanwhileIsNotSent() throws Exception {
        PlatformConnection known = imported(1);
        in(() -> {
            platform.tasks.defer(known.id(), List.of(task(1)));
            return platform.tasks.take(known.id());
        });
        answered(known, 1);

        assertThat(in(() -> platform.tasks.sending(known.id(), List.of("1"), false))).isEmpty();
        in(() -> {
            platform.tasks.failed(known.id(), List.of("1"), "too late", Duration.ZERO);
            return null;
        });
        assertThat(counts(known)).isEqualTo(Map.of("KNOWN", 1L));
        assertThat(in(() -> platform.tasks.take(known.id()))).isEmpty();
    }

    @Test
    void importingTasksCancelsNothingThatWaits() throws Exception {
        PlatformConnection known = imported(2);
        propose(known, 1, 10);
        propose(known, 2, 10);
        in(() -> platform.service.push(NAME, known.id()));
        in(() -> platform.service.importTasks(NAME, known.id()));
        assertThat(counts(known)).isEqualTo(Map.of("DEFERRED", 2L));

        work();

        assertThat(labelStudio.predictionCount()).isEqualTo(2);
        assertThat(counts(known)).isEqualTo(Map.of("SENT", 2L));
    }

    @Test
    void manyTasksComeInPages() throws Exception {
        PlatformConnection known = imported(101);
        in(() -> database.entities().createNativeQuery("update platform_tasks set status = 'FETCHING', due_at = now()").executeUpdate());
        database.entities().clear();
        assertThat(in(() -> platform.work.handleTasks(Duration.ofMinutes(5)))).as("many times as many as are taken at once").isEqualTo(101);

        assertThat(in(() -> platform.tasks.counts(known.id()))).isEqualTo(Map.of("KNOWN", 101L));
        assertThat(labelStudio.calls().stream().filter(call -> call.startsWith("GET /data/upload"))).hasSize(101);
        assertThat(in(() -> platform.service.importTasks(NAME, known.id()))).isEqualTo(101);
        work();
        assertThat(labelStudio.calls().stream().filter(call -> call.startsWith("GET /data/upload"))).as("none is fetched again").hasSize(101);
    }

    @Test
    void lostEventsAreMadeGoodByLooking() throws Exception {
        labelStudio.image("/data/upload/1/18f784a3-shape_1.png", picture(160, 120));
        labelStudio.export(new String(Recorded.body("export"), StandardCharsets.UTF_8));
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), StandInLabelStudio.LEGACY, "1"));
        InterfaceJson.exported(Recorded.body("export")).values().forEach(task -> {
            try {
                labelStudio.image(task.address("image"), picture(160, 120));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        poll();

        long image = in(() -> platform.images.imageOf(known.id(), "1", "image")).orElseThrow();
        assertThat(in(() -> database.entities().createNativeQuery("select count(*) from annotations where status = 'ACCEPTED' and image_id = " + image, Long.class)
                .getSingleResult())).isEqualTo(2L);
        assertThat(in(() -> platform.connections.takePolls())).as("not again so soon").isEmpty();
    }

    @Test
    void imagesThatAreGoneHoldUpNoOtherDecisions() throws Exception {
        labelStudio.export(exported(8));
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), StandInLabelStudio.LEGACY, "1"));
        labelStudio.image("/data/upload/1/7.png", "no picture".getBytes(StandardCharsets.UTF_8));
        labelStudio.image("/data/upload/1/8.png", picture(160, 120));

        poll();

        assertThat(accepted(known, 8)).isEqualTo(1);
        assertThat(known(known).error().orElseThrow()).contains("7 of 8 decisions could not be taken", "task 1: ");

        labelStudio.image("/data/upload/1/1.png", picture(160, 120));
        int before = labelStudio.calls().size();
        pollAgain();
        assertThat(accepted(known, 1)).isEqualTo(1);
        assertThat(known(known).error().orElseThrow()).contains("6 of 7 decisions");
        assertThat(labelStudio.calls().subList(before, labelStudio.calls().size())).as("what is here is not fetched again").doesNotContain("GET /data/upload/1/8.png");
    }

    @Test
    void lostDeletionsAreMadeGoodByLooking() throws Exception {
        labelStudio.export(exported(3));
        for (int task = 1; task <= 3; task++) {
            labelStudio.image("/data/upload/1/" + task + ".png", picture(160, 120));
        }
        PlatformConnection known = in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), StandInLabelStudio.LEGACY, "1"));
        poll();
        assertThat(accepted(known, 1) + accepted(known, 2) + accepted(known, 3)).isEqualTo(3);

        labelStudio.export(exported(2));
        labelStudio.answer("GET /api/projects/1/export", 503, Map.of(), "{}");
        pull(known);
        assertThat(accepted(known, 3)).as("nothing was read").isEqualTo(1);
        labelStudio.answerAsUsual();
        pull(known);
        assertThat(accepted(known, 3)).as("the task is gone").isZero();
        assertThat(accepted(known, 1) + accepted(known, 2)).isEqualTo(2);

        labelStudio.export(exported(2).replaceFirst("updated_at\":\"[^\"]*(.*?annotations\":)", "updated_at\":\"2099-01-01T00:00:00Z$1[],\"gone\":"));
        pollAgain();
        assertThat(accepted(known, 1)).as("only what changed is asked for").isZero();
        assertThat(accepted(known, 2)).isEqualTo(1);
        assertThat(known(known).error()).isEmpty();
    }

    /** An export of that many tasks, each with one annotation of the number 100 above its own. */
    private static String exported(int tasks) {
        return IntStream.rangeClosed(1, tasks).mapToObj(i -> ("{'id':%d,'updated_at':'2026-11-23T12:00:00Z','data':{'image':'/data/upload/1/%d.png'},'annotations':[{'id':%d,"
                + "'updated_at':'2026-11-23T12:00:00Z','was_cancelled':false,'result':[{'id':'a','type':'rectanglelabels','from_name':'label','to_name':'image',"
                + "'original_width':160,'original_height':120,'value':{'x':10,'y':10,'width':20,'height':20,'rotation':0,'rectanglelabels':['dog']}}]}]}")
                .formatted(i, i, 100 + i).replace('\'', '"')).collect(Collectors.joining(",", "[", "]"));
    }

    private long accepted(PlatformConnection known, long task) throws Exception {
        long image = in(() -> platform.images.imageOf(known.id(), String.valueOf(task), "image")).orElseThrow();
        return ((Number) in(() -> database.entities().createNativeQuery("select count(*) from annotations where status = 'ACCEPTED' and image_id = " + image, Long.class)
                .getSingleResult())).longValue();
    }

    @Test
    void aWrongTokenConnectsNothing() throws Exception {
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), labelStudio.address(), "wrong", "1"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("answers 401").hasMessageNotContaining("wrong\"");
        assertThatThrownBy(() -> in(() -> platform.service.connect(NAME, project.name(), "label-studio", "token", "1"))).isInstanceOf(InvalidInput.class).hasMessageContaining("url");
        assertThat(in(() -> platform.service.all(NAME))).isEmpty();
    }
}

package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.InvalidInput;
import dev.gleaner.cvat.CvatAgent.Post;
import dev.gleaner.cvat.CvatClient.Refused;
import dev.gleaner.platform.StandInServer.Mishap;
import dev.gleaner.platform.PlatformAccess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent at the queue of a stand-in for CVAT, through HTTP; the model is stood in for. */
class CvatAgentTest {

    private static final String TASK = "{\"type\":\"annotate_task\",\"task\":5,\"threshold\":null,\"conv_mask_to_poly\":false,\"mapping\":{}}";

    private final ScheduledExecutorService signsOfLife = Executors.newScheduledThreadPool(1);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> labeled = new CopyOnWriteArrayList<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private Runnable atFirst = () -> { };
    private StandInCvat cvat;

    /** A model that finds a box of each label on every image, as wide as the image has bytes; an image of one byte is broken, one of two is slow. */
    private final class StandInModel extends CvatFunctionService {

        @Override
        public List<CvatBox.Found> detect(long project, byte[] image, Optional<Double> threshold, Set<String> wanted) {
            labeled.add(project + " " + image.length + " " + threshold.orElse(-1.0) + " " + wanted.stream().sorted().toList());
            if (labeled.size() == 1) {
                atFirst.run();
            }
            if (image.length == 1) {
                throw new InvalidInput("image", "1 bytes", "an image that can be decoded");
            }
            if (image.length == 2) {
                await();
            }
            return wanted.stream().sorted().map(label -> new CvatBox.Found(new CvatBox(label, 0, 0, image.length, 10), 0.75)).toList();
        }

        private void await() {
            try {
                slow.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @BeforeEach
    void start() {
        cvat = new StandInCvat();
    }

    @AfterEach
    void stop() {
        slow.countDown();
        signsOfLife.shutdownNow();
        cvat.close();
    }

    private Post post(String token, long function) {
        return new Post(new PlatformAccess(Optional.of(cvat.address()), Optional.of(token)), function, 7);
    }

    private CvatAgent agent(Post post) {
        return new CvatAgent(post, new CvatClient(), new StandInModel(), signsOfLife, new CvatAgent.Pace(Duration.ofMillis(20), Duration.ofMillis(1)), told::add);
    }

    private CvatAgent agent() {
        return agent(post(StandInCvat.TOKEN, StandInCvat.FUNCTION));
    }

    private void frames(int... sizes) {
        for (int size : sizes) {
            cvat.frame(new byte[size]);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within a minute").isLessThan(deadline);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void aTaskIsLabeledWithoutItsDeletedFrames() throws IOException {
        frames(10, 11, 12);
        cvat.deleted("[1]");
        cvat.request("batch", "r1", TASK);
        agent().work();
        assertThat(labeled).containsExactly("7 10 -1.0 [disc, square]", "7 12 -1.0 [disc, square]");
        assertThat(cvat.completed()).hasSize(1);
        JsonNode result = cvat.completed().get(0);
        assertThat(result.get("ar_id").asText()).isEqualTo("r1");
        assertThat(result.get("agent_id").asText()).matches("[0-9a-f]{32}");
        JsonNode shapes = result.at("/annotations/shapes");
        assertThat(shapes).extracting(shape -> shape.get("frame") + " " + shape.get("label_id") + " " + shape.get("points") + " " + shape.get("source").asText())
                .containsExactly("0 31 [0.0,0.0,10.0,10.0] auto", "0 32 [0.0,0.0,10.0,10.0] auto", "2 31 [0.0,0.0,12.0,10.0] auto", "2 32 [0.0,0.0,12.0,10.0] auto");
        assertThat(cvat.failures()).isEmpty();
        assertThat(cvat.shapes()).as("CVAT itself adds them").isEmpty();
    }

    @Test
    void aFrameIsLabeledWithTheMappedLabelsAndTheThreshold() throws IOException {
        frames(10, 11);
        cvat.request("interactive", "r2", "{\"type\":\"annotate_frame\",\"task\":5,\"frame\":1,\"threshold\":0.25,\"mapping\":{\"cat\":{\"name\":\"square\"},"
                + "\"dog\":{\"name\":\"none of the task\"}}}");
        agent().work();
        assertThat(labeled).containsExactly("7 11 0.25 [cat]");
        assertThat(cvat.completed().get(0).at("/annotations/shapes")).extracting(shape -> shape.get("frame") + " " + shape.get("label_id")).containsExactly("1 32");
    }

    @Test
    void slowImagesAreToldToBeAtWork() throws Exception {
        frames(10, 2);
        cvat.request("batch", "r3", TASK);
        Thread working = new Thread(() -> {
            try {
                agent().work();
            } catch (IOException e) {
                told.add(e.toString());
            }
        });
        working.start();
        await(() -> cvat.updates().stream().filter(update -> update.get("progress").asDouble() == 0.5).count() >= 3);
        assertThat(cvat.updates()).allMatch(update -> update.get("ar_id").asText().equals("r3") && update.get("agent_id").asText().length() == 32);
        slow.countDown();
        working.join();
        assertThat(cvat.completed()).hasSize(1);
        assertThat(told).hasSize(1).first().asString().contains("labeled task 5");
        int updates = cvat.updates().size();
        agent().work();
        assertThat(cvat.updates()).as("no sign of life of what is done").hasSizeBetween(updates, updates + 1);
    }

    @Test
    void whoeverWaitsIsServedInTheMiddleOfATask() throws IOException {
        frames(10, 11, 12);
        cvat.request("batch", "r4", TASK);
        CvatAgent agent = agent();
        atFirst = () -> {
            cvat.request("interactive", "r5", "{\"type\":\"annotate_frame\",\"task\":5,\"frame\":2,\"threshold\":0.5,\"mapping\":{}}");
            agent.interactiveWaits();
        };
        agent.work();
        assertThat(cvat.completed()).extracting(result -> result.get("ar_id").asText()).containsExactly("r5", "r4");
        assertThat(labeled).extracting(one -> one.replaceAll(" \\[.*", "")).containsExactly("7 10 -1.0", "7 12 0.5", "7 11 -1.0", "7 12 -1.0");
    }

    @Test
    void whatFailsAtFirstIsTriedAgain() throws IOException {
        frames(10);
        cvat.next(Mishap.REFUSED, "GET .*/data");
        cvat.request("batch", "r6", TASK);
        agent().work();
        assertThat(cvat.completed()).as("a frame that could not be had at first").hasSize(1);
        cvat.next(Mishap.REFUSED, "POST .*/complete");
        cvat.request("batch", "r7", TASK);
        agent().work();
        assertThat(cvat.completed()).as("a result that was not taken at first").hasSize(2);
        assertThat(cvat.failures()).isEmpty();
    }

    @Test
    void whatCannotBeDoneIsSaidShortly() throws IOException {
        frames(1);
        cvat.request("batch", "r8", TASK);
        cvat.request("interactive", "r9", "{\"type\":\"annotate_frame\",\"task\":5,\"frame\":4,\"mapping\":{}}");
        cvat.request("interactive", "r10", "{\"type\":\"track\",\"task\":5}");
        cvat.request("interactive", "r11", "{\"type\":\"annotate_task\",\"task\":6}");
        agent().work();
        assertThat(cvat.completed()).isEmpty();
        assertThat(cvat.failures()).extracting(failure -> failure.get("ar_id").asText() + ": " + failure.get("exc_info").asText()).containsExactly(
                "r9: frame is \"4\"; expected a frame of task 5", "r10: type is \"track\"; expected annotate_task or annotate_frame", "r11: CVAT answered 404",
                "r8: frame 0.image is \"1 bytes\"; expected an image that can be decoded");
        assertThat(told).hasSize(4).noneMatch(event -> event.contains(StandInCvat.TOKEN));
    }

    @Test
    void whatCvatTakesBackIsGivenUp() throws Exception {
        frames(2, 10);
        cvat.request("batch", "withdrawn", TASK);
        Thread working = new Thread(() -> {
            try {
                agent().work();
            } catch (IOException e) {
                told.add(e.toString());
            }
        });
        working.start();
        await(() -> !cvat.updates().isEmpty());
        // Its answer is on its way; whoever has it before the first frame is labeled gives no other sign of life.
        await(() -> cvat.updates().size() >= 2 || !working.isAlive());
        slow.countDown();
        working.join();
        assertThat(labeled).as("the second frame is not labeled any more").noneMatch(one -> one.startsWith("7 10 "));
        assertThat(cvat.completed()).isEmpty();
        assertThat(cvat.failures()).isEmpty();
    }

    @Test
    void anAgentThatIsNotLetInSaysSo() {
        assertThatThrownBy(() -> agent(post("wrong", StandInCvat.FUNCTION)).work()).isInstanceOf(Refused.class).hasMessageContaining("401")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> agent(post(StandInCvat.TOKEN, 13)).work()).isInstanceOf(Refused.class).hasMessageContaining("404");
    }

    private CvatQueueWatch watch(CvatAgent agent, Duration often) {
        return new CvatQueueWatch(agent, new CvatClient(), post(StandInCvat.TOKEN, StandInCvat.FUNCTION), new CvatQueueWatch.Pace(often, Duration.ofHours(1)),
                Executors.defaultThreadFactory(), told::add);
    }

    @Test
    void newRequestsAreToldByEvents() {
        frames(10);
        CvatQueueWatch watch = watch(agent(), Duration.ofHours(1));
        await(cvat::isWatched);
        long looked = looks();
        cvat.request("batch", "r12", TASK);
        await(() -> cvat.completed().size() == 1);
        cvat.request("interactive", "r13", "{\"type\":\"annotate_frame\",\"task\":5,\"frame\":0,\"mapping\":{}}");
        await(() -> cvat.completed().size() == 2);
        assertThat(looks()).isGreaterThan(looked);
        watch.stop();
    }

    private long looks() {
        return cvat.calls().stream().filter(call -> call.endsWith("/acquire")).count();
    }

    @Test
    void whereCvatTellsNothingTheAgentLooksByItself() {
        cvat.tellsNothing();
        frames(10);
        CvatQueueWatch watch = watch(agent(), Duration.ofMillis(20));
        await(() -> looks() > 4);
        cvat.request("batch", "r15", TASK);
        await(() -> cvat.completed().size() == 1);
        watch.stop();
    }

    @Test
    void whatDoesNotWorkIsToldOnceAndAgainWhenItWorks() {
        cvat.tellsNothing();
        cvat.next(Mishap.REFUSED, "POST .*/acquire");
        CvatQueueWatch watch = watch(agent(), Duration.ofMillis(20));
        await(() -> told.size() >= 2);
        watch.stop();
        assertThat(told.get(0)).contains("answers 503");
        assertThat(told.get(1)).isNull();
    }
}

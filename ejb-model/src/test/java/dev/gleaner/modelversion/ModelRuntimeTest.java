package dev.gleaner.modelversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.Caption;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.modelversion.ModelRuntime.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRuntimeTest {

    @TempDir
    private Path folder;
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();

    private ModelRuntime runtime;
    private Path a;
    private Path b;
    private Path c;

    /** Three bundles of 100 bytes each, and room for two. */
    @BeforeEach
    void bundles() throws IOException {
        a = bundle("a");
        b = bundle("b");
        c = bundle("c");
        runtime = new ModelRuntime((source, device) -> {
            Path bundle = source.bundle();
            events.add("load " + bundle.getFileName() + " on " + device);
            return new FakeGlip(bundle.getFileName().toString());
        }, "cpu", 200);
    }

    private static Source plain(Path bundle) {
        return new Source(bundle, null);
    }

    private Path bundle(String name) throws IOException {
        Path bundle = Files.createDirectory(folder.resolve(name));
        Files.write(bundle.resolve("weights"), new byte[100]);
        return bundle;
    }

    private class FakeGlip implements Glip {

        private final String name;

        FakeGlip(String name) {
            this.name = name;
        }

        @Override
        public PreparedImage decode(byte[] encoded) {
            return null;
        }

        @Override
        public PreparedImage view(RgbImage image, boolean mirrored, double scale) {
            return null;
        }

        @Override
        public PreparedText prepare(List<Prompt> prompts, Chunking chunking) {
            events.add("prepare " + prompts.get(0).phrase());
            return () -> events.add("close " + prompts.get(0).phrase());
        }

        @Override
        public PreparedText prepareCaption(String caption) {
            events.add("prepare caption");
            return () -> events.add("close caption");
        }

        @Override
        public PreparedText prepareCaption(Caption caption) {
            return prepareCaption(caption.text());
        }

        @Override
        public List<Detection> detect(PreparedImage image, PreparedText text, Thresholds thresholds) {
            mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
            Thread.yield();
            inside.decrementAndGet();
            return List.of();
        }

        @Override
        public void close() {
            events.add("close " + name);
        }
    }

    private static void detect(LoadedModel model, String phrase) {
        model.detect(null, List.of(Prompt.of(phrase)), Thresholds.all(0.5));
    }

    @Test
    void loadsABundleOnceForAllItsUsers() {
        LoadedModel first = runtime.open(plain(a));
        LoadedModel second = runtime.open(plain(a));
        first.close();
        second.close();
        runtime.open(plain(a)).close();

        assertThat(events).containsExactly("load a on cpu");
    }

    @Test
    void loadsABundleOnceEvenWhenManyWantItAtOnce() throws InterruptedException, ExecutionException {
        var threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<LoadedModel>> opened = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                opened.add(threads.submit(() -> runtime.open(plain(a))));
            }
            for (Future<LoadedModel> model : opened) {
                model.get().close();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(events).containsExactly("load a on cpu");
    }

    @Test
    void closesTheLeastRecentlyUsedWhenRoomIsShort() {
        runtime.open(plain(a)).close();
        runtime.open(plain(b)).close();
        runtime.open(plain(a)).close();
        runtime.open(plain(c)).close();

        assertThat(events).containsExactly("load a on cpu", "load b on cpu", "close b", "load c on cpu");
    }

    @Test
    void neverClosesAModelInUse() {
        LoadedModel first = runtime.open(plain(a));
        LoadedModel second = runtime.open(plain(b));
        LoadedModel third = runtime.open(plain(c));
        assertThat(events).noneMatch(event -> event.startsWith("close"));

        second.close();
        assertThat(events).contains("close b");
        first.close();
        third.close();
    }

    @Test
    void countsAGivenBackModelOnce() {
        LoadedModel first = runtime.open(plain(a));
        LoadedModel second = runtime.open(plain(a));
        first.close();
        first.close();
        runtime.open(plain(b)).close();
        runtime.open(plain(c)).close();

        assertThat(events).as("the second user still has it").doesNotContain("close a");
        second.close();
    }

    @Test
    void preparesATextOnceAndDropsItWithItsModel() {
        try (LoadedModel model = runtime.open(plain(a))) {
            detect(model, "cat");
            detect(model, "cat");
            model.detect(null, "a cat", Thresholds.all(0.5));
        }
        runtime.close();

        assertThat(events).containsExactly("load a on cpu", "prepare cat", "prepare caption", "close cat", "close caption", "close a");
    }

    @Test
    void keepsTheFourLatestTexts() {
        try (LoadedModel model = runtime.open(plain(a))) {
            for (String phrase : List.of("1", "2", "3", "4", "1", "5", "1")) {
                detect(model, phrase);
            }
        }

        assertThat(events).containsExactly("load a on cpu", "prepare 1", "prepare 2", "prepare 3", "prepare 4", "prepare 5", "close 2");
    }

    @Test
    void letsOneCallerAtATimeOntoTheDevice() throws InterruptedException, ExecutionException {
        var threads = Executors.newFixedThreadPool(4);
        try (LoadedModel first = runtime.open(plain(a)); LoadedModel second = runtime.open(plain(b))) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                LoadedModel model = i % 2 == 0 ? first : second;
                calls.add(threads.submit(() -> detect(model, "cat")));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            threads.shutdown();
        }

        assertThat(mostInside).hasValue(1);
    }

    @Test
    void closesModelsInUseWhenTheyAreGivenBackAfterTheEnd() {
        LoadedModel model = runtime.open(plain(a));
        runtime.close();
        assertThat(events).doesNotContain("close a");

        model.close();

        assertThat(events).contains("close a");
        assertThatThrownBy(() -> runtime.open(plain(a))).hasMessage("the server is shutting down");
    }

    @Test
    void triesAgainAfterABundleCouldNotBeLoaded() {
        AtomicInteger tries = new AtomicInteger();
        var moody = new ModelRuntime((source, device) -> {
            if (tries.incrementAndGet() == 1) {
                throw new IOException("weights missing");
            }
            return new FakeGlip("a");
        }, "cpu", 200);

        assertThatThrownBy(() -> moody.open(plain(a))).isInstanceOf(UncheckedIOException.class).hasMessageContaining("weights missing");
        moody.open(plain(a)).close();

        assertThat(tries).hasValue(2);
    }
}

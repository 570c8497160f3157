package dev.gleaner.modelversion;

import dev.gleaner.Settings;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Glip.PreparedImage;
import dev.gleaner.glip.Glip.PreparedText;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The models on this server's device. Each version is loaded once, however many partitions and requests use it, and stays loaded
 * until another one needs its room: models that nobody has open are closed, least recently used first, as soon as all together
 * would take more than half of the machine's memory. A model in use is never closed.
 *
 * <p>The device works for one caller at a time, in order of arrival: two networks side by side would only halve each other's
 * threads and double the peak of memory.
 */
@ApplicationScoped
public class ModelRuntime {

    /** How a bundle becomes a model. */
    @FunctionalInterface
    interface Loader {
        Glip load(Source source, String device) throws IOException;
    }

    /** What a model is read from; {@code promptDelta} is null for one whose prompt was not tuned. */
    record Source(Path bundle, Path promptDelta) {
        Glip load(String device) throws IOException {
            return promptDelta == null ? Glip.load(bundle, device) : Glip.load(bundle, promptDelta, device);
        }
    }

    /** Texts kept ready on the device for each model: those of the runs at work and of somebody trying prompts. */
    private static final int TEXTS = 4;

    private final Map<Source, Slot> slots = new HashMap<>();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Loader loader;
    private final String device;
    private final long room;
    private long clock;
    private boolean closed;

    protected ModelRuntime() {
        this(null, null, 0);
    }

    @Inject
    public ModelRuntime(Settings settings) {
        this(Source::load, settings.device(), machineMemory() / 2);
    }

    /** @param room bytes that the bundles of all loaded models together may have */
    ModelRuntime(Loader loader, String device, long room) {
        this.loader = loader;
        this.device = device;
        this.room = room;
    }

    private static long machineMemory() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }

    /**
     * The model of this version, loaded if need be.
     *
     * @throws UncheckedIOException     if its files cannot be read
     * @throws IllegalArgumentException if there is no such device
     */
    public LoadedModel open(ModelVersion version) {
        return open(new Source(version.bundle(), version.promptDelta().orElse(null)));
    }

    /** The model in a bundle that is no version. */
    public LoadedModel open(Path bundle) {
        return open(new Source(bundle, null));
    }

    LoadedModel open(Source source) {
        Slot slot = enter(source);
        try {
            slot.load();
            return new Handle(slot);
        } catch (IOException e) {
            leave(slot);
            throw new UncheckedIOException("cannot load the model in " + source.bundle + ": " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            leave(slot);
            throw e;
        }
    }

    private synchronized Slot enter(Source source) {
        if (closed) {
            throw new IllegalStateException("the server is shutting down");
        }
        Slot slot = slots.computeIfAbsent(source, Slot::new);
        slot.users++;
        makeRoom();
        return slot;
    }

    private synchronized void leave(Slot slot) {
        slot.users--;
        slot.lastUsed = ++clock;
        if (slot.users == 0 && (closed || slot.glip == null)) {
            slots.remove(slot.source);
            slot.unload();
        } else {
            makeRoom();
        }
    }

    private void makeRoom() {
        while (slots.values().stream().mapToLong(s -> s.bytes).sum() > room) {
            var idle = slots.values().stream().filter(s -> s.users == 0).min(Comparator.comparingLong(s -> s.lastUsed));
            if (idle.isEmpty()) {
                return;
            }
            slots.remove(idle.get().source);
            idle.get().unload();
        }
    }

    /** Closes what nobody uses; what is still in use is closed when it is given back. */
    @PreDestroy
    synchronized void close() {
        closed = true;
        slots.values().removeIf(slot -> {
            if (slot.users == 0) {
                slot.unload();
            }
            return slot.users == 0;
        });
    }

    private <T> T inTurn(Supplier<T> work) {
        turn.lock();
        try {
            return work.get();
        } finally {
            turn.unlock();
        }
    }

    private static long sizeOf(Path bundle) {
        try (var files = Files.walk(bundle)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            // Loading it will say more.
            return 0;
        }
    }

    /** A bundle and its model, once loaded. Users and the time of last use are guarded by the runtime, the rest by the turn. */
    private final class Slot {

        private final Source source;
        private final long bytes;
        private int users;
        private long lastUsed;
        private volatile Glip glip;
        private final LinkedHashMap<Object, PreparedText> texts = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Object, PreparedText> eldest) {
                if (size() <= TEXTS) {
                    return false;
                }
                eldest.getValue().close();
                return true;
            }
        };

        Slot(Source source) {
            this.source = source;
            this.bytes = sizeOf(source.bundle);
        }

        synchronized void load() throws IOException {
            if (glip == null) {
                glip = loader.load(source, device);
            }
        }

        /** Nobody uses it, so nobody is in its turn with it. */
        void unload() {
            texts.values().forEach(PreparedText::close);
            texts.clear();
            if (glip != null) {
                glip.close();
                glip = null;
            }
        }

        List<Detection> detect(PreparedImage image, Object asked, Supplier<PreparedText> text, Thresholds thresholds) {
            return inTurn(() -> {
                PreparedText ready = texts.get(asked);
                if (ready == null) {
                    ready = text.get();
                    texts.put(asked, ready);
                }
                return glip.detect(image, ready, thresholds);
            });
        }
    }

    /** What a text on the device was made of. */
    private record Asked(List<Prompt> prompts, Chunking chunking) {
    }

    private final class Handle implements LoadedModel {

        private final Slot slot;
        private boolean given;

        Handle(Slot slot) {
            this.slot = slot;
        }

        @Override
        public PreparedImage decode(byte[] encoded) throws IOException {
            return slot.glip.decode(encoded);
        }

        @Override
        public List<Detection> detect(PreparedImage image, List<Prompt> prompts, Chunking chunking, Thresholds thresholds) {
            return slot.detect(image, new Asked(prompts, chunking), () -> slot.glip.prepare(prompts, chunking), thresholds);
        }

        @Override
        public List<Detection> detect(PreparedImage image, String caption, Thresholds thresholds) {
            return slot.detect(image, caption, () -> slot.glip.prepareCaption(caption), thresholds);
        }

        @Override
        public <T> T use(Function<Glip, T> work) {
            return inTurn(() -> work.apply(slot.glip));
        }

        @Override
        public synchronized void close() {
            if (!given) {
                given = true;
                leave(slot);
            }
        }
    }
}

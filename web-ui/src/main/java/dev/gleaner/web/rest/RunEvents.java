package dev.gleaner.web.rest;

import dev.gleaner.job.LeasedRun;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Tells browsers how far runs have come. The database is asked, once a second for each listener, since the server that works
 * on the run may be another one.
 */
@ApplicationScoped
public class RunEvents {

    private static final long RECONNECT_MILLIS = 2000;

    @Resource
    private ManagedScheduledExecutorService executor;

    /**
     * Sends events until the run is at rest or the listener is gone.
     *
     * @param read the run as it stands; it must work on any thread
     * @param view what each event shows
     */
    <R extends LeasedRun> void follow(Supplier<R> read, Function<R, ?> view, SseEventSink sink, Sse sse) {
        executor.execute(new Follower<>(read, view, sink, sse));
    }

    private final class Follower<R extends LeasedRun> implements Runnable {

        private final Supplier<R> read;
        private final Function<R, ?> view;
        private final SseEventSink sink;
        private final Sse sse;

        Follower(Supplier<R> read, Function<R, ?> view, SseEventSink sink, Sse sse) {
            this.read = read;
            this.view = view;
            this.sink = sink;
            this.sse = sse;
        }

        @Override
        public void run() {
            if (sink.isClosed()) {
                return;
            }
            R run = read.get();
            if (run.isActive()) {
                sink.send(event("progress", run)).whenComplete((sent, failure) -> {
                    if (failure == null) {
                        executor.schedule(this, 1, TimeUnit.SECONDS);
                    } else {
                        sink.close();
                    }
                });
            } else {
                sink.send(event("end", run)).whenComplete((sent, failure) -> sink.close());
            }
        }

        private OutboundSseEvent event(String name, R run) {
            Object data = view.apply(run);
            return sse.newEventBuilder().name(name).mediaType(MediaType.APPLICATION_JSON_TYPE).data(data.getClass(), data)
                    .reconnectDelay(RECONNECT_MILLIS).build();
        }
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.labeling.LabelingRun;
import dev.gleaner.labeling.LabelingRunService;
import dev.gleaner.web.rest.LabelingRunResource.RunView;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.concurrent.TimeUnit;

/**
 * Tells browsers how far runs have come. The database is asked, once a second for each listener, since the server that works
 * on the run may be another one.
 */
@ApplicationScoped
public class RunEvents {

    private static final long RECONNECT_MILLIS = 2000;

    @Inject
    private LabelingRunService runs;
    @Resource
    private ManagedScheduledExecutorService executor;

    /** Sends events until the run is at rest or the listener is gone. */
    void follow(long run, SseEventSink sink, Sse sse) {
        executor.execute(new Follower(run, sink, sse));
    }

    private final class Follower implements Runnable {

        private final long id;
        private final SseEventSink sink;
        private final Sse sse;

        Follower(long id, SseEventSink sink, Sse sse) {
            this.id = id;
            this.sink = sink;
            this.sse = sse;
        }

        @Override
        public void run() {
            if (sink.isClosed()) {
                return;
            }
            LabelingRun run = runs.get(id);
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

        private OutboundSseEvent event(String name, LabelingRun run) {
            return sse.newEventBuilder().name(name).mediaType(MediaType.APPLICATION_JSON_TYPE).data(RunView.class, RunView.of(run))
                    .reconnectDelay(RECONNECT_MILLIS).build();
        }
    }
}

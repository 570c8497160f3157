package dev.gleaner.platform;

import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has {@link PlatformWork} done every few seconds on every server: the locks of events and tasks let each of them be one server's. A look
 * that comes while the one before is still at work is left out.
 */
@Singleton
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class PlatformTimer {

    private static final System.Logger LOG = System.getLogger(PlatformTimer.class.getName());

    /** Of one look at tasks: reviews are to be looked for in between. */
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    private final AtomicBoolean handlingEvents = new AtomicBoolean();
    private final AtomicBoolean handlingTasks = new AtomicBoolean();

    @Inject
    private PlatformWork work;

    @Schedule(hour = "*", minute = "*", second = "*/2", persistent = false)
    void events() {
        once(handlingEvents, () -> work.handleEvents());
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void tasks() {
        once(handlingTasks, () -> {
            work.handleTasks(AT_MOST);
            work.poll();
        });
    }

    private static void once(AtomicBoolean busy, Runnable look) {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            look.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "cannot do what was put off for labeling platforms", e);
        } finally {
            busy.set(false);
        }
    }
}

package dev.gleaner.cvat;

import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has {@link CvatWork} done every few seconds on every server: the locks of tasks let each of them be one server's. A look that comes while the
 * one before is still at work is left out.
 */
@Singleton
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class CvatTimer {

    private static final System.Logger LOG = System.getLogger(CvatTimer.class.getName());

    private final AtomicBoolean busy = new AtomicBoolean();

    @Inject
    private CvatWork work;

    @Schedule(hour = "*", minute = "*", second = "*/3", persistent = false)
    void tasks() {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            work.handleTasks();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "cannot do what was put off for CVAT", e);
        } finally {
            busy.set(false);
        }
    }
}

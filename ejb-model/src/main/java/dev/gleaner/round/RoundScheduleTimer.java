package dev.gleaner.round;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;

/**
 * Has the schedules looked at, a few times a minute on every server: the lock of a schedule's row lets one server look at a time, and the
 * time of the last look the next one only after a while. So no server is in charge, and none that dies is missed.
 *
 * <p>A container gives a timer up for good after two deliveries whose transaction was rolled back, which a refused order does: so
 * each look has a transaction of its own, and the timer none.
 *
 * <p>It is not work for the {@link dev.gleaner.job.JobQueue}: all places there may be taken for hours.
 */
@Singleton
@TransactionManagement(TransactionManagementType.BEAN)
public class RoundScheduleTimer {

    private static final System.Logger LOG = System.getLogger(RoundScheduleTimer.class.getName());

    @Inject
    private RoundScheduleService schedules;

    @Schedule(hour = "*", minute = "*", second = "*/15", persistent = false)
    void look() {
        try {
            schedules.unchecked().forEach(this::look);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "cannot look at the schedules of rounds", e);
        }
    }

    private void look(long project) {
        try {
            schedules.look(project);
        } catch (InvalidInput e) {
            schedules.refused(project, e.getMessage());
        } catch (Conflict e) {
            LOG.log(Level.INFO, () -> "the round of project " + project + " waits: " + e.getMessage());
        } catch (RuntimeException e) {
            // The others' schedules do not suffer for it; this one is looked at again.
            LOG.log(Level.WARNING, "cannot look at the round schedule of project " + project, e);
            tell(project, e);
        }
    }

    /** Whoever wonders why no round comes does not read the log. */
    private void tell(long project, RuntimeException failure) {
        try {
            schedules.failed(project, failure);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "nor can that be noted", e);
        }
    }
}

package dev.gleaner.batch;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.gleaner.job.JobQueue;
import dev.gleaner.job.JobRepository;
import dev.gleaner.job.LeasedJob;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.batch.operations.JobOperator;
import jakarta.batch.operations.JobSecurityException;
import jakarta.batch.operations.NoSuchJobException;
import jakarta.batch.runtime.BatchRuntime;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

/**
 * Carries out the work in the {@link JobQueue}, so that on all servers of one database together each piece has at most one live
 * worker, and one as long as it is unfinished: before every start and restart of a batch execution stands a lease, and work whose
 * server died is taken up again by whichever server is there.
 *
 * <p>The lease is a db-scheduler execution: the row is picked with {@code SKIP LOCKED}, kept by heartbeats while the batch
 * execution runs, and found dead {@value #HEARTBEAT_SECONDS} &times; {@value #MISSED_HEARTBEATS} seconds after its server last
 * gave a sign. It was preferred to a PostgreSQL advisory lock because it also keeps the queue (handing work in is part of the
 * caller's transaction), finds the dead by itself, needs no connection of its own for hours, and works behind connection
 * poolers. What either lease lacks is closed elsewhere: a server that only seemed dead, or whose clock is wrong, is fenced off
 * by {@link LeasedJob#begin}, and the schema makes a second result impossible.
 *
 * <p>A server that shuts down in order stops its executions at their checkpoints and leaves them due, so that they go on at the
 * next start; a stop that somebody asked for ends the work and gives up the lease.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class LeasedJobs {

    static final int HEARTBEAT_SECONDS = 5;
    static final int MISSED_HEARTBEATS = 4;

    /** How many batch jobs one server carries out at a time; others wait in the queue. */
    private static final int AT_A_TIME = 4;
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(40);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration NOT_READY = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 500;
    private static final Set<BatchStatus> ENDED =
            Set.of(BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.STOPPED, BatchStatus.ABANDONED);
    private static final System.Logger LOG = System.getLogger(LeasedJobs.class.getName());

    @Resource(lookup = "jdbc/gleaner")
    private DataSource database;
    @Resource
    private ManagedThreadFactory threads;
    @Resource
    private TimerService timers;
    @Inject
    @Any
    private Instance<LeasedJob> jobs;
    @Inject
    private JobRepository repository;

    private Scheduler scheduler;
    private volatile boolean shuttingDown;
    /** Begins with the end of the process, before the server takes away what jobs need: {@link #close} comes after that. */
    private final Thread shutdownNotice = new Thread(() -> shuttingDown = true, "leased-jobs-shutdown");

    @PostConstruct
    void prepare() {
        List<Task<?>> tasks = new ArrayList<>();
        for (LeasedJob job : jobs) {
            tasks.add(Tasks.custom(job.name(), Void.class)
                    .onFailure(new FailureHandler.OnFailureRetryLater<>(RETRY))
                    .onDeadExecutionRevive()
                    .execute((work, context) -> carryOut(job, Long.parseLong(work.getId()))));
        }
        scheduler = Scheduler.create(database, tasks)
                .schedulerName(new SchedulerName.Fixed(new SchedulerName.Hostname().getName() + "-" + ProcessHandle.current().pid()))
                .threads(AT_A_TIME)
                .executorService(Executors.newFixedThreadPool(AT_A_TIME, threads))
                .dueExecutor(Executors.newSingleThreadExecutor(threads))
                .housekeeperExecutor(Executors.newScheduledThreadPool(2, threads))
                .pollUsingLockAndFetch(0.5, 1)
                .pollingInterval(Duration.ofSeconds(1))
                .heartbeatInterval(Duration.ofSeconds(HEARTBEAT_SECONDS))
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(SHUTDOWN_PATIENCE)
                .build();
        Runtime.getRuntime().addShutdownHook(shutdownNotice);
        // Batch jobs can be started only once the whole application is up, and timers fire only then.
        timers.createSingleActionTimer(0, new TimerConfig(null, false));
    }

    @Timeout
    void open() {
        scheduler.start();
    }

    @PreDestroy
    void close() {
        shuttingDown = true;
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownNotice);
        } catch (IllegalStateException e) {
            LOG.log(Level.DEBUG, "the process is ending, not only the application");
        }
        scheduler.stop();
    }

    private CompletionHandler<Void> carryOut(LeasedJob job, long id) {
        boolean ready = true;
        try {
            ready = job.isReady(id);
            return ready ? work(job, id) : (completed, lease) -> lease.reschedule(completed, Instant.now().plus(NOT_READY));
        } finally {
            if (ready) {
                release(job, id);
            }
        }
    }

    private CompletionHandler<Void> work(LeasedJob job, long id) {
        Optional<LeasedJob.Attempt> attempt = job.begin(id);
        if (attempt.isEmpty()) {
            return new CompletionHandler.OnCompleteRemove<>();
        }
        JobOperator operator = BatchRuntime.getJobOperator();
        long execution = startOrRestart(operator, job, attempt.get());
        job.executing(id, execution);
        Optional<BatchStatus> end = awaitEnd(operator, job, id, execution);
        if (end.isEmpty() || (shuttingDown && end.get() != BatchStatus.COMPLETED && !job.stopRequested(id))) {
            return (completed, lease) -> lease.reschedule(completed, Instant.now());
        }
        job.ended(id, end.get());
        return new CompletionHandler.OnCompleteRemove<>();
    }

    private static void release(LeasedJob job, long id) {
        try {
            job.released(id);
        } catch (RuntimeException e) {
            // What the work itself came to counts for more.
            LOG.log(Level.WARNING, () -> "cannot let go of " + job.name() + " " + id, e);
        }
    }

    private long startOrRestart(JobOperator operator, LeasedJob job, LeasedJob.Attempt attempt) {
        if (attempt.previousExecution().isPresent()) {
            long previous = attempt.previousExecution().get();
            repository.markDead(previous);
            try {
                JobExecution last = lastOfItsInstance(operator, previous);
                if (last.getBatchStatus() != BatchStatus.COMPLETED) {
                    return operator.restart(last.getExecutionId(), attempt.parameters());
                }
            } catch (JobSecurityException e) {
                // The server ties executions to the deployed version that started them; the work itself knows how far it has come.
                LOG.log(Level.INFO, () -> job.name() + " begins a new execution: the last one belongs to another version of the application");
            }
        }
        return operator.start(job.name(), attempt.parameters());
    }

    /** A server may have died between restarting an execution and noting it down. */
    private static JobExecution lastOfItsInstance(JobOperator operator, long execution) {
        return operator.getJobExecutions(operator.getJobInstance(execution)).stream()
                .max(Comparator.comparingLong(JobExecution::getExecutionId)).orElseThrow();
    }

    /** @return empty if the execution died without being able to say so: the database was away when it ended */
    private Optional<BatchStatus> awaitEnd(JobOperator operator, LeasedJob job, long id, long execution) {
        boolean asked = false;
        while (true) {
            try {
                // In this order: an execution is unfinished in the database for as long as it is alive.
                boolean alive = isAlive(operator, job.name(), execution);
                BatchStatus status = operator.getJobExecution(execution).getBatchStatus();
                if (ENDED.contains(status)) {
                    return Optional.of(status);
                }
                if (!alive) {
                    LOG.log(Level.WARNING, () -> "the execution of " + job.name() + " " + id + " died; it is taken up again");
                    return Optional.empty();
                }
                if (!asked && (shuttingDown || job.stopRequested(id))) {
                    operator.stop(execution);
                    asked = true;
                }
            } catch (RuntimeException e) {
                // The database may be away for a moment; the job's own writes will tell whether it can go on.
                LOG.log(Level.WARNING, () -> "cannot look after " + job.name() + " " + id, e);
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(job.name() + " " + id + " did not come to rest before the server went down", e);
            }
        }
    }

    private static boolean isAlive(JobOperator operator, String job, long execution) {
        try {
            return operator.getRunningExecutions(job).contains(execution);
        } catch (NoSuchJobException e) {
            // The server's way to say that no execution of the job is unfinished.
            return false;
        }
    }
}

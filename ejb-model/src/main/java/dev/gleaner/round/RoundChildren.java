package dev.gleaner.round;

import dev.gleaner.Conflict;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.finetune.FineTune;
import dev.gleaner.finetune.FineTuneService;
import dev.gleaner.job.LeasedRun;
import dev.gleaner.job.LeasedRun.Status;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Waits for the jobs that a round has ordered: its training and its evaluations. Those at rest that are not completed go on when the
 * round does; when somebody stops the round, they are stopped. When only the server shuts down they are left alone: they go on by
 * themselves at the next start.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RoundChildren {

    private static final long LOOK_MILLIS = 300;
    private static final System.Logger LOG = System.getLogger(RoundChildren.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    private RoundWork work;
    @Inject
    private FineTuneService fineTunes;
    @Inject
    private EvaluationService evaluations;

    private record Child(String what, Supplier<LeasedRun> get, Runnable stop, Runnable restart) {
    }

    /** @return whether the training is completed; if not, a stop was asked for */
    public boolean awaitTraining(long id, int attempt, long fineTune, BooleanSupplier stopRequested) {
        return await(id, attempt, List.of(new Child("the training, fine-tune " + fineTune + ",", () -> fineTunes.get(fineTune),
                () -> fineTunes.halt(fineTune), () -> fineTunes.goOn(fineTune))), stopRequested);
    }

    /** @return whether the evaluations are completed; if not, a stop was asked for */
    public boolean awaitEvaluations(long id, int attempt, List<Long> ids, BooleanSupplier stopRequested) {
        return await(id, attempt, ids.stream().map(evaluation -> new Child("evaluation " + evaluation, () -> evaluations.get(evaluation),
                () -> evaluations.halt(evaluation), () -> evaluations.goOn(evaluation))).toList(), stopRequested);
    }

    /** Asks all that a round waits for to come to rest, where no server waits for it: it was stopped after its server had died. */
    public void halt(TrainingRound round) {
        Optional<FineTune> student = round.fineTuneId().map(fineTunes::get);
        student.ifPresent(training -> halt(training, () -> fineTunes.halt(training.id())));
        Stream.of(round.evaluationBeforeId(), round.guardBeforeId(), round.evaluationAfterId().or(() -> student.flatMap(FineTune::evaluationAfterId)), round.guardAfterId())
                .flatMap(Optional::stream).map(evaluations::get).forEach(evaluation -> halt(evaluation, () -> evaluations.halt(evaluation.id())));
    }

    private static void halt(LeasedRun run, Runnable stop) {
        if (run.isActive()) {
            try {
                stop.run();
            } catch (Conflict e) {
                LOG.log(Level.DEBUG, "it came to rest by itself", e);
            }
        }
    }

    private boolean await(long id, int attempt, List<Child> children, BooleanSupplier stopRequested) {
        for (Child child : children) {
            revive(id, attempt, child, stopRequested);
        }
        while (true) {
            work.check(id, attempt);
            List<LeasedRun> runs = children.stream().map(child -> child.get.get()).toList();
            if (runs.stream().allMatch(run -> run.status() == Status.COMPLETED)) {
                return true;
            }
            if (stopRequested.getAsBoolean()) {
                if (work.isStopRequested(id)) {
                    stop(children);
                }
                return false;
            }
            for (int i = 0; i < runs.size(); i++) {
                LeasedRun run = runs.get(i);
                if (!run.isActive() && run.status() != Status.COMPLETED) {
                    throw new IllegalStateException(children.get(i).what + " is " + run.status() + run.error().map(error -> ": " + error).orElse(""));
                }
            }
            sleep();
        }
    }

    /**
     * Lets one that came to rest go on; somebody may still be about to let go of it. One that was asked to stop may be in the middle of a
     * long step, or wait for a place: that takes as long as it takes, unless the round is to stop as well.
     */
    private void revive(long id, int attempt, Child child, BooleanSupplier stopRequested) {
        Instant patience = Instant.now().plus(PATIENCE);
        while (!stopRequested.getAsBoolean()) {
            work.check(id, attempt);
            LeasedRun run = child.get.get();
            if (run.status() == Status.COMPLETED || run.isActive() && !run.isStopRequested()) {
                return;
            }
            try {
                if (!run.isActive()) {
                    child.restart.run();
                    return;
                }
            } catch (Conflict e) {
                if (Instant.now().isAfter(patience)) {
                    throw e;
                }
            }
            sleep();
        }
    }

    private static void stop(List<Child> children) {
        children.forEach(child -> halt(child.get.get(), child.stop));
        Instant patience = Instant.now().plus(PATIENCE);
        while (children.stream().anyMatch(child -> child.get.get().isActive()) && Instant.now().isBefore(patience)) {
            sleep();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}

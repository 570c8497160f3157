package dev.gleaner.batch.round;

import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.round.RoundChildren;
import dev.gleaner.round.RoundGate;
import dev.gleaner.round.RoundSelecting;
import dev.gleaner.round.RoundTeaching;
import dev.gleaner.round.RoundWork;
import dev.gleaner.round.TrainingRound.Phase;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.Locale;

/**
 * One phase of a round, named in the job's XML with what happens if it begins again. Why a phase cannot succeed is noted on the round.
 */
@Named
@Dependent
public class RoundStep extends AbstractBatchlet {

    @Inject
    private RoundWork work;
    @Inject
    private RoundTeaching teaching;
    @Inject
    private RoundSelecting selecting;
    @Inject
    private RoundChildren children;
    @Inject
    private RoundGate gate;
    @Inject
    @BatchProperty
    private String phase;
    @Inject
    @BatchProperty
    private long run;
    @Inject
    @BatchProperty
    private int attempt;

    private volatile boolean stopped;

    @Override
    public String process() throws Exception {
        try {
            work.enter(run, attempt, Phase.valueOf(phase));
            return (goThrough(Phase.valueOf(phase)) ? BatchStatus.COMPLETED : BatchStatus.STOPPED).name();
        } catch (SupersededAttempt e) {
            throw e;
        } catch (Exception e) {
            work.doom(run, attempt, phase.toLowerCase(Locale.ROOT) + ": " + reason(e));
            throw e;
        }
    }

    /** @return whether it is through: if not, a stop was asked for */
    private boolean goThrough(Phase current) throws Exception {
        return switch (current) {
            case SNAPSHOT -> {
                work.snapshot(run, attempt);
                yield true;
            }
            case TEACHING -> teaching.run(run, attempt, () -> stopped);
            // Stopped between the two steps, images that could not be read are tried again after the teacher's step.
            case SELECTING -> teaching.run(run, attempt, () -> stopped) && selecting.run(run, attempt, () -> stopped);
            case TRAINING -> children.awaitTraining(run, attempt, work.orderStudent(run, attempt), () -> stopped);
            case EVALUATING -> children.awaitEvaluations(run, attempt, work.orderEvaluations(run, attempt), () -> stopped);
            case GATING -> gate.decide(run, attempt, () -> stopped);
            case REPORTING -> {
                work.report(run, attempt);
                teaching.forget(run);
                yield true;
            }
            default -> throw new IllegalArgumentException("phase: " + current + ", expected one of the job's steps");
        };
    }

    /** The container wraps what a service throws. */
    private static String reason(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    @Override
    public void stop() {
        stopped = true;
    }
}

package dev.gleaner.round;

import dev.gleaner.event.Events;
import dev.gleaner.event.TrainingRoundEnded;
import dev.gleaner.event.TrainingRoundEnded.Outcome;
import dev.gleaner.job.LeasedJob;
import dev.gleaner.job.LeasedRunJob;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * A round as a batch job. A server has one at work: a round waits for its training and its evaluations, jobs of their own, and several
 * such on one server could take all the places that these need. Others wait in the queue, where other servers may find them; they
 * take no place meanwhile.
 */
@Stateless
public class TrainingRoundJob extends LeasedRunJob<TrainingRound> implements LeasedJob {

    public static final String NAME = "self-training-round";

    @Inject
    private TrainingRoundRepository rounds;
    @Inject
    private RoundChildren children;
    @Inject
    private RoundTurn turn;
    @Inject
    private Events events = new Events();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isReady(long id) {
        if (turn.take(id)) {
            return true;
        }
        TrainingRound round = rounds.find(id).orElseThrow();
        return !round.isActive() || round.isStopRequested();
    }

    @Override
    public Optional<Attempt> begin(long id) {
        Optional<Attempt> attempt = super.begin(id);
        if (attempt.isEmpty()) {
            rounds.find(id).filter(TrainingRound::isStopRequested).ifPresent(children::halt);
        }
        return attempt;
    }

    @Override
    protected Optional<TrainingRound> find(long id) {
        return rounds.find(id);
    }

    @Override
    protected Optional<TrainingRound> lock(long id) {
        return rounds.lock(id);
    }

    @Override
    protected void rested(TrainingRound round) {
        Optional<Outcome> outcome = round.status() == TrainingRound.Status.FAILED ? Optional.of(Outcome.FAILED)
                : round.status() == TrainingRound.Status.COMPLETED ? round.decision().map(decision -> Outcome.valueOf(decision.name())) : Optional.empty();
        outcome.ifPresent(how -> events.fire(new TrainingRoundEnded(round.projectId(), round.id(), round.candidateId().orElse(null), how)));
    }

    @Override
    public void released(long id) {
        turn.giveBack(id);
    }
}

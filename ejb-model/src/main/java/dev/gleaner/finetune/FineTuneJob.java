package dev.gleaner.finetune;

import dev.gleaner.finetune.FineTune.Phase;
import dev.gleaner.job.LeasedJob;
import dev.gleaner.job.LeasedRunJob;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;

/** A fine-tune as a batch job. While another one trains on this server it waits in the queue, where other servers may find it. */
@Stateless
public class FineTuneJob extends LeasedRunJob<FineTune> implements LeasedJob {

    public static final String NAME = "fine-tune";

    @Inject
    private FineTuneRepository fineTunes;
    @Inject
    private TrainingTurn turn;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isReady(long id) {
        if (turn.isFree()) {
            return true;
        }
        FineTune fineTune = fineTunes.lock(id).orElseThrow();
        if (!fineTune.isActive() || fineTune.isStopRequested()) {
            return true;
        }
        if (fineTune.phase() == Phase.QUEUED) {
            fineTune.enter(Phase.WAITING_FOR_DEVICE);
        }
        return false;
    }

    @Override
    protected Optional<FineTune> find(long id) {
        return fineTunes.find(id);
    }

    @Override
    protected Optional<FineTune> lock(long id) {
        return fineTunes.lock(id);
    }
}

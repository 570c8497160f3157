package dev.gleaner.transfer;

import dev.gleaner.dataset.Archives;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.event.DatasetConcluded;
import dev.gleaner.event.Events;
import dev.gleaner.format.Finding;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.job.LeasedJob;
import jakarta.batch.runtime.BatchStatus;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A dataset's import as a batch job: how a server takes it up, and what the execution's end means for it. */
@Stateless
public class ImportDatasetJob implements LeasedJob {

    /** Job parameter: the dataset's id. */
    public static final String DATASET = "dataset";

    /** Job parameter: the number of the attempt, without which nothing is written. */
    public static final String ATTEMPT = "attempt";

    private static final Logger LOG = Logger.getLogger(ImportDatasetJob.class.getName());

    @Inject
    private DatasetRepository datasets;
    @Inject
    private ImportStaging staging;
    @Inject
    private Archives archives;
    @Inject
    private Events events = new Events();

    @Override
    public String name() {
        return DatasetService.IMPORT_JOB;
    }

    @Override
    public Optional<Attempt> begin(long id) {
        Dataset dataset = datasets.find(id).orElseThrow();
        if (dataset.status() != Dataset.Status.IMPORTING) {
            return Optional.empty();
        }
        Properties parameters = new Properties();
        parameters.setProperty(DATASET, Long.toString(id));
        parameters.setProperty(ATTEMPT, Integer.toString(staging.begin(id)));
        return Optional.of(new Attempt(parameters, dataset.jobExecutionId()));
    }

    @Override
    public void executing(long id, long execution) {
        datasets.find(id).orElseThrow().importedBy(execution);
    }

    /** An import is too short to be worth stopping on request. */
    @Override
    public boolean stopRequested(long id) {
        return false;
    }

    @Override
    public void ended(long id, BatchStatus status) {
        Dataset dataset = datasets.find(id).orElseThrow();
        if (dataset.status() == Dataset.Status.IMPORTING) {
            staging.addFindings(id, List.of(new Finding(Code.IMPORT_FAILED, null, "the batch job ended as " + status + "; the server's log says why")));
            dataset.reject(staging.report(id, dataset.source().leavesOut()));
            staging.end(id);
            events.fire(new DatasetConcluded(dataset.projectId(), id, false));
        }
        if (dataset.status() == Dataset.Status.REJECTED) {
            try {
                archives.remove(id);
            } catch (IOException e) {
                LOG.log(Level.WARNING, e, () -> "what was unpacked for the rejected dataset " + id + " stays");
            }
        }
    }
}

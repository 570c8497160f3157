package dev.gleaner.batch.transfer;

import dev.gleaner.transfer.ImageInspector;
import dev.gleaner.transfer.ImportService;
import dev.gleaner.transfer.InspectedImage;
import dev.gleaner.transfer.PendingInspection;
import jakarta.annotation.Resource;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A dataset's images, decoded and compared with its annotations: each item is a batch of them, worked on by all cores.
 *
 * <p>Checkpoint: none of its own. Inspected images are marked in the transaction that writes what was found, and a restart
 * goes on with the others.
 */
@Named
@Dependent
public class ImageInspectionReader extends AbstractItemReader {

    private static final int BATCH = 64;
    /** Images elsewhere that are waited for at once, on a machine with fewer cores. */
    private static final int MOST_FETCHED = 4;

    @Inject
    private ImportService imports;
    @Resource
    private ManagedThreadFactory threads;
    @Inject
    @BatchProperty
    private long dataset;
    @Inject
    @BatchProperty
    private int attempt;

    private ImageInspector inspector;
    private ExecutorService cores;
    private long last;

    @Override
    public void open(Serializable checkpoint) {
        imports.showProgress(dataset, attempt);
        inspector = imports.inspector(dataset);
        cores = Executors.newFixedThreadPool(Math.max(MOST_FETCHED, Runtime.getRuntime().availableProcessors()), threads);
    }

    @Override
    public List<InspectedImage> readItem() throws InterruptedException, ExecutionException {
        List<PendingInspection> pending = imports.toInspect(dataset, attempt, last, BATCH);
        if (pending.isEmpty()) {
            return null;
        }
        List<Callable<InspectedImage>> inspections = new ArrayList<>();
        pending.forEach(image -> inspections.add(() -> inspector.inspect(image)));
        List<InspectedImage> inspected = new ArrayList<>();
        for (Future<InspectedImage> inspection : cores.invokeAll(inspections)) {
            inspected.add(inspection.get());
        }
        last = pending.get(pending.size() - 1).id();
        return inspected;
    }

    @Override
    public void close() {
        if (cores != null) {
            cores.shutdownNow();
        }
    }
}

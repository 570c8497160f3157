package dev.gleaner.transfer;

import dev.gleaner.dataset.Archives;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.ImportRoots;
import dev.gleaner.event.DatasetConcluded;
import dev.gleaner.event.Events;
import dev.gleaner.format.Finding;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.PixelFrame;
import dev.gleaner.format.Preflight;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.SourceReader;
import dev.gleaner.remote.RemoteImages;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The steps of a dataset's import: read the source into staging, decode its images, fit its boxes into them, and in one last
 * transaction publish or reject.
 *
 * <p>Every call names the attempt it belongs to and fails with {@link SupersededImport} when a later one has begun, so that a
 * server that only seemed dead writes nothing more.
 */
@Stateless
public class ImportService {

    @Inject
    private DatasetRepository datasets;
    @Inject
    private ImportStaging staging;
    @Inject
    private ImportRoots roots;
    @Inject
    private Archives archives;
    @Inject
    private Events events = new Events();
    @Inject
    private RemoteImages elsewhere;

    protected ImportService() {
    }

    public ImportService(DatasetRepository datasets, ImportStaging staging, ImportRoots roots, Archives archives, RemoteImages elsewhere) {
        this.datasets = datasets;
        this.staging = staging;
        this.roots = roots;
        this.archives = archives;
        this.elsewhere = elsewhere;
    }

    /**
     * Starts to read the source from its beginning; what was read before is forgotten.
     *
     * @throws IOException if the source is not there any more
     */
    public SourceReader read(long dataset, int attempt) throws IOException {
        requireCurrent(dataset, attempt);
        staging.clear(dataset);
        DatasetSource source = dataset(dataset).source();
        if (source.store().isPresent()) {
            return elsewhere.folder(source.store().get());
        }
        return source.isArchive() ? archives.read(dataset, source) : source.format().open(source.path(), source.images(), roots.real());
    }

    public void stage(long dataset, int attempt, List<SourceItem> items) {
        requireCurrent(dataset, attempt);
        staging.stage(dataset, items);
    }

    /** Decodes an image, having fetched it if it is elsewhere, and compares it with what the source says about it. Touches no database. */
    public ImageInspector inspector(long dataset) {
        boolean sized = dataset(dataset).source().format().givesSizes();
        return image -> image.inspect(sized, elsewhere);
    }

    /** Images with ids above {@code after} that wait to be inspected, at most {@code limit} of them. */
    public List<PendingInspection> toInspect(long dataset, int attempt, long after, int limit) {
        requireCurrent(dataset, attempt);
        return staging.toInspect(dataset, after, limit);
    }

    public void inspected(long dataset, int attempt, List<InspectedImage> images) {
        requireCurrent(dataset, attempt);
        staging.inspected(dataset, images);
        datasets.addProgress(dataset, images.size());
    }

    /** Counts the dataset's staged images, and shows how many are inspected already. */
    public void showProgress(long dataset, int attempt) {
        requireCurrent(dataset, attempt);
        datasets.showProgress(dataset, staging.imagesInspected(dataset), staging.imagesToInspect(dataset));
    }

    /**
     * Fits the next boxes into their images.
     *
     * @param limit how many at most
     * @return how many there were; 0 when all are done
     */
    public int fitBoxes(long dataset, int attempt, int limit) {
        requireCurrent(dataset, attempt);
        List<PendingBox> boxes = staging.toCheck(dataset, limit);
        if (!boxes.isEmpty()) {
            PixelFrame usual = staging.usualFrame(dataset);
            staging.checked(dataset, boxes.stream().map(box -> box.fit(usual)).toList());
        }
        return boxes.size();
    }

    /** Publishes the dataset with all it holds, or rejects it with nothing; either way staging is emptied. */
    public void conclude(long dataset, int attempt) {
        requireCurrent(dataset, attempt);
        staging.analyse();
        staging.findAcrossEntries(dataset);
        Dataset concluded = dataset(dataset);
        boolean lenient = concluded.source().leavesOut();
        // Publishing is one at a time in a project: what follows must see what others published.
        datasets.lockProject(concluded.projectId());
        if (staging.report(dataset, lenient).errors() == 0 && staging.usableImages(dataset) == 0) {
            staging.addFindings(dataset, List.of(new Finding(Code.NO_IMAGES, null, "there is no image in " + concluded.source().place()
                    + " that can be used; expected at least one")));
        }
        String hash = staging.contentHash(dataset, concluded.source().format());
        Optional<Dataset> original = datasets.findReadyByContent(concluded.projectId(), hash);
        original.ifPresent(o -> staging.addFindings(dataset, List.of(new Finding(Code.DUPLICATE_DATASET, null,
                "dataset " + o.id() + " \"" + o.name() + "\" of this project holds the same images and annotations; expected new ones"))));
        if (original.isEmpty() && datasets.findReadyByName(concluded.projectId(), concluded.name()).isPresent()) {
            staging.addFindings(dataset, List.of(new Finding(Code.NAME_TAKEN, null,
                    "the project has another dataset \"" + concluded.name() + "\"; expected a name of its own")));
        }
        Preflight report = staging.report(dataset, lenient);
        if (original.isPresent()) {
            concluded.rejectAsDuplicate(original.get(), report);
        } else if (report.errors() > 0) {
            concluded.reject(report);
        } else {
            ImportStaging.Published published = staging.publish(concluded);
            concluded.publish(hash, published.images(), published.annotations(), report);
        }
        staging.end(dataset);
        events.fire(new DatasetConcluded(concluded.projectId(), dataset, concluded.isReady()));
    }

    private void requireCurrent(long dataset, int attempt) {
        if (!staging.isCurrent(dataset, attempt)) {
            throw new SupersededImport(dataset, attempt);
        }
    }

    private Dataset dataset(long id) {
        return datasets.find(id).orElseThrow();
    }
}

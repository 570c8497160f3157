package dev.gleaner.dataset;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.format.ContentHash;
import dev.gleaner.format.SourceReader;
import dev.gleaner.job.JobQueue;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectService;
import dev.gleaner.remote.RefusedAddress;
import dev.gleaner.remote.RemoteImages;
import dev.gleaner.remote.UnreachableImage;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Registers datasets, and shows what they hold once they are ready. */
@Stateless
public class DatasetService {

    /** The batch job that imports a dataset. */
    public static final String IMPORT_JOB = "import-dataset";

    /** How much of a source is read at registration, while somebody waits, to see whether it is known already. */
    private static final long SMALL_SOURCE_BYTES = 64L << 20;
    private static final int MAX_PAGE = 1000;

    @Inject
    private DatasetRepository datasets;
    @Inject
    private ProjectService projects;
    @Inject
    private ImportRoots roots;
    @Inject
    private JobQueue jobs;
    @Inject
    private RemoteImages elsewhere;

    protected DatasetService() {
    }

    public DatasetService(DatasetRepository datasets, ProjectService projects, ImportRoots roots, JobQueue jobs, RemoteImages elsewhere) {
        this.datasets = datasets;
        this.projects = projects;
        this.roots = roots;
        this.jobs = jobs;
        this.elsewhere = elsewhere;
    }

    /**
     * Registers a source as a dataset; its import begins within a second or so.
     *
     * <p>Content that the project holds already, or is importing, is not imported again: the answer is the dataset that has
     * it, under whatever name. Sources up to 64 MiB and 2000 files are compared at once, larger ones, archives and images elsewhere by their import, which then rejects the
     * new dataset and names the old one in {@link Dataset#duplicateOf()}.
     *
     * @param project null for the default project
     * @throws InvalidInput if the name, the project or the source cannot be taken
     * @throws Conflict     if the project has a dataset of this name with other content
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public Dataset register(String project, String name, RequestedSource requested) {
        if (name == null || name.isBlank() || name.length() > 200) {
            throw new InvalidInput("name", name, "1 to 200 characters, not all of them blank");
        }
        if (requested == null) {
            throw new InvalidInput("source", null, "an object with type and path");
        }
        Project owner = projects.named(project);
        DatasetSource source = roots.resolve(requested);
        if (source.store().isPresent() && !elsewhere.hasStore()) {
            throw new InvalidInput("source.path", requested.path(), "a path on the server, as no S3-compatible store is known here (GLEANER_S3_ENDPOINT, GLEANER_S3_REGION)");
        }
        Optional<String> hash = contentHashIfSmall(source);
        datasets.lockProject(owner.id());
        Optional<Dataset> known = hash.flatMap(h -> datasets.findByContent(owner.id(), h));
        if (known.isPresent()) {
            return known.get();
        }
        if (hash.isPresent() && datasets.findByName(owner.id(), name).isPresent()) {
            throw new Conflict("project \"" + owner.name() + "\" has a dataset \"" + name + "\" with other content; expected another name");
        }
        Dataset dataset = new Dataset(owner, name, source, hash.orElse(null));
        datasets.add(dataset);
        jobs.submit(IMPORT_JOB, dataset.id());
        return dataset;
    }

    /** Empty for a large source, for an archive, for images elsewhere, and for one that the import will have something to say about. */
    private Optional<String> contentHashIfSmall(DatasetSource source) {
        if (source.isArchive() || source.store().isPresent()) {
            return Optional.empty();
        }
        try (SourceReader reader = source.format().open(source.path(), source.images(), roots.real())) {
            return ContentHash.ofSmall(source.format(), source.path(), reader, SMALL_SOURCE_BYTES);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** @throws NotFound if there is none of this id */
    @PermitAll
    public Dataset get(long id) {
        return datasets.find(id).orElseThrow(() -> new NotFound("dataset", id));
    }

    /**
     * The ready dataset that somebody chose to work on.
     *
     * @param field what the caller calls it
     * @throws InvalidInput if there is none, or it is not READY
     */
    public Dataset chosen(String field, Long id) {
        String expected = "the id of a dataset that is READY";
        Dataset dataset = id == null ? null : datasets.find(id).orElse(null);
        if (dataset == null) {
            throw new InvalidInput(field, id, expected);
        }
        if (!dataset.isReady()) {
            throw new InvalidInput(field, id, expected + "; this one is " + dataset.status());
        }
        return dataset;
    }

    /** Datasets with ids below {@code before}, newest first, at most {@code limit} of them, 1 to 1000. */
    @PermitAll
    public List<Dataset> newest(long before, int limit) {
        return datasets.newest(before, pageSize(limit));
    }

    /**
     * A page of the dataset's images, by id; none while it is not ready.
     *
     * @param after the last id of the page before; 0 for the first
     * @param limit 1 to 1000
     * @throws NotFound     if there is no such dataset
     * @throws InvalidInput if the limit is out of range
     */
    @PermitAll
    public List<Image> images(long dataset, long after, int limit) {
        return datasets.images(get(dataset).id(), after, pageSize(limit));
    }

    /**
     * Those of the dataset's images that have one of these names, by id.
     *
     * @param fileNames at most 1000; as the source knows them
     * @throws NotFound     if there is no such dataset
     * @throws InvalidInput if there are too many names
     */
    @PermitAll
    public List<Image> imagesNamed(long dataset, Collection<String> fileNames) {
        if (fileNames.size() > MAX_PAGE) {
            throw new InvalidInput("fileName", fileNames.size() + " names", "at most " + MAX_PAGE);
        }
        return datasets.imagesNamed(get(dataset).id(), fileNames);
    }

    /** @throws NotFound if there is none of this id */
    @PermitAll
    public Image image(long id) {
        return datasets.findImage(id).orElseThrow(() -> new NotFound("image", id));
    }

    /**
     * The image's file, for serving its bytes; of an image elsewhere the copy that is kept here, which may have to be fetched.
     *
     * @return a real path under the import roots, or in the cache
     * @throws NotFound if there is no such image, its file is gone or leads elsewhere by now, or it cannot be had any more
     */
    @PermitAll
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public Path file(long image) {
        Image wanted = image(image);
        try {
            if (wanted.address().isPresent()) {
                return elsewhere.file(wanted.address().get(), wanted.sha256());
            }
            Path stored = wanted.path();
            Path real = stored.toRealPath();
            if (Files.isRegularFile(real) && roots.real().stream().anyMatch(real::startsWith)) {
                return real;
            }
        } catch (UnreachableImage | RefusedAddress e) {
            throw new NotFound("file of image", image + ": " + e.getMessage());
        } catch (IOException e) {
            // Gone: answered below.
        }
        throw new NotFound("file of image", image);
    }

    private static int pageSize(int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new InvalidInput("limit", limit, "1 to " + MAX_PAGE);
        }
        return limit;
    }
}

package dev.gleaner.transfer;

import dev.gleaner.Settings;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.Archives;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.ImportRoots;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.ArchiveLimits;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.SourceReader;
import dev.gleaner.job.JobQueue;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.project.ProjectService;
import dev.gleaner.remote.RemoteImages;
import dev.gleaner.remote.RemoteSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The services of imports on a database of the test's own, and the steps of the batch job, each in its transactions. */
final class ImportHarness {

    private static final int CHUNK = 2000;
    private static final int IMAGES = 64;

    final TestDatabase database;
    final DatasetRepository datasets;
    final AnnotationRepository annotations;
    final ProjectRepository projects;
    final ImportRoots roots;
    final RemoteImages elsewhere;
    final ImportStaging staging;
    final ImportService imports;
    final ExportService exports;
    final DatasetService service;
    /** Datasets whose import was ordered, in this order. */
    final List<Long> submitted = new ArrayList<>();

    /** @param root where sources may lie */
    ImportHarness(TestDatabase database, Path root) {
        this(database, root, RemoteSettings.NONE);
    }

    /** @param remote what is known of images elsewhere */
    ImportHarness(TestDatabase database, Path root, RemoteSettings remote) {
        this.database = database;
        Settings settings = new Settings(root.resolve("home"), "cpu", List.of(root), Optional.empty(), false);
        roots = new ImportRoots(settings);
        elsewhere = new RemoteImages(settings, remote);
        datasets = new DatasetRepository(database.entities());
        annotations = new AnnotationRepository(database.entities());
        projects = new ProjectRepository(database.entities());
        staging = new ImportStaging(database.entities());
        imports = new ImportService(datasets, staging, roots, new Archives(settings, ArchiveLimits.DEFAULT), elsewhere);
        exports = new ExportService(datasets, annotations, projects, roots, elsewhere);
        service = new DatasetService(datasets, new ProjectService(projects), roots, new JobQueue() {
            @Override
            public void submit(String job, long id) {
                submitted.add(id);
            }
        }, elsewhere);
    }

    Dataset register(String name, RequestedSource source) throws Exception {
        return database.inTransaction(() -> service.register(null, name, source));
    }

    /** The whole import, as the batch job does it. */
    Dataset importAll(Dataset dataset) throws Exception {
        long id = dataset.id();
        int attempt = begin(id);
        read(id, attempt);
        while (inspect(id, attempt, IMAGES) > 0) { }
        while (fit(id, attempt, CHUNK) > 0) { }
        conclude(id, attempt);
        return get(id);
    }

    Dataset get(long id) throws Exception {
        return database.inTransaction(() -> datasets.find(id).orElseThrow());
    }

    int begin(long id) throws Exception {
        return database.inTransaction(() -> staging.begin(id));
    }

    void read(long id, int attempt) throws Exception {
        try (SourceReader reader = database.inTransaction(() -> imports.read(id, attempt))) {
            for (List<SourceItem> chunk = chunk(reader); !chunk.isEmpty(); chunk = chunk(reader)) {
                List<SourceItem> items = chunk;
                database.inTransaction(() -> {
                    imports.stage(id, attempt, items);
                    return null;
                });
            }
        }
        database.inTransaction(() -> {
            imports.showProgress(id, attempt);
            return null;
        });
    }

    private static List<SourceItem> chunk(SourceReader reader) throws IOException {
        List<SourceItem> items = new ArrayList<>();
        while (items.size() < CHUNK) {
            Optional<SourceItem> item = reader.next();
            if (item.isEmpty()) {
                break;
            }
            items.add(item.get());
        }
        return items;
    }

    /** @return how many images were inspected, at most {@code limit} */
    int inspect(long id, int attempt, int limit) throws Exception {
        return database.inTransaction(() -> {
            ImageInspector inspector = imports.inspector(id);
            List<InspectedImage> inspected = imports.toInspect(id, attempt, 0, limit).stream().map(inspector::inspect).toList();
            imports.inspected(id, attempt, inspected);
            return inspected.size();
        });
    }

    /** @return how many boxes were fitted, at most {@code limit} */
    int fit(long id, int attempt, int limit) throws Exception {
        return database.inTransaction(() -> imports.fitBoxes(id, attempt, limit));
    }

    void conclude(long id, int attempt) throws Exception {
        database.inTransaction(() -> {
            imports.conclude(id, attempt);
            return null;
        });
    }
}

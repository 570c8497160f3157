package dev.gleaner.cvat;

import dev.gleaner.InvalidInput;
import dev.gleaner.Settings;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.ImageInspection;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Preflight;
import dev.gleaner.format.Sha256;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The images of CVAT's frames: files in the data folder, and a dataset for each connection. Every call joins the caller's transaction. */
@ApplicationScoped
public class CvatImages {

    private static final int LONGEST_NAME = 100;

    @Inject
    private DatasetRepository datasets;
    @Inject
    private ProjectRepository projects;
    @Inject
    private Settings settings;

    protected CvatImages() {
    }

    public CvatImages(DatasetRepository datasets, ProjectRepository projects, Settings settings) {
        this.datasets = datasets;
        this.projects = projects;
        this.settings = settings;
    }

    /** A picture in a file of its own. */
    record Stored(String name, Path file, String sha256, ImageInspection.Picture picture) {
    }

    /**
     * Keeps an image's bytes.
     *
     * @param name that CVAT has for it; its last part is taken
     * @throws InvalidInput if it is no picture that can be decoded
     */
    Stored store(CvatConnection connection, String name, byte[] bytes) {
        String sha256 = Sha256.of(bytes);
        Path file = write(folder(connection), sha256, bytes);
        ImageInspection inspected = ImageInspection.of(file);
        ImageInspection.Picture picture = inspected.picture().orElseThrow(() -> new InvalidInput("image", name,
                "a picture that can be decoded; " + inspected.problem().orElse("")));
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replaceAll("[\\p{Cntrl}:*\"<>|?]", "_");
        return new Stored(last.isBlank() ? "image" : last.substring(Math.max(0, last.length() - LONGEST_NAME)), file, sha256, picture);
    }

    /** The image of this name in the connection's dataset, made if need be. The connection is locked. */
    Image add(CvatConnection connection, String fileName, Stored stored) {
        Dataset dataset = connection.datasetId().flatMap(datasets::find).orElseGet(() -> newDataset(connection));
        return datasets.findImage(dataset.id(), fileName).orElseGet(() -> {
            PixelSize size = stored.picture().upright();
            Image made = new Image(dataset.id(), fileName, stored.file(), size.width(), size.height(), stored.picture().orientation().exif(), stored.sha256());
            datasets.add(made);
            dataset.grow();
            return made;
        });
    }

    /** By its address, under which it is found again if the connection was forgotten in between. */
    private Path folder(CvatConnection connection) {
        String address = Sha256.of(connection.url().getBytes(StandardCharsets.UTF_8)).substring(0, 16);
        return settings.home().toAbsolutePath().resolve("platforms").resolve("cvat-" + connection.projectId() + "-" + address);
    }

    private Dataset newDataset(CvatConnection connection) {
        Project project = projects.find(connection.projectId()).orElseThrow();
        Path folder = folder(connection);
        String name = "CVAT, " + connection.url();
        Dataset dataset = datasets.findReadyByName(project.id(), name).filter(there -> there.source().path().equals(folder)).orElseGet(() -> {
            Dataset made = new Dataset(project, name, new DatasetSource(SourceFormat.FOLDER, folder, folder, true), null);
            datasets.add(made);
            made.publish(null, 0, 0, Preflight.of(List.of()));
            return made;
        });
        connection.filledInto(dataset.id());
        return dataset;
    }

    private static Path write(Path folder, String sha256, byte[] bytes) {
        Path file = folder.resolve(sha256);
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                Path aside = Files.createTempFile(folder, "fetching", "");
                try {
                    Files.write(aside, bytes);
                    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(aside);
                }
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

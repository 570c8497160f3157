package dev.gleaner.platform;

import dev.gleaner.InvalidInput;
import dev.gleaner.Settings;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.ImageInspection;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Preflight;
import dev.gleaner.format.Sha256;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.glip.Detection;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Platforms' images: a dataset for each connection, which grows with what is fetched, and what is proposed for them. */
@Stateless
public class PlatformImages {

    @Inject
    private PlatformRepository repository;
    @Inject
    private Platforms platforms;
    @Inject
    private ProjectRepository projects;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private Settings settings;

    protected PlatformImages() {
    }

    public PlatformImages(PlatformRepository repository, Platforms platforms, ProjectRepository projects, DatasetRepository datasets,
            AnnotationRepository annotations, Settings settings) {
        this.repository = repository;
        this.platforms = platforms;
        this.projects = projects;
        this.datasets = datasets;
        this.annotations = annotations;
        this.settings = settings;
    }

    /** Whether an image of a task is here. */
    public Optional<Long> imageOf(long connection, String task, String name) {
        return repository.image(connection, task, name).map(KnownImage::imageId);
    }

    /**
     * Keeps an image of a task, in the connection's dataset.
     *
     * @param name    that tells it from the task's other images
     * @param address from which it was fetched; its last part becomes the image's name
     * @throws InvalidInput if it is no picture that can be decoded
     */
    public Image keep(long connection, PlatformTask task, String name, String address, byte[] bytes) {
        PlatformConnection known = repository.get(connection);
        String sha256 = Sha256.of(bytes);
        String fileName = task.id() + "/" + sha256.substring(0, 8) + "-" + lastPart(address);
        Image image = known.datasetId().flatMap(dataset -> datasets.findImage(dataset, fileName)).orElseGet(() -> add(known, fileName, sha256, address, bytes));
        repository.known(connection, task);
        repository.image(connection, task.id(), name).ifPresentOrElse(shown -> shown.becomes(image.id()),
                () -> repository.add(new KnownImage(connection, task.id(), name, image.id())));
        return image;
    }

    private Image add(PlatformConnection known, String fileName, String sha256, String address, byte[] bytes) {
        // Decoded before anything is locked: platforms wait for their events to be taken.
        Path file = store(folder(known), sha256, bytes);
        ImageInspection inspected = ImageInspection.of(file);
        ImageInspection.Picture picture = inspected.picture().orElseThrow(() -> new InvalidInput("image", address,
                "a picture that can be decoded; " + inspected.problem().orElse("")));
        repository.lock(known.id());
        Dataset dataset = known.datasetId().flatMap(datasets::find).orElseGet(() -> newDataset(known));
        return datasets.findImage(dataset.id(), fileName).orElseGet(() -> {
            PixelSize size = picture.upright();
            Image made = new Image(dataset.id(), fileName, file, size.width(), size.height(), picture.orientation().exif(), sha256);
            datasets.add(made);
            dataset.grow();
            return made;
        });
    }

    private Path folder(PlatformConnection known) {
        String name = known.platform() + "-" + known.projectId() + "-" + known.identity().replaceAll("[^A-Za-z0-9._-]", "_");
        return settings.home().toAbsolutePath().resolve("platforms").resolve(name);
    }

    /** The dataset is there already if the connection was forgotten in between. */
    private Dataset newDataset(PlatformConnection known) {
        Project project = projects.find(known.projectId()).orElseThrow();
        Path folder = folder(known);
        String name = platforms.get(known.platform()).title() + ", project " + known.identity();
        Dataset dataset = datasets.findReadyByName(project.id(), name).filter(there -> there.source().path().equals(folder)).orElseGet(() -> {
            Dataset made = new Dataset(project, name, new DatasetSource(SourceFormat.FOLDER, folder, folder, true), null);
            datasets.add(made);
            made.publish(null, 0, 0, Preflight.of(List.of()));
            return made;
        });
        known.filledInto(dataset.id());
        return dataset;
    }

    private static String lastPart(String address) {
        String path = address.replaceFirst("[#].*$", "");
        int query = path.indexOf('?');
        // Label Studio has the path of a local file in the query.
        String named = query >= 0 && !path.contains("?d=") ? path.substring(0, query) : path;
        String last = named.substring(Math.max(named.lastIndexOf('/'), named.lastIndexOf('=')) + 1).replaceAll("[\\p{Cntrl}\\\\:*\"<>|]", "_");
        return last.isBlank() ? "image" : last.length() > 100 ? last.substring(last.length() - 100) : last;
    }

    private static Path store(Path folder, String sha256, byte[] bytes) {
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

    /**
     * Keeps what a model found on an image as open proposals, but for boxes that somebody has decided about. What it found before, and nobody
     * decided about, is set aside if it is anything else.
     *
     * @param labels that were looked for
     */
    public void propose(Image image, long modelVersion, Set<String> labels, List<Detection> detections) {
        Project project = datasets.find(image.datasetId()).map(Dataset::projectId).flatMap(projects::find).orElseThrow();
        Map<String, Category> categories = projects.categoriesNamed(project, labels);
        Set<Long> ids = categories.values().stream().map(Category::id).collect(Collectors.toSet());
        List<Annotation> there = annotations.ofImage(image.id(), Annotation.Status.SHOWN).stream().filter(box -> ids.contains(box.categoryId())).toList();
        List<Annotation> decided = there.stream().filter(box -> box.status() != Annotation.Status.PROPOSED).toList();
        List<Detection> open = detections.stream().filter(found -> decided.stream().noneMatch(box -> box.categoryId() == categories.get(found.category()).id()
                && box.box().iou(found.box()) >= 0.5)).toList();
        List<String> before = there.stream().filter(box -> box.status() == Annotation.Status.PROPOSED && box.score().isPresent())
                .map(box -> box.categoryId() + " " + box.box() + " " + box.score().get() + " " + box.modelVersionId().orElse(0L)).sorted().toList();
        List<String> now = open.stream().map(found -> categories.get(found.category()).id() + " " + found.box() + " " + found.score() + " " + modelVersion)
                .sorted().toList();
        if (before.equals(now)) {
            return;
        }
        annotations.supersede(image.id(), ids);
        for (int i = 0; i < open.size(); i++) {
            annotations.add(Annotation.proposed(image, categories.get(open.get(i).category()), open.get(i), modelVersion, i));
        }
    }
}

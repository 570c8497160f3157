package dev.gleaner.transfer;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.annotation.FiledBox;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.ImportRoots;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.BoxCheck;
import dev.gleaner.format.Finding;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.Orientation;
import dev.gleaner.format.PixelFrame;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Preflight;
import dev.gleaner.format.Sha256;
import dev.gleaner.format.SourceBox;
import dev.gleaner.format.SourceCategory;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.format.SourceImage;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.SourceReader;
import dev.gleaner.glip.Box;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.DecidedBox.Action;
import dev.gleaner.review.ImportedDecisions;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import dev.gleaner.transfer.BoxDifference.Given;
import dev.gleaner.transfer.BoxDifference.Kind;
import dev.gleaner.transfer.BoxDifference.Standing;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Takes boxes from a file into a dataset that is there already. First the difference is shown; whoever follows it names it, so that nothing
 * else can happen. What a human decided is left as it is unless the caller asks for the contrary. What is done is decisions in the caller's
 * name, in the audit log of reviewing, and can be taken back there.
 *
 * <p>Open proposals are left alone, and so are crowds, on both sides. A source with errors is not followed, lenient or not: what could not be
 * read of it would look like boxes that it lacks.
 */
@Stateless
public class DatasetUpdateService {

    /** Both sides are compared in memory, while somebody waits. */
    private static final int MOST_BOXES = 200_000;
    private static final int PAGE = 1000;
    /** Formats whose annotations are one file. */
    private static final Set<SourceFormat> SENT = EnumSet.of(SourceFormat.COCO, SourceFormat.CVAT, SourceFormat.LABEL_STUDIO, SourceFormat.CSV);
    /** Of a source whose images are those of the dataset, these say nothing. */
    private static final Set<Code> OF_FILES = Set.of(Code.MISSING_FILE, Code.IMAGES_NOT_NAMED, Code.FILE_NAME_MENDED, Code.FILE_OUTSIDE_ROOTS);

    @Inject
    private DatasetRepository datasets;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private ProjectRepository projects;
    @Inject
    private ImportRoots roots;
    @Inject
    private ImportedDecisions decisions;

    protected DatasetUpdateService() {
    }

    public DatasetUpdateService(DatasetRepository datasets, AnnotationRepository annotations, ProjectRepository projects, ImportRoots roots,
            ImportedDecisions decisions) {
        this.datasets = datasets;
        this.annotations = annotations;
        this.projects = projects;
        this.roots = roots;
        this.decisions = decisions;
    }

    /** What an update did. @param kept differences that were left, as following them would have undone decisions */
    public record Update(int followed, int kept) {
    }

    private record OfImage(Image image, List<BoxDifference> differences) {
    }

    private record Compared(List<OfImage> images, DatasetDifference difference) {
    }

    /**
     * What a source has otherwise than the dataset. Changes nothing.
     *
     * @throws NotFound     if there is no such dataset
     * @throws Conflict     if it is not ready
     * @throws InvalidInput if the source cannot be taken, or is too large to be compared while somebody waits
     */
    @PermitAll
    public DatasetDifference difference(long dataset, RequestedSource source) {
        Dataset compared = ready(dataset);
        return compare(compared, named(compared, source)).difference();
    }

    /**
     * The same of a file that came with the call, of a format of one file.
     *
     * @param type the {@linkplain SourceFormat#label label} of its format
     * @param file null where none came
     */
    @PermitAll
    public DatasetDifference difference(long dataset, String type, Path file) {
        Dataset compared = ready(dataset);
        return compare(compared, sent(compared, type, file)).difference();
    }

    /**
     * Follows the difference.
     *
     * @param token         of the difference that was seen
     * @param overDecisions whether also where a human decided otherwise
     * @param requestId     by which it can be taken back
     * @param reviewer      in whose name
     * @throws Conflict     if the difference is another by now, or the source has errors
     */
    @RolesAllowed({"administrator", "engineer", "reviewer"})
    public Update follow(long dataset, RequestedSource source, String token, boolean overDecisions, String requestId, Origin origin, String reviewer) {
        Dataset updated = ready(dataset);
        return follow(updated, named(updated, source), token, overDecisions, requestId, origin, reviewer);
    }

    /** The same with a file that came with the call. */
    @RolesAllowed({"administrator", "engineer", "reviewer"})
    public Update follow(long dataset, String type, Path file, String token, boolean overDecisions, String requestId, Origin origin, String reviewer) {
        Dataset updated = ready(dataset);
        return follow(updated, sent(updated, type, file), token, overDecisions, requestId, origin, reviewer);
    }

    private Update follow(Dataset updated, DatasetSource source, String token, boolean overDecisions, String requestId, Origin origin, String reviewer) {
        datasets.lockProject(updated.projectId());
        Compared compared = compare(updated, source);
        if (compared.difference.preflight().errors() > 0) {
            throw new Conflict("the source has " + compared.difference.preflight().errors() + " errors; expected none");
        }
        if (!compared.difference.token().equals(token)) {
            throw new Conflict("the difference is not the one that was seen: the dataset or the source has changed; expected the token of a difference of now");
        }
        SortedMap<Long, List<BoxDecision>> byImage = new TreeMap<>();
        int followed = 0;
        for (OfImage image : compared.images) {
            List<BoxDecision> wanted = image.differences.stream().filter(d -> overDecisions || !d.againstDecision()).map(DatasetUpdateService::decision).toList();
            followed += wanted.size();
            if (!wanted.isEmpty()) {
                byImage.put(image.image.id(), wanted);
            }
        }
        if (!byImage.isEmpty()) {
            Set<String> names = byImage.values().stream().flatMap(List::stream).map(BoxDecision::category).filter(name -> name != null).collect(Collectors.toSet());
            if (!names.isEmpty()) {
                projects.categoriesNamed(projects.find(updated.projectId()).orElseThrow(), names);
            }
            decisions.decide(updated.projectId(), byImage, requestId, origin, reviewer);
        }
        return new Update(followed, compared.difference.differences() - followed);
    }

    private static BoxDecision decision(BoxDifference difference) {
        Standing standing = difference.standing();
        Given given = difference.given();
        if (difference.kind() == Kind.REMOVED) {
            return new BoxDecision(standing.id(), standing.version(), Action.REJECT, null, null);
        }
        List<Double> bbox = List.of(given.box().x(), given.box().y(), given.box().width(), given.box().height());
        if (difference.kind() == Kind.ADDED && standing == null) {
            return new BoxDecision(null, null, Action.DRAW, given.category(), bbox);
        }
        // One that a reviewer rejected and the source has comes back as it is there.
        return new BoxDecision(standing.id(), standing.version(), difference.kind() == Kind.RELABELLED ? Action.RELABEL : Action.MOVE, given.category(), bbox);
    }

    private Dataset ready(long id) {
        Dataset dataset = datasets.find(id).orElseThrow(() -> new NotFound("dataset", id));
        if (!dataset.isReady()) {
            throw new Conflict("dataset " + id + " is " + dataset.status() + "; expected it to be READY");
        }
        return dataset;
    }

    private DatasetSource named(Dataset dataset, RequestedSource requested) {
        if (requested == null) {
            throw new InvalidInput("source", null, "an object with type and path");
        }
        DatasetSource source = roots.resolve(withImages(dataset, requested));
        if (source.isArchive() || !source.format().hasAnnotations()) {
            throw new InvalidInput("source.path", requested.path(), "annotations as files, in no archive");
        }
        return source;
    }

    /** Names of images are looked up among those that the dataset has, where they are a folder. */
    private static DatasetSource sent(Dataset dataset, String type, Path file) {
        SourceFormat format = SourceFormat.named(type).filter(SENT::contains).orElseThrow(() -> new InvalidInput("type", type,
                "one of " + SENT.stream().map(SourceFormat::label).toList() + ", which are one file"));
        if (file == null) {
            throw new InvalidInput("file", null, "the file of annotations");
        }
        DatasetSource own = dataset.source();
        return new DatasetSource(format, file, own.isArchive() || !Files.isDirectory(own.images()) ? file.getParent() : own.images(), false);
    }

    private Compared compare(Dataset dataset, DatasetSource source) {
        Map<String, Image> images = images(dataset.id());
        Read read = read(source, images);
        Map<Long, List<Standing>> standing = standing(dataset.id(), read.given.keySet().stream().map(Image::id).toList());
        List<OfImage> differing = new ArrayList<>();
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        List<DatasetDifference.Sample> samples = new ArrayList<>();
        StringBuilder all = new StringBuilder();
        int total = 0;
        int against = 0;
        for (Map.Entry<Image, List<Given>> entry : read.given.entrySet()) {
            List<BoxDifference> differences = BoxDifference.of(standing.getOrDefault(entry.getKey().id(), List.of()), entry.getValue());
            if (!differences.isEmpty()) {
                differing.add(new OfImage(entry.getKey(), differences));
            }
            for (BoxDifference difference : differences) {
                total++;
                against += difference.againstDecision() ? 1 : 0;
                counts.merge(difference.kind(), 1, Integer::sum);
                all.append(entry.getKey().id()).append(difference).append('\n');
                if (samples.size() < DatasetDifference.SAMPLES) {
                    samples.add(sample(entry.getKey(), difference));
                }
            }
        }
        return new Compared(differing, new DatasetDifference(read.given.size(), read.unknown, counts.getOrDefault(Kind.ADDED, 0), counts.getOrDefault(Kind.MOVED, 0),
                counts.getOrDefault(Kind.RELABELLED, 0), counts.getOrDefault(Kind.REMOVED, 0), total, against, samples, report(read.findings),
                Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8))));
    }

    private static DatasetDifference.Sample sample(Image image, BoxDifference difference) {
        Standing was = difference.standing();
        Given becomes = difference.given();
        return new DatasetDifference.Sample(image, difference.kind().name(), was == null ? null : was.id(), was == null ? null : was.status(),
                difference.againstDecision(), was == null ? null : new DatasetDifference.Place(was.category(), was.box()),
                becomes == null ? null : new DatasetDifference.Place(becomes.category(), becomes.box()));
    }

    /** Left open, the images are those that the dataset has. */
    private static RequestedSource withImages(Dataset dataset, RequestedSource requested) {
        DatasetSource own = dataset.source();
        return requested.images() != null || own.isArchive() || !Files.isDirectory(own.images()) ? requested
                : new RequestedSource(requested.type(), requested.path(), own.images().toString(), requested.lenient());
    }

    private Map<String, Image> images(long dataset) {
        Map<String, Image> images = new HashMap<>();
        for (List<Image> page = datasets.images(dataset, 0, PAGE); !page.isEmpty(); page = datasets.images(dataset, page.get(page.size() - 1).id(), PAGE)) {
            page.forEach(image -> images.put(image.fileName(), image));
        }
        return images;
    }

    private Map<Long, List<Standing>> standing(long dataset, Collection<Long> wanted) {
        Set<Long> images = Set.copyOf(wanted);
        Map<Long, List<Standing>> standing = new HashMap<>();
        long after = 0;
        int count = 0;
        for (List<FiledBox> page = annotations.filed(dataset, Annotation.Status.SHOWN, after, PAGE); !page.isEmpty();
                page = annotations.filed(dataset, Annotation.Status.SHOWN, after, PAGE)) {
            for (FiledBox filed : page) {
                Annotation box = filed.annotation();
                after = box.id();
                if (images.contains(box.imageId()) && !box.isCrowd()) {
                    requireFew(++count, "the dataset has on these images");
                    standing.computeIfAbsent(box.imageId(), id -> new ArrayList<>())
                            .add(new Standing(box.id(), box.version(), filed.category(), box.box(), box.status(), box.decidedAt().isPresent()));
                }
            }
        }
        return standing;
    }

    private static void requireFew(int boxes, String whose) {
        if (boxes > MOST_BOXES) {
            throw new InvalidInput("source.path", null, "at most " + MOST_BOXES + " boxes, and " + whose + " more");
        }
    }

    /** What a source says of the dataset's images. */
    private static final class Read {
        private final Map<Image, List<Given>> given = new LinkedHashMap<>();
        private final List<Finding> findings = new ArrayList<>();
        private int unknown;
    }

    private Read read(DatasetSource source, Map<String, Image> images) {
        Read read = new Read();
        Map<String, SourceImage> named = new HashMap<>();
        Map<String, String> categories = new HashMap<>();
        List<SourceBox> boxes = new ArrayList<>();
        try (SourceReader reader = source.format().open(source.path(), source.images(), roots.real())) {
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof SourceImage image) {
                    if (images.containsKey(image.fileName())) {
                        named.put(image.id(), image);
                        read.given.put(images.get(image.fileName()), new ArrayList<>());
                    } else {
                        read.unknown++;
                    }
                } else if (item.get() instanceof SourceCategory category) {
                    categories.put(category.id(), category.name());
                } else if (item.get() instanceof SourceBox box && !box.crowd()) {
                    boxes.add(box);
                    requireFew(boxes.size(), "the source has");
                } else if (item.get() instanceof Finding finding && !OF_FILES.contains(finding.code())) {
                    read.findings.add(finding);
                }
            }
        } catch (IOException e) {
            throw new InvalidInput("source.path", source.path(), "a source that can be read, and reading it failed: " + e.getMessage());
        }
        for (SourceBox box : boxes) {
            SourceImage image = named.get(box.imageId());
            if (image != null) {
                fit(box, image, images.get(image.fileName()), categories.get(box.categoryId()), read);
            }
        }
        return read;
    }

    private static void fit(SourceBox box, SourceImage named, Image image, String category, Read read) {
        if (category == null) {
            read.findings.add(new Finding(Code.UNKNOWN_CATEGORY, image.fileName(), SourceBox.label(box.id()) + ": category is " + box.categoryId()
                    + "; expected the id of a category"));
            return;
        }
        PixelSize upright = new PixelSize(image.width(), image.height());
        Orientation orientation = new Orientation(image.orientation());
        PixelSize stored = orientation.swapsAxes() ? upright.turned() : upright;
        PixelSize declared = named.declared().orElse(upright);
        if (!declared.equals(upright) && !declared.equals(stored)) {
            read.findings.add(new Finding(Code.SIZE_DIFFERS, image.fileName(), "the annotations give its size as " + declared + "; the image is " + upright));
            return;
        }
        Box pixels = box.relative().map(part -> part.in(declared)).orElse(box.box());
        boolean asStored = named.frame().map(PixelFrame.STORED::equals).orElse(!declared.equals(upright));
        BoxCheck check = BoxCheck.of(SourceBox.label(box.id()), asStored ? orientation.upright(pixels, stored) : pixels, image.fileName(), upright);
        check.finding().ifPresent(read.findings::add);
        check.box().ifPresent(fitted -> read.given.get(image).add(new Given(category, fitted)));
    }

    private static Preflight report(List<Finding> findings) {
        return Preflight.of(findings.stream().collect(Collectors.groupingBy(Finding::code, TreeMap::new, Collectors.toList())).entrySet().stream()
                .map(group -> new Preflight.Group(group.getKey().severity(false), group.getKey(), group.getValue().size(),
                        group.getValue().stream().limit(Preflight.SAMPLES).map(finding -> new Preflight.Sample(finding.file(), finding.message())).toList())).toList());
    }
}

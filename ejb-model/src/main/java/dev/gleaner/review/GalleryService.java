package dev.gleaner.review;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Shows the open proposals of one category side by side, and takes decisions about many of them at once. */
@Stateless
@RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER, Roles.REVIEWER})
public class GalleryService {

    private static final int MOST_BOXES = 1000;
    private static final int MOST_COUNTED = 1000;
    private static final int MOST_STEP = 500;
    private static final String NUMBER = "(-?[0-9.E-]+)";
    private static final Pattern PLACE = Pattern.compile(NUMBER + ":([0-9]+)(?::" + String.join(":", NUMBER, NUMBER, NUMBER, NUMBER) + ")?");
    private static final Set<DecidedBox.Action> ACTIONS = Set.of(DecidedBox.Action.ACCEPT, DecidedBox.Action.REJECT, DecidedBox.Action.RELABEL);

    /**
     * How a gallery is sorted: by score, or those first that are least like the other open proposals of their category. How unlike the others one
     * is, is the squared Mahalanobis distance (1936) of its size and shape from their means, correlation left aside: the squared standard scores of
     * the logarithms of its area and of its ratio of width to height, added up.
     */
    public enum Sorting { LOWEST, HIGHEST, UNLIKE }

    @Inject
    private CropRepository crops;
    @Inject
    private ReviewRepository reviews;
    @Inject
    private DecisionRepository log;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private ProjectRepository projects;

    protected GalleryService() {
    }

    public GalleryService(CropRepository crops, ReviewRepository reviews, DecisionRepository log, AnnotationRepository annotations,
            DatasetRepository datasets, ProjectRepository projects) {
        this.crops = crops;
        this.reviews = reviews;
        this.log = log;
        this.annotations = annotations;
        this.datasets = datasets;
        this.projects = projects;
    }

    /**
     * What a gallery shows.
     *
     * @param category by name
     * @param least    lowest score; null for any
     * @param most     highest score; null for any
     */
    public record Wanted(String category, Sorting sorting, Double least, Double most) {
    }

    /**
     * A page of a gallery.
     *
     * @param total how many open proposals are wanted; null on later pages
     * @param next  where the next page begins; null on the last one
     */
    public record Page(List<Crop> crops, Long total, String next) {
    }

    /**
     * Where the pages of a gallery end, so that each can be read without those before it.
     *
     * @param total how many open proposals are wanted
     * @param ends  of whole pages
     */
    public record Places(long total, List<String> ends) {
    }

    /**
     * How many open proposals a category of a gallery has.
     *
     * @param open not counted beyond a thousand
     * @param more whether there are more
     */
    public record OpenCategory(String category, int open, boolean more) {
    }

    /**
     * The categories of which a dataset has open proposals, by name.
     *
     * @throws NotFound if there is no such dataset
     */
    @PermitAll
    public List<OpenCategory> categoriesOf(long datasetId) {
        return crops.categories(dataset(datasetId).projectId(), datasetId, MOST_COUNTED + 1).stream()
                .map(row -> new OpenCategory(row.category(), Math.min(row.open(), MOST_COUNTED), row.open() > MOST_COUNTED)).toList();
    }

    /**
     * Open proposals of a category, whatever their scores.
     *
     * @param after as in {@link #page(long, Wanted, String, String, int)}
     */
    @PermitAll
    public Page page(long datasetId, String category, Sorting sorting, String after, int limit) {
        return page(datasetId, new Wanted(category, sorting, null, null), after, null, limit);
    }

    /**
     * Open proposals of a category.
     *
     * @param after the {@code next} of the page before, or one of the {@link Places}; null for the first page
     * @param until the place of the last proposal that may be shown; null for as many as the limit lets through
     * @throws NotFound     if there is no such dataset
     * @throws InvalidInput if the category is none of its project's, the scores are none, or a place is none
     */
    @PermitAll
    public Page page(long datasetId, Wanted wanted, String after, String until, int limit) {
        CropRepository.Band band = band(datasetId, wanted);
        CropRepository.Place from = after == null ? null : place("after", after);
        CropRepository.Place to = until == null ? null : place("until", until);
        CropRepository.Order order = order(band, wanted.sorting, after == null ? until : after);
        List<Crop> found = crops.page(band, order, from, to, limit + 1);
        List<Crop> shown = found.subList(0, Math.min(limit, found.size()));
        Crop last = found.size() > limit ? shown.get(limit - 1) : null;
        return new Page(shown, after == null ? crops.count(band) : null, last == null ? null : written(last.rank(), last.annotation().id(), order));
    }

    /**
     * Where pages of a size end.
     *
     * @param size of the pages, 1 to 500
     * @throws NotFound     if there is no such dataset
     * @throws InvalidInput if the category is none of its project's, the scores are none, or the size is too large
     */
    @PermitAll
    public Places places(long datasetId, Wanted wanted, int size) {
        if (size < 1 || size > MOST_STEP) {
            throw new InvalidInput("size", size, "1 to " + MOST_STEP);
        }
        CropRepository.Band band = band(datasetId, wanted);
        CropRepository.Order order = order(band, wanted.sorting, null);
        return new Places(crops.count(band), crops.places(band, order, size).stream().map(place -> written(place.rank(), place.id(), order)).toList());
    }

    private Dataset dataset(long id) {
        return datasets.find(id).orElseThrow(() -> new NotFound("dataset", id));
    }

    private CropRepository.Band band(long datasetId, Wanted wanted) {
        Dataset dataset = dataset(datasetId);
        Long id = wanted.category == null ? null : categories(dataset.projectId()).get(wanted.category);
        if (id == null) {
            throw new InvalidInput("category", wanted.category, "a category of the dataset's project");
        }
        if (wanted.least != null && !(wanted.least >= 0 && wanted.least <= 1)) {
            throw new InvalidInput("least", wanted.least, "a score from 0 to 1");
        }
        if (wanted.most != null && !(wanted.most >= (wanted.least == null ? 0 : wanted.least) && wanted.most <= 1)) {
            throw new InvalidInput("most", wanted.most, "a score from " + (wanted.least == null ? 0 : wanted.least) + " to 1");
        }
        return new CropRepository.Band(datasetId, id, wanted.least, wanted.most);
    }

    /** Pages that follow measure by the same spread as the first: what is decided meanwhile must not move places. */
    private CropRepository.Order order(CropRepository.Band band, Sorting sorting, String place) {
        if (sorting != Sorting.UNLIKE) {
            return new CropRepository.Order(sorting == Sorting.LOWEST, null);
        }
        Matcher matcher = place == null ? null : PLACE.matcher(place);
        boolean told = matcher != null && matcher.matches() && matcher.group(3) != null;
        return new CropRepository.Order(false, told ? new CropRepository.Spread(Double.parseDouble(matcher.group(3)), Double.parseDouble(matcher.group(4)),
                Double.parseDouble(matcher.group(5)), Double.parseDouble(matcher.group(6))) : crops.spread(band.dataset(), band.category()));
    }

    private static String written(double rank, long id, CropRepository.Order order) {
        CropRepository.Spread spread = order.unlike();
        return rank + ":" + id + (spread == null ? "" : ":" + spread.size() + ":" + spread.sizes() + ":" + spread.shape() + ":" + spread.shapes());
    }

    private static CropRepository.Place place(String field, String text) {
        Matcher matcher = PLACE.matcher(text);
        try {
            if (matcher.matches()) {
                for (int i = 3; i <= matcher.groupCount() && matcher.group(i) != null; i++) {
                    Double.parseDouble(matcher.group(i));
                }
                return new CropRepository.Place(Double.parseDouble(matcher.group(1)), Long.parseLong(matcher.group(2)));
            }
        } catch (NumberFormatException e) {
            // Answered below.
        }
        throw new InvalidInput(field, text, "the next of the page before");
    }

    /**
     * What was done about many boxes.
     *
     * @param decisions  an entry of the audit log for each image
     * @param stale      boxes that are not what the reviewer saw: nothing was done about them
     * @param categories names of the project's categories by id
     */
    public record Outcome(List<LoggedDecision> decisions, List<ShownBox> stale, Map<Long, String> categories) {
    }

    /**
     * Decides about boxes on any images of one project, those that are not what the reviewer saw left as they are. Sent again under the same id
     * it is not done again.
     *
     * @param boxes to accept, reject or relabel, 1 to 1000
     * @throws InvalidInput naming every field that cannot be taken
     * @throws Conflict     if the id was used for something else
     */
    public Outcome decide(List<BoxDecision> boxes, Double seconds, String requestId, Origin origin, String reviewer) {
        Envelope.check(0, requestId, seconds, null);
        checkBoxes(boxes);
        reviews.lockReviewer(0, reviewer);
        Map<Long, Annotation> there = annotations.lock(boxes.stream().map(BoxDecision::annotation).toList()).stream()
                .collect(Collectors.toMap(Annotation::id, Function.identity()));
        Map<Long, Image> images = datasets.findImages(there.values().stream().map(Annotation::imageId).collect(Collectors.toSet()));
        long project = project(boxes, there);
        List<LoggedDecision> before = sentBefore(ReviewDecision.Action.DECIDE, requestId, reviewer);
        if (!before.isEmpty()) {
            Set<Long> done = before.stream().flatMap(entry -> entry.boxes().stream()).map(box -> box.annotationId().orElseThrow()).collect(Collectors.toSet());
            return new Outcome(before, boxes.stream().map(BoxDecision::annotation).filter(id -> !done.contains(id)).map(there::get)
                    .map(box -> ShownBox.of(box, false)).toList(), names(project));
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        List<WantedBox> read = WantedBox.read(boxes, box -> images.get(there.get(box.annotation()).imageId()), categories(project));
        Map<Long, List<BoxChange>> changes = new TreeMap<>();
        List<ShownBox> stale = new ArrayList<>();
        for (int i = 0; i < boxes.size(); i++) {
            BoxDecision wanted = boxes.get(i);
            Annotation box = there.get(wanted.annotation());
            if (box.version() != wanted.version()) {
                stale.add(ShownBox.of(box, false));
            } else {
                changes.computeIfAbsent(box.imageId(), id -> new ArrayList<>()).add(BoxChange.decided(read.get(i), box, reviewer, now));
            }
        }
        reviews.flush();
        // What it took is shared among the images.
        Double share = seconds == null || changes.isEmpty() ? null : seconds / changes.size();
        return new Outcome(changes.entrySet().stream().map(entry -> log.add(ReviewDecision.ofImage(project, images.get(entry.getKey()), share, reviewer,
                requestId, origin, now), entry.getValue())).toList(), stale, names(project));
    }

    private static void checkBoxes(List<BoxDecision> boxes) {
        if (boxes == null || boxes.isEmpty() || boxes.size() > MOST_BOXES) {
            throw new InvalidInput("boxes", boxes == null ? null : boxes.size() + " boxes", "a list of 1 to " + MOST_BOXES);
        }
        List<Fault> faults = new ArrayList<>();
        Set<Long> named = new HashSet<>();
        for (int i = 0; i < boxes.size(); i++) {
            BoxDecision box = boxes.get(i);
            if (!ACTIONS.contains(box.action())) {
                faults.add(new Fault("boxes[" + i + "].action", box.action().name().toLowerCase(Locale.ROOT), "accept, reject or relabel"));
            }
            if (box.annotation() == null || !named.add(box.annotation())) {
                faults.add(new Fault("boxes[" + i + "].annotation", box.annotation(), "the id of a box that was not named before"));
            } else if (box.version() == null) {
                faults.add(new Fault("boxes[" + i + "].version", null, "the version of the box as it was seen"));
            }
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }

    /** The one that all boxes are of. */
    private long project(List<BoxDecision> boxes, Map<Long, Annotation> there) {
        Long project = null;
        for (int i = 0; i < boxes.size(); i++) {
            Annotation box = there.get(boxes.get(i).annotation());
            if (box == null) {
                throw new InvalidInput("boxes[" + i + "].annotation", boxes.get(i).annotation(), "the id of a box");
            }
            long own = datasets.find(box.datasetId()).map(Dataset::projectId).orElseThrow();
            if (project != null && project != own) {
                throw new InvalidInput("boxes[" + i + "].annotation", boxes.get(i).annotation(), "the id of a box in the project of the first one");
            }
            project = own;
        }
        return project;
    }

    /**
     * Takes back what the reviewer decided under an id, as far as nobody changed the boxes since: an image where somebody did is left as it is.
     *
     * @param earlier   the id of the request to take back
     * @param requestId of this one
     * @return {@code stale} are the boxes that were changed
     * @throws InvalidInput if one of the ids cannot be taken
     * @throws Conflict     if the id was used for something else, or there is nothing to take back
     */
    public Outcome undo(String earlier, String requestId, Origin origin, String reviewer) {
        Envelope.check(0, requestId, null, null);
        if (earlier == null) {
            throw new InvalidInput("undoes", null, "the requestId of what is to be taken back");
        }
        reviews.lockReviewer(0, reviewer);
        List<LoggedDecision> before = sentBefore(ReviewDecision.Action.UNDO, requestId, reviewer);
        if (!before.isEmpty()) {
            return new Outcome(before, List.of(), names(before.get(0).decision().projectId()));
        }
        List<LoggedDecision> done = log.requests(reviewer, earlier).stream()
                .filter(entry -> entry.decision().itemId().isEmpty() && entry.decision().action() == ReviewDecision.Action.DECIDE).toList();
        Set<Long> undone = done.isEmpty() ? Set.of() : log.undone(done.stream().map(entry -> entry.decision().id()).toList());
        List<LoggedDecision> standing = done.stream().filter(entry -> !undone.contains(entry.decision().id())).toList();
        if (standing.isEmpty()) {
            throw new Conflict("request \"" + earlier + "\" decided about nothing that could be taken back");
        }
        Map<Long, Annotation> there = annotations.lock(standing.stream().flatMap(entry -> entry.boxes().stream()).map(box -> box.annotationId().orElseThrow())
                .toList()).stream().collect(Collectors.toMap(Annotation::id, Function.identity()));
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        Map<ReviewDecision, List<BoxChange>> changes = new LinkedHashMap<>();
        List<ShownBox> stale = new ArrayList<>();
        for (LoggedDecision entry : standing) {
            List<Annotation> changed = entry.boxes().stream().filter(box -> !isAsLeft(box, there)).map(box -> there.get(box.annotationId().orElseThrow()))
                    .filter(Objects::nonNull).toList();
            if (entry.boxes().stream().allMatch(box -> isAsLeft(box, there))) {
                changes.put(entry.decision(), entry.boxes().stream().map(box -> restored(box, there.get(box.annotationId().orElseThrow()))).toList());
            } else {
                changed.forEach(box -> stale.add(ShownBox.of(box, false)));
            }
        }
        reviews.flush();
        return new Outcome(changes.entrySet().stream().map(entry -> log.add(ReviewDecision.undone(entry.getKey(), requestId, origin, now), entry.getValue()))
                .toList(), stale, names(standing.get(0).decision().projectId()));
    }

    /** A box that the decision drew, as an imported one may have, is gone. */
    private BoxChange restored(DecidedBox decided, Annotation box) {
        BoxChange change = BoxChange.restored(decided, box);
        if (decided.before().isEmpty()) {
            annotations.remove(box);
        }
        return change;
    }

    private static boolean isAsLeft(DecidedBox box, Map<Long, Annotation> there) {
        Annotation annotation = there.get(box.annotationId().orElseThrow());
        return annotation != null && annotation.version() == box.after().orElseThrow().version();
    }

    private List<LoggedDecision> sentBefore(ReviewDecision.Action action, String requestId, String reviewer) {
        List<LoggedDecision> sent = log.requests(reviewer, requestId);
        sent.stream().map(LoggedDecision::decision).filter(entry -> entry.action() != action || entry.itemId().isPresent()).findFirst().ifPresent(entry -> {
            throw new Conflict("request \"" + requestId + "\" was a " + entry.action() + " of image " + entry.imageId());
        });
        return sent;
    }

    private Map<Long, String> names(long project) {
        return projects.categories(project).stream().collect(Collectors.toMap(Category::id, Category::name));
    }

    private Map<String, Long> categories(long project) {
        return projects.categories(project).stream().collect(Collectors.toMap(Category::name, Category::id));
    }
}

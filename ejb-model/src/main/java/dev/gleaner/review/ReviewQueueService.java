package dev.gleaner.review;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.labeling.LabelingRun;
import dev.gleaner.labeling.LabelingRunRepository;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionRepository;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.ReviewQueue.Among;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes review queues, shows how far they are cleared, and closes them. */
@Stateless
@RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
public class ReviewQueueService {

    static final int DEFAULT_LIMIT = 500;
    static final int MOST_IMAGES = 20_000;

    /** Proposals that a preview looks at: somebody waits for it. */
    private static final int MOST_COUNTED = 200_000;
    private static final double MOST_CHECKS = 0.15;
    private static final int MOST_REVIEWERS = 5;
    private static final double CONSENSUS_SHARE = 0.1;
    private static final int LONGEST_NAME = 200;

    @Inject
    private ReviewRepository reviews;
    @Inject
    private QueueBuilder builder;
    @Inject
    private QueueCandidates candidates;
    @Inject
    private DatasetService datasets;
    @Inject
    private ProjectRepository projects;
    @Inject
    private ModelVersionRepository models;
    @Inject
    private LabelingRunRepository runs;

    protected ReviewQueueService() {
    }

    public ReviewQueueService(ReviewRepository reviews, QueueBuilder builder, QueueCandidates candidates, DatasetService datasets,
            ProjectRepository projects, ModelVersionRepository models, LabelingRunRepository runs) {
        this.reviews = reviews;
        this.builder = builder;
        this.candidates = candidates;
        this.datasets = datasets;
        this.projects = projects;
        this.models = models;
        this.runs = runs;
    }

    /**
     * Makes a queue of images with open proposals, or, for an audit, of all that were labeled.
     *
     * @param createdBy whose order it is
     * @throws InvalidInput naming every field that cannot be taken
     * @throws Conflict     if there is nothing to review: no open proposal that the filter lets through, or no image that was labeled
     */
    public ReviewQueue create(NewReviewQueue wanted, String createdBy) {
        List<Fault> faults = faultyNumbers(wanted);
        if (wanted.name() == null || wanted.name().isBlank() || wanted.name().length() > LONGEST_NAME) {
            faults.add(0, new Fault("name", wanted.name(), "1 to " + LONGEST_NAME + " characters, not all of them blank"));
        }
        ReviewQueue queue = queue(wanted, faults, createdBy);
        reviews.add(queue);
        List<NewItem> items = builder.items(queue, limit(wanted));
        if (items.isEmpty()) {
            throw new Conflict(queue.datasetId().map(id -> "dataset " + id).orElse("project " + queue.projectId()) + (queue.among() == Among.LABELED ? " has no image that was labeled"
                    : " has no open proposal that the filter lets through") + ": there is nothing to review");
        }
        reviews.add(queue, items);
        queue.holds((int) items.stream().filter(item -> item.kind() == ReviewItem.Kind.WORK).count(), items.size());
        return queue;
    }

    /**
     * What a queue would hold if it were made now. It needs no name.
     *
     * @throws InvalidInput naming every field that cannot be taken
     */
    public QueuePreview preview(NewReviewQueue wanted) {
        ReviewQueue queue = queue(wanted, faultyNumbers(wanted), null);
        Map<Long, String> named = projects.categories(queue.projectId()).stream().collect(Collectors.toMap(Category::id, Category::name));
        List<Long> asked = named.keySet().stream().filter(queue.filter()::hasCategory).sorted().toList();
        List<Long> among = candidates.datasets(queue);
        List<Long> known = queue.checks() == 0 ? List.of()
                : candidates.known(queue.projectId(), among, QueueMix.checks(limit(wanted), queue.checks()), queue.seed());
        List<QueueCandidates.Count> counts = candidates.counts(among, queue.filter(), asked, List.of(), MOST_COUNTED);
        int labeled = queue.among() == Among.LABELED ? candidates.countLabeled(among, queue.filter(), MOST_COUNTED) : 0;
        int checks = QueueMix.setAside(Math.max(labeled, ofAll(counts).images()), known.size(), limit(wanted), queue.checks());
        if (checks > 0) {
            counts = candidates.counts(among, queue.filter(), asked, known.subList(0, checks), MOST_COUNTED);
        }
        QueueCandidates.Count all = ofAll(counts);
        int found = queue.among() == Among.LABELED ? labeled - checks : all.images();
        int images = Math.min(found, limit(wanted));
        return new QueuePreview(images, found, all.boxes(), all.looked() == MOST_COUNTED || labeled == MOST_COUNTED, checks,
                QueueMix.opinions(images, queue.consensus(), queue.consensusShare()),
                counts.stream().filter(count -> count.category() != null)
                        .map(count -> new QueuePreview.OfCategory(named.get(count.category()), count.images(), count.boxes()))
                        .sorted(Comparator.comparingInt(QueuePreview.OfCategory::images).reversed().thenComparing(QueuePreview.OfCategory::category)).toList());
    }

    private static QueueCandidates.Count ofAll(List<QueueCandidates.Count> counts) {
        return counts.stream().filter(count -> count.category() == null).findFirst().orElseThrow();
    }

    private static int limit(NewReviewQueue wanted) {
        return wanted.limit() == null ? DEFAULT_LIMIT : wanted.limit();
    }

    private static ReviewQueue.Ordering ordering(NewReviewQueue wanted) {
        return wanted.ordering() == null ? ReviewQueue.Ordering.RANKED : wanted.ordering();
    }

    /** The queue as it is wanted, not yet stored and without items. */
    private ReviewQueue queue(NewReviewQueue wanted, List<Fault> faults, String createdBy) {
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        Scope scope = scope(wanted);
        ReviewFilter filter = wanted.filter() == null ? ReviewFilter.ALL : filter(wanted.filter(), scope);
        long seed = wanted.seed() == null ? System.currentTimeMillis() : wanted.seed();
        return new ReviewQueue(wanted.name(), scope.project, wanted.dataset(), ordering(wanted), wanted.among() == null ? Among.OPEN : wanted.among(), filter,
                wanted.checks() == null ? 0 : wanted.checks(), Math.max(1, wanted.consensus() == null ? 1 : wanted.consensus()),
                wanted.consensusShare() == null ? CONSENSUS_SHARE : wanted.consensusShare(), seed, createdBy);
    }

    /** The project of a queue, and the datasets that it is made of. */
    private record Scope(long project, List<Long> datasets) {
    }

    private Scope scope(NewReviewQueue wanted) {
        if (wanted.project() == null) {
            Dataset dataset = datasets.chosen("dataset", wanted.dataset());
            return new Scope(dataset.projectId(), List.of(dataset.id()));
        }
        if (wanted.dataset() != null) {
            throw new InvalidInput("project", wanted.project(), "nothing where a dataset is named");
        }
        List<Long> ready = candidates.ready(wanted.project());
        if (ready.isEmpty()) {
            throw new InvalidInput("project", wanted.project(), "the id of a project with a dataset that is READY");
        }
        return new Scope(wanted.project(), ready);
    }

    /** @throws NotFound if there is no such queue */
    @PermitAll
    public ReviewQueue get(long id) {
        return reviews.queue(id).orElseThrow(() -> new NotFound(ReviewQueue.KIND, id));
    }

    /** Queues with ids below {@code before}, newest first, at most {@code limit} of them; of one project, or of all if it is null. */
    @PermitAll
    public List<ReviewQueue> newest(Long project, long before, int limit) {
        return reviews.newest(project, before, limit);
    }

    /** How far queues are cleared, by id. */
    @PermitAll
    public Map<Long, QueueCounts> counts(Collection<ReviewQueue> queues) {
        List<Long> ids = queues.stream().map(ReviewQueue::id).toList();
        Map<Long, QueueCounts> counts = ids.isEmpty() ? Map.of() : reviews.counts(ids);
        return ids.stream().collect(Collectors.toMap(Function.identity(), id -> counts.getOrDefault(id, QueueCounts.NONE)));
    }

    /**
     * The queue's items of these statuses with places above {@code after}, in its order, at most {@code limit} of them.
     *
     * @throws NotFound if there is no such queue
     */
    @PermitAll
    public List<ReviewItem> items(long id, Set<ReviewItem.Status> statuses, int after, int limit) {
        return reviews.items(get(id).id(), statuses, after, limit);
    }

    /**
     * Hands nothing out any more; what is held may still be decided.
     *
     * @throws NotFound if there is no such queue
     * @throws Conflict if it is closed already
     */
    public ReviewQueue close(long id) {
        ReviewQueue queue = locked(id);
        queue.close();
        return queue;
    }

    /**
     * Removes a queue. What was decided stays, and so does the audit log. Decisions that reviewers made while they were offline are still taken: only what
     * was never handed out is gone.
     *
     * @throws NotFound if there is no such queue
     * @throws Conflict if somebody holds an item of it
     */
    public void remove(long id) {
        ReviewQueue queue = locked(id);
        int held = reviews.counts(List.of(id)).getOrDefault(id, QueueCounts.NONE).claimed();
        if (held > 0) {
            throw new Conflict(ReviewQueue.KIND + " " + id + " has " + held + " items that reviewers hold; close it and remove it later");
        }
        reviews.remove(queue);
    }

    private ReviewQueue locked(long id) {
        return reviews.lockQueue(id).orElseThrow(() -> new NotFound(ReviewQueue.KIND, id));
    }

    private static List<Fault> faultyNumbers(NewReviewQueue wanted) {
        List<Fault> faults = new ArrayList<>();
        if (wanted.checks() != null && !(wanted.checks() >= 0 && wanted.checks() <= MOST_CHECKS)) {
            faults.add(new Fault("checks", wanted.checks(), "a share from 0 to " + MOST_CHECKS));
        }
        if (wanted.consensus() != null && !(wanted.consensus() >= 0 && wanted.consensus() <= MOST_REVIEWERS)) {
            faults.add(new Fault("consensus", wanted.consensus(), "0 to " + MOST_REVIEWERS + " reviewers"));
        }
        if (wanted.consensusShare() != null && !(wanted.consensusShare() > 0 && wanted.consensusShare() <= 1)) {
            faults.add(new Fault("consensusShare", wanted.consensusShare(), "a share above 0 and up to 1"));
        }
        if (wanted.limit() != null && !(wanted.limit() >= 1 && wanted.limit() <= MOST_IMAGES)) {
            faults.add(new Fault("limit", wanted.limit(), "1 to " + MOST_IMAGES + " images"));
        }
        if (wanted.among() == Among.LABELED) {
            if (ordering(wanted) == ReviewQueue.Ordering.RANKED) {
                faults.add(new Fault("among", "labeled", "open, unless the order is random or stratified"));
            }
            if (wanted.filter() != null && wanted.filter().scores() != null) {
                faults.add(new Fault("filter.scores", wanted.filter().scores(), "nothing where images without proposals are drawn too"));
            }
            if (wanted.filter() != null && wanted.filter().sizes() != null && !wanted.filter().sizes().isEmpty()) {
                faults.add(new Fault("filter.sizes", wanted.filter().sizes(), "nothing where images without proposals are drawn too"));
            }
        }
        return faults;
    }

    private ReviewFilter filter(NewReviewQueue.Filter wanted, Scope scope) {
        List<Fault> faults = new ArrayList<>();
        Map<String, Long> named = projects.categories(scope.project).stream().collect(Collectors.toMap(Category::name, Category::id));
        List<String> categories = wanted.categories() == null ? List.of() : wanted.categories();
        for (int i = 0; i < categories.size(); i++) {
            if (!named.containsKey(categories.get(i))) {
                faults.add(new Fault("filter.categories[" + i + "]", categories.get(i), "a category of the project"));
            }
        }
        List<Double> scores = wanted.scores();
        if (scores != null && !(scores.size() == 2 && scores.get(0) != null && scores.get(1) != null && scores.get(0) >= 0
                && scores.get(0) <= scores.get(1) && scores.get(1) <= 1)) {
            faults.add(new Fault("filter.scores", scores, "[lowest, highest], from 0 to 1"));
        }
        if (wanted.modelVersion() != null && models.find(wanted.modelVersion()).map(ModelVersion::projectId).filter(id -> id == scope.project).isEmpty()) {
            faults.add(new Fault("filter.modelVersion", wanted.modelVersion(), "the id of a model version of the project"));
        }
        if (wanted.run() != null && runs.find(wanted.run()).map(LabelingRun::datasetId).filter(scope.datasets::contains).isEmpty()) {
            faults.add(new Fault("filter.run", wanted.run(), "the id of a labeling run of what the queue is made of"));
        }
        Long ofRound = wanted.round() == null ? null : candidates.ofRound(scope.project, wanted.round()).orElse(null);
        if (wanted.round() != null && ofRound == null) {
            faults.add(new Fault("filter.round", wanted.round(), "the id of a training round of the project that made a model version"));
        } else if (ofRound != null && wanted.modelVersion() != null && !ofRound.equals(wanted.modelVersion())) {
            faults.add(new Fault("filter.round", wanted.round(), "the round that made model version " + wanted.modelVersion()));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        return new ReviewFilter(categories.stream().map(named::get).toList(), scores == null ? null : scores.get(0), scores == null ? null : scores.get(1),
                wanted.sizes(), ofRound == null ? wanted.modelVersion() : ofRound, wanted.run(), wanted.round());
    }
}

package dev.gleaner.review;

import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectService;
import dev.gleaner.round.ReviewedThresholds;
import dev.gleaner.round.ReviewedThresholds.Decision;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells what reviewers did, how well, and what follows from it for thresholds. */
@Stateless
@PermitAll
public class ReviewQualityService {

    private static final int MOST_DAYS = 3650;

    @Inject
    private DecisionRepository log;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private ProjectService projects;

    protected ReviewQualityService() {
    }

    public ReviewQualityService(DecisionRepository log, DatasetRepository datasets, ProjectService projects) {
        this.log = log;
        this.datasets = datasets;
        this.projects = projects;
    }

    /**
     * What was decided about an image, newest first, of entries with ids below {@code before}, at most {@code limit}.
     *
     * @throws NotFound if there is no such image
     */
    public List<LoggedDecision> history(long image, long before, int limit) {
        project(image);
        List<ReviewDecision> decisions = log.ofImage(image, before, limit);
        Map<Long, List<DecidedBox>> boxes = decisions.isEmpty() ? Map.of() : log.boxes(decisions.stream().map(ReviewDecision::id).toList());
        return decisions.stream().map(decision -> new LoggedDecision(decision, boxes.getOrDefault(decision.id(), List.of()))).toList();
    }

    /**
     * Names of the categories of an image's project by id, for what its history shows.
     *
     * @throws NotFound if there is no such image
     */
    public Map<Long, String> categories(long image) {
        return names(project(image));
    }

    /** What reviewers wrote with their decisions about items that stand, by the item's id; of items without a comment nothing. */
    public Map<Long, String> comments(List<Long> items) {
        return items.isEmpty() ? Map.of() : log.comments(items);
    }

    private long project(long image) {
        return datasets.find(datasets.findImage(image).orElseThrow(() -> new NotFound("image", image)).datasetId()).orElseThrow().projectId();
    }

    /**
     * How well reviewing went in the last days.
     *
     * @param days 1 to 3650
     * @throws NotFound if there is no such project
     */
    public ReviewQuality quality(long project, int days) {
        if (days < 1 || days > MOST_DAYS) {
            throw new InvalidInput("days", days, "1 to " + MOST_DAYS);
        }
        Map<Long, String> names = names(project);
        Instant since = Instant.now().minus(Duration.ofDays(days));
        List<ReviewItem> answered = log.answered(project, since);
        Set<Long> queues = answered.stream().filter(ReviewItem::consensus).map(ReviewItem::queueId).collect(Collectors.toSet());
        Set<ReviewQuality.QueuedImage> ruled = log.ruled(queues);
        Set<Long> removed = log.removed(queues);
        return ReviewQuality.of(log.isMore(project, since) ? DecisionRepository.MOST : null, log.paces(project, since), log.deeds(project, since), answered,
                image -> ruled.contains(image) || removed.contains(image.queue()), names);
    }

    /**
     * What reviewers said of proposals by score, for each category of the project of which anything was decided.
     *
     * @param rule which thresholds are fitted
     * @throws NotFound if there is no such project
     */
    public List<ThresholdCurve> thresholds(long project, ReviewedThresholds rule) {
        List<Category> categories = projects.categories(project);
        Map<Long, List<Decision>> decisions = log.decisions(project).stream().collect(Collectors.groupingBy(Decision::categoryId));
        return categories.stream().filter(category -> decisions.containsKey(category.id()) || category.threshold().isPresent()).map(category -> {
            List<Decision> own = decisions.getOrDefault(category.id(), List.of());
            return ThresholdCurve.of(category.name(), category.threshold().orElse(null), rule.of(own).get(category.id()), own);
        }).toList();
    }

    /**
     * Sets thresholds that labeling runs take where their order has none.
     *
     * @param thresholds by category; null gives a category the default again
     * @param changedBy  whose order it is
     * @throws NotFound     if there is no such project
     * @throws InvalidInput naming what cannot be taken
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public void apply(long project, Map<String, Double> thresholds, String changedBy) {
        if (thresholds == null) {
            throw new InvalidInput("thresholds", null, "an object: numbers from 0 to 1 by category, null for the default");
        }
        projects.setThresholds(project, thresholds, changedBy);
    }

    private Map<Long, String> names(long project) {
        return projects.categories(project).stream().collect(Collectors.toMap(Category::id, Category::name));
    }
}

package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.QueueCandidates.Candidate;
import dev.gleaner.review.QueueMix.Slot;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Says which images a queue gets, and in which order.
 *
 * <p>{@link Ranking} takes time by the square of the number of boxes. So of a large dataset only images whose scores are nearest to their
 * categories' thresholds are ranked, up to {@value #RANKED_BOXES} boxes; where more are wanted, the others follow in the order of nearness.
 */
@ApplicationScoped
public class QueueBuilder {

    private static final int RANKED_BOXES = 6_000;
    /** Decided boxes of each status that novelty and rarity are measured by. */
    private static final int KNOWN = 1_000;
    /** From which overlap on boxes of other categories are in the same place. */
    private static final double SAME_PLACE = 0.5;
    /** {@link Ranking} wants thresholds above 0. */
    private static final double LOWEST_THRESHOLD = 0.01;
    private static final int IMAGES_AT_ONCE = 500;

    @Inject
    private QueueCandidates candidates;
    @Inject
    private AnnotationRepository annotations;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private ProjectRepository projects;

    protected QueueBuilder() {
    }

    public QueueBuilder(QueueCandidates candidates, AnnotationRepository annotations, DatasetRepository datasets, ProjectRepository projects) {
        this.candidates = candidates;
        this.annotations = annotations;
        this.datasets = datasets;
        this.projects = projects;
    }

    /** An image in its place. */
    private record Work(long image, Double worth, String reason) {
    }

    /**
     * The items of a queue in their order.
     *
     * @param limit how many images at most, without checks
     * @return none if no open proposal is let through
     */
    List<NewItem> items(ReviewQueue queue, int limit) {
        Map<Long, Category> categories = projects.categories(queue.projectId()).stream().collect(Collectors.toMap(Category::id, Function.identity()));
        List<Long> asked = categories.keySet().stream().filter(queue.filter()::hasCategory).sorted().toList();
        List<Long> known = queue.checks() == 0 ? List.of() : candidates.known(queue.datasetId(), QueueMix.checks(limit, queue.checks()), queue.seed());
        List<Work> found = work(queue, asked, categories, limit + known.size());
        List<Long> checked = known.subList(0, QueueMix.setAside(found.size(), known.size(), limit, queue.checks()));
        Set<Long> isChecked = new HashSet<>(checked);
        List<Work> work = found.stream().filter(item -> !isChecked.contains(item.image)).limit(limit).toList();
        if (work.isEmpty()) {
            return List.of();
        }
        List<NewItem> checks = checks(queue, checked, categories);
        List<Slot> slots = QueueMix.slots(work.size(), checks.size(), queue.consensus(), queue.consensusShare(), queue.seed());
        Map<Long, List<ShownBox>> copies = copies(queue, slots.stream().filter(slot -> slot.kind() == ReviewItem.Kind.OPINION)
                .map(slot -> work.get(slot.index()).image).collect(Collectors.toSet()));
        List<NewItem> items = new ArrayList<>();
        Double worth = work.get(0).worth;
        for (Slot slot : slots) {
            int place = items.size() + 1;
            if (slot.kind() == ReviewItem.Kind.CHECK) {
                NewItem check = checks.get(slot.index());
                // Worth as much as its neighbour, or it could be told by that.
                items.add(new NewItem(check.image(), place, check.kind(), false, worth, check.reason(), check.shown(), check.truth()));
            } else {
                Work of = work.get(slot.index());
                worth = of.worth;
                items.add(new NewItem(of.image, place, slot.kind(), slot.consensus(), of.worth, of.reason,
                        slot.kind() == ReviewItem.Kind.OPINION ? copies.getOrDefault(of.image, List.of()) : null, null));
            }
        }
        return items;
    }

    private List<Work> work(ReviewQueue queue, List<Long> asked, Map<Long, Category> categories, int limit) {
        return switch (queue.ordering()) {
            case RANDOM -> candidates.byLot(queue.datasetId(), queue.filter(), asked, limit, queue.seed()).stream()
                    .map(found -> new Work(found.image(), null, "drawn by lot")).toList();
            case STRATIFIED -> candidates.stratified(queue.datasetId(), queue.filter(), asked, limit, queue.seed()).stream()
                    .map(found -> new Work(found.image(), null, "drawn by lot for " + categories.get(found.category()).name())).toList();
            case RANKED -> ranked(queue, asked, categories, limit);
        };
    }

    private List<Work> ranked(ReviewQueue queue, List<Long> asked, Map<Long, Category> categories, int limit) {
        List<Candidate> near = candidates.near(queue.datasetId(), queue.filter(), asked, Math.min(2 * limit, ReviewQueueService.MOST_IMAGES));
        List<Ranking.Item> pool = pool(queue, near, categories);
        List<Ranking.Known> reviewed = known(queue.datasetId(), categories);
        List<Work> work = new ArrayList<>(Ranking.rank(pool, reviewed, Ranking.Weights.DEFAULT, limit).stream()
                .map(ranked -> new Work(ranked.item().imageId(), ranked.worth(), ranked.reason())).toList());
        Set<Long> inPool = pool.stream().map(Ranking.Item::imageId).collect(Collectors.toSet());
        near.stream().filter(rest -> !inPool.contains(rest.image())).limit(Math.max(0, limit - work.size()))
                .forEach(rest -> work.add(new Work(rest.image(), null, String.format(Locale.ROOT, "%s, %.2f: among the next nearest to the threshold, %.2f",
                        categories.get(rest.category()).name(), rest.score(), rest.threshold()))));
        return work;
    }

    /** The first images whose boxes can be ranked. */
    private List<Ranking.Item> pool(ReviewQueue queue, List<Candidate> near, Map<Long, Category> categories) {
        List<Ranking.Item> pool = new ArrayList<>();
        int boxes = 0;
        for (int from = 0; from < near.size() && boxes < RANKED_BOXES; from += IMAGES_AT_ONCE) {
            List<Long> ids = near.subList(from, Math.min(near.size(), from + IMAGES_AT_ONCE)).stream().map(Candidate::image).toList();
            Map<Long, Image> images = datasets.findImages(ids);
            Map<Long, List<Annotation>> found = annotations.ofImages(ids, Set.of(Status.PROPOSED, Status.SUPERSEDED)).stream()
                    .collect(Collectors.groupingBy(Annotation::imageId));
            for (long id : ids) {
                List<Ranking.Proposal> proposals = proposals(queue, images.get(id), found.getOrDefault(id, List.of()), categories);
                if (!proposals.isEmpty() && boxes < RANKED_BOXES) {
                    pool.add(new Ranking.Item(id, id, proposals));
                    boxes += proposals.size();
                }
            }
        }
        return pool;
    }

    private static List<Ranking.Proposal> proposals(ReviewQueue queue, Image image, List<Annotation> boxes, Map<Long, Category> categories) {
        return boxes.stream().filter(queue.filter()::asksFor).map(box -> {
            Category category = categories.get(box.categoryId());
            List<Double> rivals = boxes.stream().filter(other -> other.status() == Status.PROPOSED && other.categoryId() != box.categoryId()
                    && other.box().iou(box.box()) >= SAME_PLACE).map(other -> other.score().orElse(0.0)).toList();
            return new Ranking.Proposal(category.name(), box.score().orElse(0.0), threshold(category), agreement(box, boxes), rivals,
                    Ranking.features(box.box(), image.width(), image.height()));
        }).toList();
    }

    static double threshold(Category category) {
        return Math.max(LOWEST_THRESHOLD, category.threshold().orElse(LabelingRules.DEFAULT_THRESHOLD));
    }

    /** The best overlap with a box of the same category that another model version proposed before; 1 where none has looked at the image. */
    static double agreement(Annotation box, Collection<Annotation> boxes) {
        List<Annotation> others = boxes.stream().filter(other -> !other.modelVersionId().equals(box.modelVersionId())).toList();
        OptionalDouble best = others.stream().filter(other -> other.categoryId() == box.categoryId()).mapToDouble(other -> other.box().iou(box.box())).max();
        return others.isEmpty() ? 1 : best.orElse(0);
    }

    private List<Ranking.Known> known(long dataset, Map<Long, Category> categories) {
        List<Annotation> decided = candidates.decided(dataset, KNOWN);
        Set<Long> ids = decided.stream().map(Annotation::imageId).collect(Collectors.toSet());
        Map<Long, Image> images = datasets.findImages(ids);
        return decided.stream().map(box -> new Ranking.Known(categories.get(box.categoryId()).name(),
                Ranking.features(box.box(), images.get(box.imageId()).width(), images.get(box.imageId()).height()))).toList();
    }

    /** Images of which it is known what is there, shown as their models saw them. Their reasons read as those of other items. */
    private List<NewItem> checks(ReviewQueue queue, List<Long> images, Map<Long, Category> categories) {
        if (images.isEmpty()) {
            return List.of();
        }
        Map<Long, List<Annotation>> boxes = annotations.ofImages(images, Status.SHOWN).stream().collect(Collectors.groupingBy(Annotation::imageId));
        List<NewItem> checks = new ArrayList<>();
        for (long image : images) {
            List<ShownBox> shown = boxes.getOrDefault(image, List.of()).stream().filter(box -> box.labelingRunId().isPresent()).map(ShownBox::proposal)
                    .filter(box -> queue.filter().hasCategory(box.category())).toList();
            List<AnswerBox> truth = boxes.getOrDefault(image, List.of()).stream().filter(box -> Status.GOLD.contains(box.status()) && !box.isCrowd()
                    && queue.filter().hasCategory(box.categoryId())).map(box -> AnswerBox.of(box.categoryId(), box.box())).toList();
            if (!shown.isEmpty()) {
                checks.add(new NewItem(image, 0, ReviewItem.Kind.CHECK, false, null, reason(queue, shown, categories), shown, truth));
            }
        }
        return checks;
    }

    private static String reason(ReviewQueue queue, List<ShownBox> shown, Map<Long, Category> categories) {
        ShownBox near = shown.stream().min((a, b) -> Double.compare(distance(a, categories), distance(b, categories))).orElseThrow();
        Category category = categories.get(near.category());
        return switch (queue.ordering()) {
            case RANDOM -> "drawn by lot";
            case STRATIFIED -> "drawn by lot for " + category.name();
            case RANKED -> String.format(Locale.ROOT, "%s%s, %.2f: its score is near the threshold, %.2f",
                    shown.size() == 1 ? "" : shown.size() + " boxes, first of all ", category.name(), near.score() == null ? 0 : near.score(), threshold(category));
        };
    }

    private static double distance(ShownBox box, Map<Long, Category> categories) {
        return Math.abs((box.score() == null ? 0 : box.score()) - threshold(categories.get(box.category())));
    }

    /** What others who are asked about the same images get to see: the boxes as they are now. */
    private Map<Long, List<ShownBox>> copies(ReviewQueue queue, Set<Long> images) {
        Map<Long, List<ShownBox>> copies = new HashMap<>();
        List<Long> ids = images.stream().sorted().toList();
        for (int from = 0; from < ids.size(); from += IMAGES_AT_ONCE) {
            List<Annotation> boxes = annotations.ofImages(ids.subList(from, Math.min(ids.size(), from + IMAGES_AT_ONCE)), Status.SHOWN);
            boxes.forEach(box -> copies.computeIfAbsent(box.imageId(), id -> new ArrayList<>()).add(ShownBox.of(box, queue.filter().asksFor(box))));
            annotations.forget(boxes);
        }
        return copies;
    }
}

package dev.gleaner.review;

import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.labeling.LabelingRun;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.QueueCandidates.Candidate;
import dev.gleaner.review.QueueMix.Slot;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
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
 * <p>{@link Ranking} takes time by the square of the number of boxes. So of a large dataset images are ranked in windows of {@value #RANKED_BOXES}
 * boxes, and of fewer where very many are wanted: within each, near-duplicates do not follow one another.
 */
@ApplicationScoped
public class QueueBuilder {

    private static final int RANKED_BOXES = 6_000;
    /** How many boxes are compared with one another, in all, about; windows get smaller, but not below the least. */
    private static final long MOST_COMPARED = 200_000_000;
    private static final int LEAST_WINDOW = 500;
    /** Images that are ranked beside those nearest to a threshold, of each kind of sample. */
    private static final int LEAST_SAMPLED = 50;
    private static final int MOST_SAMPLED = 1_000;
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

    private final int rankedBoxes;

    protected QueueBuilder() {
        rankedBoxes = RANKED_BOXES;
    }

    public QueueBuilder(QueueCandidates candidates, AnnotationRepository annotations, DatasetRepository datasets, ProjectRepository projects) {
        this(candidates, annotations, datasets, projects, RANKED_BOXES);
    }

    /** @param rankedBoxes how many boxes are ranked at once */
    QueueBuilder(QueueCandidates candidates, AnnotationRepository annotations, DatasetRepository datasets, ProjectRepository projects, int rankedBoxes) {
        this.rankedBoxes = rankedBoxes;
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
     * @return none if no open proposal is let through, or of an audit, if nothing was labeled
     */
    List<NewItem> items(ReviewQueue queue, int limit) {
        Map<Long, Category> categories = projects.categories(queue.projectId()).stream().collect(Collectors.toMap(Category::id, Function.identity()));
        List<Long> asked = categories.keySet().stream().filter(queue.filter()::hasCategory).sorted().toList();
        List<Long> among = candidates.datasets(queue);
        List<Long> known = queue.checks() == 0 ? List.of()
                : candidates.known(queue.projectId(), among, QueueMix.checks(limit, queue.checks()), queue.seed());
        List<Work> found = work(queue, among, asked, categories, limit + known.size());
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

    private List<Work> work(ReviewQueue queue, List<Long> among, List<Long> asked, Map<Long, Category> categories, int limit) {
        boolean labeled = queue.among() == ReviewQueue.Among.LABELED;
        return switch (queue.ordering()) {
            case RANDOM -> (labeled ? candidates.labeled(among, queue.filter(), limit, queue.seed(), false)
                    : candidates.byLot(among, queue.filter(), asked, limit, queue.seed())).stream()
                    .map(found -> new Work(found.image(), null, "drawn by lot")).toList();
            case STRATIFIED -> {
                List<Work> strata = candidates.stratified(among, queue.filter(), asked, limit, queue.seed()).stream()
                        .map(found -> new Work(found.image(), null, "drawn by lot for " + categories.get(found.category()).name())).toList();
                yield labeled ? withNothingOpen(queue, among, strata, asked.size(), limit) : strata;
            }
            case RANKED -> ranked(queue, among, asked, categories, limit);
        };
    }

    /** Images on which nothing is open are one stratum more. */
    private List<Work> withNothingOpen(ReviewQueue queue, List<Long> among, List<Work> strata, int categories, int limit) {
        Iterator<Work> others = candidates.labeled(among, queue.filter(), limit, queue.seed(), true).stream()
                .map(found -> new Work(found.image(), null, "drawn by lot where nothing is open")).iterator();
        List<Work> all = new ArrayList<>();
        for (int i = 0; i < strata.size(); i++) {
            if (i % Math.max(1, categories) == 0 && others.hasNext()) {
                all.add(others.next());
            }
            all.add(strata.get(i));
        }
        others.forEachRemaining(all::add);
        return all.subList(0, Math.min(limit, all.size()));
    }

    private List<Work> ranked(ReviewQueue queue, List<Long> among, List<Long> asked, Map<Long, Category> categories, int limit) {
        List<Long> images = images(queue, among, asked, limit);
        List<Ranking.Known> reviewed = known(among, categories);
        Map<Long, Map<Long, LabelingRun>> runs = among.stream().collect(Collectors.toMap(Function.identity(), candidates::runs));
        List<Work> work = new ArrayList<>();
        List<Ranking.Item> window = new ArrayList<>();
        int boxes = 0;
        long all = 0;
        int most = rankedBoxes;
        for (int from = 0; from < images.size() && work.size() < limit; from += IMAGES_AT_ONCE) {
            List<Ranking.Item> read = read(queue, images.subList(from, Math.min(images.size(), from + IMAGES_AT_ONCE)), runs, categories);
            for (Ranking.Item item : read) {
                window.add(item);
                boxes += item.proposals().size();
                all += item.proposals().size();
                if (boxes >= most) {
                    rank(window, reviewed, limit, work);
                    window.clear();
                    boxes = 0;
                    long expected = Math.max(1, all * Math.min(images.size(), limit) / (work.size() + 1));
                    most = (int) Math.max(Math.min(LEAST_WINDOW, rankedBoxes), Math.min(rankedBoxes, MOST_COMPARED / expected));
                }
            }
        }
        rank(window, reviewed, limit, work);
        return work;
    }

    private static void rank(List<Ranking.Item> window, List<Ranking.Known> reviewed, int limit, List<Work> work) {
        Ranking.rank(window, reviewed, Ranking.Weights.DEFAULT, limit - work.size())
                .forEach(ranked -> work.add(new Work(ranked.item().imageId(), ranked.worth(), ranked.reason())));
    }

    /**
     * Images to be ranked. Where there are more than can be, half of each part of them are nearest to a threshold; others are drawn for each category and
     * by lot, or have lost what an earlier model version found, since closeness is only one of the numbers that make the worth.
     */
    private List<Long> images(ReviewQueue queue, List<Long> among, List<Long> asked, int limit) {
        int wanted = Math.min(2 * limit, ReviewQueueService.MOST_IMAGES);
        List<Candidate> near = candidates.near(among, queue.filter(), asked, wanted);
        if (near.size() < wanted) {
            return near.stream().map(Candidate::image).toList();
        }
        int share = Math.min(MOST_SAMPLED, Math.max(LEAST_SAMPLED, limit / 4));
        List<Iterator<Candidate>> others = new ArrayList<>();
        candidates.sampled(among, queue.filter(), asked, share, queue.seed()).forEach(sample -> others.add(sample.iterator()));
        others.add(candidates.lost(among, queue.filter(), asked, share, queue.seed()).iterator());
        Set<Long> images = new LinkedHashSet<>();
        for (int i = 0; i < near.size(); i++) {
            images.add(near.get(i).image());
            Iterator<Candidate> other = others.get(i % others.size());
            if (other.hasNext()) {
                images.add(other.next().image());
            }
        }
        return List.copyOf(images);
    }

    /** @param runs the newest ones by id, by dataset */
    private List<Ranking.Item> read(ReviewQueue queue, List<Long> ids, Map<Long, Map<Long, LabelingRun>> runs, Map<Long, Category> categories) {
        Map<Long, Image> images = datasets.findImages(ids);
        List<Annotation> boxes = annotations.ofImages(ids, EnumSet.allOf(Status.class));
        Map<Long, List<Annotation>> found = boxes.stream().collect(Collectors.groupingBy(Annotation::imageId));
        Map<Long, List<LabelingRun>> looked = new HashMap<>();
        images.values().stream().collect(Collectors.groupingBy(Image::datasetId, Collectors.mapping(Image::id, Collectors.toList())))
                .forEach((dataset, own) -> candidates.lookedAt(runs.get(dataset).keySet(), own)
                        .forEach((image, by) -> looked.put(image, by.stream().map(runs.get(dataset)::get).toList())));
        List<Ranking.Item> items = new ArrayList<>();
        for (long id : ids) {
            List<Ranking.Proposal> proposals = proposals(queue, images.get(id), found.getOrDefault(id, List.of()), looked.getOrDefault(id, List.of()), categories);
            if (!proposals.isEmpty()) {
                items.add(new Ranking.Item(id, id, proposals));
            }
        }
        annotations.forget(boxes);
        return items;
    }

    /** What is open, and then what an earlier model version found there and nothing stands for now. */
    private static List<Ranking.Proposal> proposals(ReviewQueue queue, Image image, List<Annotation> boxes, List<LabelingRun> looked,
            Map<Long, Category> categories) {
        List<Ranking.Proposal> proposals = new ArrayList<>();
        List<Annotation> proposed = boxes.stream().filter(box -> box.status() == Status.PROPOSED || box.status() == Status.SUPERSEDED).toList();
        boxes.stream().filter(queue.filter()::asksFor).forEach(box -> {
            Category category = categories.get(box.categoryId());
            List<Double> rivals = boxes.stream().filter(other -> other.status() == Status.PROPOSED && other.categoryId() != box.categoryId()
                    && other.box().iou(box.box()) >= SAME_PLACE).map(other -> other.score().orElse(0.0)).toList();
            proposals.add(new Ranking.Proposal(category.name(), box.score().orElse(0.0), threshold(category),
                    agreement(box, proposed, othersLooked(box, looked, category)), rivals, Ranking.features(box.box(), image.width(), image.height())));
        });
        if (proposals.isEmpty()) {
            return proposals;
        }
        List<Annotation> standing = new ArrayList<>(boxes.stream().filter(box -> box.status() != Status.SUPERSEDED).toList());
        for (Annotation box : boxes) {
            if (box.status() == Status.SUPERSEDED && queue.filter().hasCategory(box.categoryId())
                    && standing.stream().noneMatch(other -> other.categoryId() == box.categoryId() && other.box().iou(box.box()) >= SAME_PLACE)
                    && (othersLooked(box, looked, categories.get(box.categoryId())) || boxes.stream().anyMatch(other -> other.status() == Status.PROPOSED
                            && !other.modelVersionId().equals(box.modelVersionId())))) {
                standing.add(box);
                Category category = categories.get(box.categoryId());
                proposals.add(new Ranking.Proposal(category.name(), box.score().orElse(0.0), threshold(category), 0, List.of(),
                        Ranking.features(box.box(), image.width(), image.height()), true));
            }
        }
        return proposals;
    }

    /** Whether another model version looked for the category on the box's image, whatever it found. */
    private static boolean othersLooked(Annotation box, List<LabelingRun> looked, Category category) {
        return looked.stream().anyMatch(run -> box.modelVersionId().filter(own -> own != run.modelVersionId()).isPresent()
                && run.prompts().stream().anyMatch(prompt -> prompt.category().equals(category.name())));
    }

    static double threshold(Category category) {
        return Math.max(LOWEST_THRESHOLD, category.threshold().orElse(LabelingRules.DEFAULT_THRESHOLD));
    }

    /**
     * The best overlap with a box of the same category that another model version proposed; 1 where none has looked at the image.
     *
     * @param looked whether another one is known to have looked for the category, so that no box of its says that it found nothing
     */
    static double agreement(Annotation box, Collection<Annotation> boxes, boolean looked) {
        List<Annotation> others = boxes.stream().filter(other -> !other.modelVersionId().equals(box.modelVersionId())).toList();
        OptionalDouble best = others.stream().filter(other -> other.categoryId() == box.categoryId()).mapToDouble(other -> other.box().iou(box.box())).max();
        return others.isEmpty() && !looked ? 1 : best.orElse(0);
    }

    private List<Ranking.Known> known(List<Long> among, Map<Long, Category> categories) {
        List<Annotation> decided = candidates.decided(among, KNOWN);
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

package dev.gleaner.review;

import dev.gleaner.NotFound;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.annotation.BoxState;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes what somebody said of a whole image in another program: the boxes that are there, and that there are no others. What it means for each
 * box here is found by comparing the two; the audit log has it like a decision made here.
 *
 * <p>It is for other features to call, which have made sure that somebody may decide.
 */
@Stateless
public class ImageReviewService {

    /** Two boxes are the same place where only rounding differs. */
    private static final double UNMOVED = 0.98;
    private static final double LONGEST_SECONDS = 86_400;
    private static final int MOST = 1000;

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

    protected ImageReviewService() {
    }

    public ImageReviewService(ReviewRepository reviews, DecisionRepository log, AnnotationRepository annotations, DatasetRepository datasets,
            ProjectRepository projects) {
        this.reviews = reviews;
        this.log = log;
        this.annotations = annotations;
        this.datasets = datasets;
        this.projects = projects;
    }

    /** A box that somebody says is there, in upright image pixels. */
    public record NamedBox(String category, Box box) {
    }

    /**
     * What somebody says of an image.
     *
     * @param requestId  by which the other program knows it: sent again, it is not done again
     * @param seconds    that it took; null if nobody counted
     * @param categories that the other program knows: boxes of others are none of its business
     * @param boxes      all that are there
     */
    public record ImageReview(long image, String requestId, String reviewer, Origin origin, Double seconds, Set<String> categories, List<NamedBox> boxes) {
    }

    /**
     * Decides about an image. Open proposals and what the same reviewer decided become what the reviewer says; what others vouch for stays. Where nothing is
     * to be changed, it is news all the same that nothing is missing, most of all on an image without a box.
     *
     * @return the entry in the audit log; empty if it changes nothing and the reviewer's last word was of the whole image, too
     * @throws NotFound if there is no such image
     */
    public Optional<LoggedDecision> decide(ImageReview wanted) {
        Image image = image(wanted.image());
        reviews.lockReviewer(0, wanted.reviewer());
        Optional<LoggedDecision> before = sentBefore(wanted.image(), wanted.reviewer(), wanted.requestId());
        if (before.isPresent()) {
            return before;
        }
        Project project = project(image);
        Instant now = now();
        Map<String, Category> categories = projects.categoriesNamed(project, Stream.concat(wanted.categories().stream(),
                wanted.boxes().stream().map(NamedBox::category)).collect(Collectors.toSet()));
        Set<Long> known = categories.values().stream().map(Category::id).collect(Collectors.toSet());
        List<Annotation> there = lock(annotations.ofImage(image.id(), Status.SHOWN).stream()
                .filter(box -> known.contains(box.categoryId()) && !box.isCrowd()).map(Annotation::id).toList());
        List<NamedBox> boxes = wanted.boxes().stream().filter(box -> box.box().width() > 0 && box.box().height() > 0).toList();
        Map<Integer, Annotation> pairs = pairs(boxes, there, categories);
        List<BoxChange> changes = new ArrayList<>();
        for (int i = 0; i < boxes.size(); i++) {
            NamedBox box = boxes.get(i);
            long category = categories.get(box.category()).id();
            Annotation met = pairs.get(i);
            if (met == null) {
                Annotation drawn = Annotation.drawn(image, category, box.box(), wanted.reviewer(), now);
                annotations.add(drawn);
                changes.add(BoxChange.drawn(drawn));
            } else if (isOpenTo(wanted.reviewer(), met)) {
                action(box, category, met).ifPresent(action -> changes.add(BoxChange.decided(new WantedBox("", met.id(), met.version(), action,
                        action == DecidedBox.Action.RELABEL ? category : null, action == DecidedBox.Action.ACCEPT ? null : box.box()), met, wanted.reviewer(), now)));
            }
        }
        Collection<Annotation> kept = pairs.values();
        for (Annotation box : there) {
            if (!kept.contains(box) && Status.STANDING.contains(box.status()) && isOpenTo(wanted.reviewer(), box)) {
                changes.add(BoxChange.decided(new WantedBox("", box.id(), box.version(), DecidedBox.Action.REJECT, null, null), box, wanted.reviewer(), now));
            }
        }
        // Who changes no box has said all the same that none is missing; of no category that is nothing.
        if (changes.isEmpty() && (known.isEmpty() || isSaid(image, wanted.reviewer(), known))) {
            return Optional.empty();
        }
        reviews.flush();
        return Optional.of(log.add(ReviewDecision.handedIn(project.id(), image, known, seconds(wanted.seconds()), wanted.reviewer(), wanted.requestId(),
                wanted.origin(), now), changes));
    }

    private boolean isSaid(Image image, String reviewer, Set<Long> categories) {
        List<ReviewDecision> entries = log.ofImage(image.id(), Long.MAX_VALUE, MOST).stream()
                .filter(entry -> entry.reviewer().equals(reviewer) && entry.action() != ReviewDecision.Action.UNDO).toList();
        Set<Long> undone = entries.isEmpty() ? Set.of() : log.undone(entries.stream().map(ReviewDecision::id).toList());
        return entries.stream().filter(entry -> !undone.contains(entry.id())).findFirst().filter(last -> last.isHandedIn(categories)).isPresent();
    }

    /**
     * Sets an image aside: nothing is decided about its boxes.
     *
     * @throws NotFound if there is no such image
     */
    public LoggedDecision skip(long imageId, String requestId, String reviewer, Origin origin, Double seconds, String reason) {
        Image image = image(imageId);
        reviews.lockReviewer(0, reviewer);
        return sentBefore(imageId, reviewer, requestId).orElseGet(() -> log.add(ReviewDecision.skippedImage(project(image).id(), image, seconds(seconds), reviewer,
                requestId, origin, reason, now()), List.of()));
    }

    /**
     * Takes back what the reviewer decided about an image under ids that begin so, the last first, as far as nobody else changed the boxes since.
     *
     * @param requestId of this; each entry it makes has a number after it
     * @return how many decisions were taken back
     */
    public int undo(long imageId, String reviewer, String earlier, String requestId, Origin origin) {
        reviews.lockReviewer(0, reviewer);
        List<ReviewDecision> entries = log.ofImage(imageId, Long.MAX_VALUE, MOST).stream().filter(entry -> entry.reviewer().equals(reviewer)
                && entry.itemId().isEmpty() && entry.action() != ReviewDecision.Action.UNDO && entry.requestId().startsWith(earlier)).toList();
        if (entries.isEmpty()) {
            return 0;
        }
        Set<Long> undone = log.undone(entries.stream().map(ReviewDecision::id).toList());
        Instant now = now();
        int count = 0;
        for (ReviewDecision entry : entries) {
            if (undone.contains(entry.id())) {
                continue;
            }
            List<DecidedBox> boxes = log.boxes(List.of(entry.id())).getOrDefault(entry.id(), List.of());
            Map<Long, Annotation> there = lock(boxes.stream().map(box -> box.annotationId().orElseThrow()).toList()).stream()
                    .collect(Collectors.toMap(Annotation::id, Function.identity()));
            if (!boxes.stream().allMatch(box -> isAsLeft(box, there.get(box.annotationId().orElseThrow())))) {
                return count;
            }
            List<BoxChange> changes = new ArrayList<>();
            for (DecidedBox box : boxes) {
                Annotation annotation = there.get(box.annotationId().orElseThrow());
                changes.add(BoxChange.restored(box, annotation));
                if (box.before().isEmpty()) {
                    annotations.remove(annotation);
                }
            }
            reviews.flush();
            log.add(ReviewDecision.undone(entry, requestId + "/" + ++count, origin, now), changes);
        }
        return count;
    }

    /** The version aside, which an undo in between has moved on. */
    private static boolean isAsLeft(DecidedBox box, Annotation annotation) {
        BoxState left = box.after().orElseThrow();
        return annotation != null && annotation.status() == left.status() && annotation.categoryId() == left.category() && annotation.box().equals(left.box())
                && Objects.equals(annotation.decidedBy().orElse(null), left.decidedBy());
    }

    /** Whether the reviewer's word changes a box: an open proposal, or one that nobody else decided about. */
    private static boolean isOpenTo(String reviewer, Annotation box) {
        return box.decidedBy().map(reviewer::equals).orElse(box.status() == Status.PROPOSED);
    }

    /** What makes the box what the reviewer says; empty if it is that already. */
    private static Optional<DecidedBox.Action> action(NamedBox said, long category, Annotation box) {
        boolean unmoved = box.box().iou(said.box()) >= UNMOVED;
        if (box.categoryId() != category) {
            return Optional.of(DecidedBox.Action.RELABEL);
        } else if (!unmoved) {
            return Optional.of(DecidedBox.Action.MOVE);
        }
        return Status.GOLD.contains(box.status()) ? Optional.empty() : Optional.of(DecidedBox.Action.ACCEPT);
    }

    private record Pair(int said, Annotation box, boolean sameCategory, boolean standing, double iou) {
    }

    /**
     * Which box each of those said is: the best overlaps first, each box once. A box of the same category, and one that stands, is preferred; one
     * that was rejected is only taken for the same category.
     */
    private static Map<Integer, Annotation> pairs(List<NamedBox> said, List<Annotation> there, Map<String, Category> categories) {
        List<Pair> candidates = new ArrayList<>();
        for (int i = 0; i < said.size(); i++) {
            long category = categories.get(said.get(i).category()).id();
            for (Annotation box : there) {
                double iou = box.box().iou(said.get(i).box());
                boolean same = box.categoryId() == category;
                boolean standing = Status.STANDING.contains(box.status());
                if (iou >= BoxAgreement.SAME && (same || standing)) {
                    candidates.add(new Pair(i, box, same, standing, iou));
                }
            }
        }
        candidates.sort(Comparator.comparing(Pair::sameCategory).thenComparing(Pair::standing).thenComparing(Pair::iou).reversed()
                .thenComparing(Pair::said).thenComparing(pair -> pair.box().id()));
        Map<Integer, Annotation> pairs = new HashMap<>();
        Set<Long> taken = new HashSet<>();
        for (Pair pair : candidates) {
            if (!pairs.containsKey(pair.said()) && taken.add(pair.box().id())) {
                pairs.put(pair.said(), pair.box());
            }
        }
        return pairs;
    }

    private List<Annotation> lock(List<Long> ids) {
        return ids.isEmpty() ? List.of() : annotations.lock(ids);
    }

    private Optional<LoggedDecision> sentBefore(long image, String reviewer, String requestId) {
        return log.requests(reviewer, requestId).stream().filter(entry -> entry.decision().imageId() == image).findFirst();
    }

    private Image image(long id) {
        return datasets.findImage(id).orElseThrow(() -> new NotFound("image", id));
    }

    private Project project(Image image) {
        return datasets.find(image.datasetId()).map(Dataset::projectId).flatMap(projects::find).orElseThrow();
    }

    /** Other programs count what they like. */
    private static Double seconds(Double seconds) {
        return seconds != null && seconds >= 0 && seconds <= LONGEST_SECONDS ? seconds : null;
    }

    /** As the database keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}

package dev.gleaner.review;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.annotation.BoxState;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Hands items out to reviewers, takes their decisions, and takes them back. */
@Stateless
@RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER, Roles.REVIEWER})
public class ReviewService {

    /** How long a reviewer holds an item from the last call about it. */
    static final Duration CLAIM = Duration.ofMinutes(10);

    /** From which overlap on two people have drawn the same box. */
    private static final double SAME_DRAWN = 0.9;
    private static final int MOST_CLAIMED = 10;

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

    protected ReviewService() {
    }

    public ReviewService(ReviewRepository reviews, DecisionRepository log, AnnotationRepository annotations, DatasetRepository datasets,
            ProjectRepository projects) {
        this.reviews = reviews;
        this.log = log;
        this.annotations = annotations;
        this.datasets = datasets;
        this.projects = projects;
    }

    /**
     * Gives the reviewer the next items that nobody holds, for {@link #CLAIM} from the last call about each.
     *
     * @param count 1 to 10
     * @return in the order of the queue; fewer, or none, if no more are left for this reviewer
     * @throws NotFound if there is no such queue
     * @throws Conflict if it is closed
     */
    public List<ShownItem> claim(long queueId, int count, String reviewer) {
        if (count < 1 || count > MOST_CLAIMED) {
            throw new InvalidInput("count", count, "1 to " + MOST_CLAIMED);
        }
        ReviewQueue queue = queue(queueId);
        queue.requireOpen();
        reviews.lockReviewer(queueId, reviewer);
        return shown(queue, reviews.claim(queueId, reviewer, count, CLAIM));
    }

    /**
     * Gives the reviewer an image about which those differ who were asked about it in a queue, for {@link #CLAIM}: what the reviewer leaves is what is there.
     * A queue that is closed gives it, too.
     *
     * @throws NotFound     if there is no such queue
     * @throws InvalidInput if fewer than two reviewers of the queue have decided about the image
     * @throws Conflict     if they agree, or the reviewer is one of them
     * @throws StaleItem    if somebody else holds it, or has decided
     */
    public ShownItem rule(long queueId, Long image, String reviewer) {
        // Locked, so that two who ask get one item.
        ReviewQueue queue = reviews.lockQueue(queueId).orElseThrow(() -> new NotFound(ReviewQueue.KIND, queueId));
        return shown(queue, List.of(new Rulings(reviews).claim(queue, image, reviewer, now(), CLAIM))).get(0);
    }

    /**
     * What the reviewer holds of a queue, in its order: a browser that was closed and opened again goes on with it.
     *
     * @throws NotFound if there is no such queue
     */
    public List<ShownItem> held(long queueId, String reviewer) {
        ReviewQueue queue = queue(queueId);
        return shown(queue, reviews.held(queueId, reviewer));
    }

    /**
     * An item as it is now. Whoever holds it gets more time.
     *
     * @throws NotFound if there is no such item
     */
    @PermitAll
    public ShownItem item(long id, String reviewer) {
        reviews.renew(id, reviewer, CLAIM);
        ReviewItem item = reviews.item(id).orElseThrow(() -> new NotFound(ReviewItem.KIND, id));
        return shown(queueOf(item), List.of(item)).get(0);
    }

    /** Names of the project's categories by id, for what items show. */
    @PermitAll
    public Map<Long, String> categories(long queueId) {
        return projects.categories(reviews.queueOrRemoved(queueId).orElseThrow(() -> new NotFound(ReviewQueue.KIND, queueId)).projectId()).stream().collect(Collectors.toMap(Category::id, Category::name));
    }

    /**
     * Gives an item back before its time is over.
     *
     * @throws NotFound  if there is no such item
     * @throws StaleItem if the reviewer does not hold it
     */
    public ShownItem release(long id, String reviewer) {
        ReviewItem item = locked(id);
        if (item.status() != ReviewItem.Status.CLAIMED || item.reviewer().filter(reviewer::equals).isEmpty()) {
            throw new StaleItem(id, "%s %d is not held by %s".formatted(ReviewItem.KIND, id, reviewer));
        }
        item.release();
        reviews.flush();
        return shown(queueOf(item), List.of(item)).get(0);
    }

    /**
     * Decides about an image: all of it or nothing. Sent again under the same id it is not done again, and the answer is the same. A box that is drawn where
     * somebody else has already decided there is one of its category (IoU 0.9 or more) accepts that one.
     *
     * @return the entry in the audit log
     * @throws NotFound     if there is no such item
     * @throws InvalidInput naming every field that cannot be taken
     * @throws StaleItem    if the item, or a box that the decision names, is not what the reviewer saw
     * @throws Conflict     if the id was used for something else
     */
    public LoggedDecision decide(long id, NewDecision wanted, String reviewer) {
        Envelope.check(wanted.version(), wanted.requestId(), wanted.seconds(), wanted.comment());
        ReviewItem item = locked(id);
        Optional<LoggedDecision> before = sentBefore(item, ReviewDecision.Action.DECIDE, wanted.requestId(), reviewer);
        if (before.isPresent()) {
            return before.get();
        }
        Instant now = now();
        item.requireUndecided(reviewer, wanted.version(), now);
        new Rulings(reviews).requireOther(item, reviewer);
        ReviewQueue queue = queueOf(item);
        Image image = datasets.findImage(item.imageId()).orElseThrow();
        List<WantedBox> boxes = WantedBox.read(wanted.boxes(), image, categories(queue.projectId(), Category::name, Category::id));
        List<BoxChange> changes = item.kind().changesBoxes() ? decideBoxes(item, image, boxes, reviewer, now) : decideCopies(item, boxes);
        // Answers are compared with what the queue asks about, and with nothing else.
        item.decide(reviewer, now, changes.stream().filter(change -> change.action() != DecidedBox.Action.KEEP).map(BoxChange::after)
                .filter(after -> Annotation.Status.GOLD.contains(after.status()) && queue.filter().hasCategory(after.category())).map(after -> AnswerBox.of(after.category(), after.box())).toList());
        reviews.flush();
        ReviewDecision decision = ReviewDecision.decided(queue, item, image.datasetId(), wanted, reviewer, now);
        return log.add(decision, changes);
    }

    /**
     * Sets an item aside: nothing is decided about its boxes, and nobody else gets it.
     *
     * @throws NotFound     if there is no such item
     * @throws InvalidInput naming every field that cannot be taken
     * @throws StaleItem    if the item is not what the reviewer saw
     * @throws Conflict     if the id was used for something else
     */
    public LoggedDecision skip(long id, NewSkip wanted, String reviewer) {
        Envelope.check(wanted.version(), wanted.requestId(), wanted.seconds(), wanted.comment());
        if (wanted.reason() == null || wanted.reason().isBlank() || wanted.reason().length() > Envelope.LONGEST_TEXT) {
            throw new InvalidInput("reason", wanted.reason(), "1 to " + Envelope.LONGEST_TEXT + " characters, not all of them blank");
        }
        ReviewItem item = locked(id);
        Optional<LoggedDecision> before = sentBefore(item, ReviewDecision.Action.SKIP, wanted.requestId(), reviewer);
        if (before.isPresent()) {
            return before.get();
        }
        Instant now = now();
        item.requireUndecided(reviewer, wanted.version(), now);
        new Rulings(reviews).requireOther(item, reviewer);
        item.skip(reviewer, now, wanted.reason());
        reviews.flush();
        long dataset = datasets.findImage(item.imageId()).orElseThrow().datasetId();
        ReviewDecision decision = ReviewDecision.skipped(queueOf(item), item, dataset, wanted, reviewer, now);
        return log.add(decision, List.of());
    }

    /**
     * Takes back what the reviewer decided about an item last: each box becomes what it was, one that was drawn goes, and the reviewer holds the
     * item again.
     *
     * @throws NotFound     if there is no such item
     * @throws InvalidInput if the id of the request cannot be taken
     * @throws StaleItem    if somebody else decided, the item waits anyway, or a box was changed since
     * @throws Conflict     if the id was used for something else
     */
    public LoggedDecision undo(long id, String requestId, Origin origin, String reviewer) {
        Envelope.check(0, requestId, null, null);
        ReviewItem item = locked(id);
        Optional<LoggedDecision> before = sentBefore(item, ReviewDecision.Action.UNDO, requestId, reviewer);
        if (before.isPresent()) {
            return before.get();
        }
        ReviewDecision last = log.standing(id).orElseThrow(() -> new StaleItem(id, "nothing was decided about %s %d".formatted(ReviewItem.KIND, id)));
        if (!last.reviewer().equals(reviewer)) {
            throw new StaleItem(id, "%s %d was decided by %s, who alone can undo that".formatted(ReviewItem.KIND, id, last.reviewer()));
        }
        List<DecidedBox> done = log.boxes(List.of(last.id())).getOrDefault(last.id(), List.of());
        List<BoxChange> restored = last.counts() ? restore(item, done) : done.stream().map(BoxChange::restored).toList();
        Instant now = now();
        item.reopen(now.plus(CLAIM));
        reviews.flush();
        ReviewDecision decision = ReviewDecision.undone(queueOf(item), item, last, requestId, origin, now);
        return log.add(decision, restored);
    }

    private List<BoxChange> decideBoxes(ReviewItem item, Image image, List<WantedBox> boxes, String reviewer, Instant now) {
        List<Long> ids = boxes.stream().filter(box -> !box.isDrawn()).map(WantedBox::annotation).toList();
        Map<Long, Annotation> there = ids.isEmpty() ? Map.of() : annotations.lock(ids).stream().collect(Collectors.toMap(Annotation::id, Function.identity()));
        List<Fault> faults = new ArrayList<>();
        for (WantedBox box : boxes) {
            Annotation annotation = box.isDrawn() ? null : there.get(box.annotation());
            if (annotation != null && annotation.imageId() != image.id()) {
                faults.add(new Fault(box.field() + ".annotation", box.annotation(), "the id of a box on image " + image.id()));
            }
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        List<BoxChange> changes = new ArrayList<>();
        List<Annotation> others = boxes.stream().anyMatch(WantedBox::isDrawn) ? ofOthers(image, ids, reviewer) : List.of();
        for (WantedBox box : boxes) {
            if (box.isDrawn()) {
                Optional<Annotation> same = others.stream().filter(other -> other.categoryId() == box.category() && other.box().iou(box.box()) >= SAME_DRAWN)
                        .max(Comparator.comparingDouble(other -> other.box().iou(box.box())));
                if (same.isPresent()) {
                    changes.add(BoxChange.decided(new WantedBox(box.field(), same.get().id(), same.get().version(), DecidedBox.Action.ACCEPT, null, null),
                            same.get(), reviewer, now));
                    others = others.stream().filter(other -> other != same.get()).toList();
                    continue;
                }
                Annotation drawn = Annotation.drawn(image, box.category(), box.box(), reviewer, now);
                annotations.add(drawn);
                changes.add(BoxChange.drawn(drawn));
                continue;
            }
            Annotation annotation = there.get(box.annotation());
            if (annotation == null) {
                throw new StaleItem(item.id(), "box %d is no longer there".formatted(box.annotation()));
            }
            if (annotation.version() != box.version()) {
                throw new StaleItem(item.id(), "box %d was changed since version %d: it is %s, version %d%s".formatted(box.annotation(), box.version(),
                        annotation.status(), annotation.version(), annotation.decidedBy().map(by -> ", decided by " + by).orElse("")));
            }
            changes.add(BoxChange.decided(box, annotation, reviewer, now));
        }
        return changes;
    }

    /**
     * What others have decided is there, and the decision does not name. Whoever draws one of these again, since the image was in another queue too, agrees
     * with it: there is one box, and not two.
     */
    private List<Annotation> ofOthers(Image image, List<Long> named, String reviewer) {
        reviews.lockDrawing(image.id());
        List<Long> ids = annotations.ofImage(image.id(), Annotation.Status.GOLD).stream().filter(box -> !named.contains(box.id()) && !box.isCrowd()
                && box.decidedBy().filter(by -> !by.equals(reviewer)).isPresent()).map(Annotation::id).toList();
        return ids.isEmpty() ? List.of() : annotations.lock(ids).stream().filter(box -> Annotation.Status.GOLD.contains(box.status())).toList();
    }

    /** Checks and second opinions change nothing but the item. */
    private static List<BoxChange> decideCopies(ReviewItem item, List<WantedBox> boxes) {
        Map<Long, ShownBox> shown = item.shown().stream().collect(Collectors.toMap(ShownBox::annotation, Function.identity()));
        List<BoxChange> changes = new ArrayList<>();
        for (WantedBox box : boxes) {
            if (box.isDrawn()) {
                changes.add(new BoxChange(box.action(), null, null, null, copy(box.category(), box.box(), Annotation.Status.ACCEPTED, 0), null, null));
                continue;
            }
            ShownBox copy = shown.get(box.annotation());
            if (copy == null) {
                throw new InvalidInput(box.field() + ".annotation", box.annotation(), "the id of a box that the item shows");
            }
            if (copy.version() != box.version()) {
                throw new StaleItem(item.id(), "box %d has version %d in this item, not %d".formatted(box.annotation(), copy.version(), box.version()));
            }
            BoxState after = switch (box.action()) {
                case ACCEPT -> copy(copy.category(), copy.box(), Annotation.Status.ACCEPTED, copy.version());
                case REJECT -> copy(copy.category(), copy.box(), Annotation.Status.REJECTED, copy.version());
                case RELABEL, MOVE -> copy(box.category() == null ? copy.category() : box.category(), box.box() == null ? copy.box() : box.box(),
                        Annotation.Status.CORRECTED, copy.version());
                default -> copy.state();
            };
            changes.add(new BoxChange(box.action(), box.annotation(), copy.state(), null, after, copy.modelVersion(), copy.score()));
        }
        return changes;
    }

    private static BoxState copy(long category, Box box, Annotation.Status status, int version) {
        return new BoxState(category, box.x(), box.y(), box.width(), box.height(), status, null, null, null, version);
    }

    /** Puts boxes back, if nobody changed them since. */
    private List<BoxChange> restore(ReviewItem item, List<DecidedBox> done) {
        Map<Long, Annotation> there = done.isEmpty() ? Map.of() : annotations.lock(done.stream().map(box -> box.annotationId().orElseThrow()).toList())
                .stream().collect(Collectors.toMap(Annotation::id, Function.identity()));
        List<BoxChange> changes = new ArrayList<>();
        for (DecidedBox box : done) {
            Annotation annotation = there.get(box.annotationId().orElseThrow());
            if (annotation == null || annotation.version() != box.after().orElseThrow().version()) {
                throw new StaleItem(item.id(), "box %d was changed since: %s".formatted(box.annotationId().get(), annotation == null ? "it is gone"
                        : "it is " + annotation.status() + annotation.decidedBy().map(by -> ", decided by " + by).orElse("")));
            }
            changes.add(BoxChange.restored(box, annotation));
            if (box.before().isEmpty()) {
                annotations.remove(annotation);
            }
        }
        return changes;
    }

    private Optional<LoggedDecision> sentBefore(ReviewItem item, ReviewDecision.Action action, String requestId, String reviewer) {
        Optional<ReviewDecision> sent = log.request(reviewer, requestId);
        sent.filter(earlier -> earlier.action() != action || !earlier.itemId().equals(Optional.of(item.id()))).ifPresent(earlier -> {
            throw new Conflict("request \"%s\" was a %s of %s %s".formatted(requestId, earlier.action(), ReviewItem.KIND, earlier.itemId().orElse(null)));
        });
        return sent.map(earlier -> new LoggedDecision(earlier, log.boxes(List.of(earlier.id())).getOrDefault(earlier.id(), List.of())));
    }

    private List<ShownItem> shown(ReviewQueue queue, List<ReviewItem> items) {
        List<ShownItem> shown = new ArrayList<>();
        Map<Long, List<Annotation>> live = annotations.ofImages(items.stream().filter(item -> item.kind().changesBoxes()).map(ReviewItem::imageId)
                .toList(), Annotation.Status.SHOWN).stream().collect(Collectors.groupingBy(Annotation::imageId));
        Map<Long, Image> images = datasets.findImages(items.stream().map(ReviewItem::imageId).collect(Collectors.toSet()));
        for (ReviewItem item : items) {
            Image image = images.get(item.imageId());
            shown.add(new ShownItem(item, image, item.kind().changesBoxes() ? live.getOrDefault(item.imageId(), List.of()).stream()
                    .map(box -> ShownBox.of(box, queue.filter().asksFor(box))).toList() : item.shown(), new Rulings(reviews).answersFor(item)));
        }
        return shown;
    }

    private <K, V> Map<K, V> categories(long project, Function<Category, K> key, Function<Category, V> value) {
        return projects.categories(project).stream().collect(Collectors.toMap(key, value));
    }

    /** As the database keeps it: an answer that is given again tells the same time. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    private ReviewQueue queue(long id) {
        return reviews.queue(id).orElseThrow(() -> new NotFound(ReviewQueue.KIND, id));
    }

    /** It may be removed by now. */
    private ReviewQueue queueOf(ReviewItem item) {
        return reviews.queueOrRemoved(item.queueId()).orElseThrow(() -> new NotFound(ReviewQueue.KIND, item.queueId()));
    }

    private ReviewItem locked(long id) {
        return reviews.lockItem(id).orElseThrow(() -> new NotFound(ReviewItem.KIND, id));
    }
}

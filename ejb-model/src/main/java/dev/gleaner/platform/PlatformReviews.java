package dev.gleaner.platform;

import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.format.PixelSize;
import dev.gleaner.review.ImageReviewService;
import dev.gleaner.review.ImageReviewService.ImageReview;
import dev.gleaner.review.ImageReviewService.NamedBox;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes what people decide in platforms reviews here, each state of it once, with the platform as their origin and the time they took. */
@Stateless
public class PlatformReviews {

    @Inject
    private PlatformRepository repository;
    @Inject
    private Platforms platforms;
    @Inject
    private DatasetRepository datasets;
    @Inject
    private ImageReviewService reviews;

    protected PlatformReviews() {
    }

    public PlatformReviews(PlatformRepository repository, Platforms platforms, DatasetRepository datasets, ImageReviewService reviews) {
        this.repository = repository;
        this.platforms = platforms;
        this.datasets = datasets;
        this.reviews = reviews;
    }

    /** Whether this state, or a later one, is a review already. */
    public boolean isKnown(long connection, PlatformReview review) {
        return repository.review(connection, review.id()).map(known -> known.knows(review)).orElse(false);
    }

    /**
     * Makes a review of the task's images. A state that is known, or older than what is known, changes nothing.
     *
     * @param labels that people can use there
     */
    public void review(long connection, PlatformReview review, Set<String> labels) {
        LabelingPlatform platform = platformOf(connection);
        KnownReview known = repository.review(connection, review.id()).orElseGet(() -> add(connection, review.id(), review.task().id()));
        if (known.knows(review)) {
            return;
        }
        Origin origin = new Origin(platform.name());
        String reviewer = platform.name() + (review.person() == null ? "" : "/" + review.person());
        String request = requestOf(platform, connection, review.id());
        String id = request + review.updatedAt();
        List<KnownImage> images = repository.images(connection, review.task().id());
        // Whoever looks at several images of a task looks at each for a part of the time.
        Double seconds = known.newSeconds(review.seconds());
        Double share = seconds == null || images.isEmpty() ? null : (Double) (seconds / images.size());
        boolean counted = false;
        for (KnownImage shown : images) {
            Image image = datasets.findImage(shown.imageId()).orElseThrow();
            if (!known.reviewer().isEmpty() && !known.reviewer().equals(reviewer)) {
                // The last word is the review's, whoever has it.
                reviews.undo(image.id(), known.reviewer(), request, id + ":handed-on", origin);
            }
            if (review.skipped()) {
                reviews.undo(image.id(), reviewer, request, id + ":undo", origin);
                reviews.skip(image.id(), id, reviewer, origin, share, "skipped in " + platform.title());
                counted = true;
            } else {
                PixelSize size = new PixelSize(image.width(), image.height());
                List<NamedBox> boxes = review.boxes().stream().filter(box -> shown.name().equals(box.image()))
                        .map(box -> new NamedBox(box.label(), box.box().apply(size))).filter(box -> box.box() != null).toList();
                counted |= reviews.decide(new ImageReview(image.id(), id, reviewer, origin, share, labels, boxes)).isPresent();
            }
        }
        if (counted && seconds != null) {
            known.counted(review.seconds());
        }
        known.updated(reviewer, review.updatedAt(), review.state());
    }

    private KnownReview add(long connection, String review, String task) {
        KnownReview made = new KnownReview(connection, review, task);
        repository.add(made);
        return made;
    }

    /** Reviews that are not gone, as far as is known: their tasks, by review. */
    public Map<String, String> open(long connection) {
        return repository.openReviews(connection);
    }

    /** A review is gone there: what it had said is taken back. One that is not known yet will not become one: its events came the wrong way round. */
    public void withdraw(long connection, String review) {
        LabelingPlatform platform = platformOf(connection);
        KnownReview known = repository.review(connection, review).orElseGet(() -> add(connection, review, ""));
        if (known.isDeleted()) {
            return;
        }
        String request = requestOf(platform, connection, review);
        for (KnownImage image : repository.images(connection, known.task())) {
            reviews.undo(image.imageId(), known.reviewer(), request, request + "deleted", new Origin(platform.name()));
        }
        known.delete();
    }

    /** Locks the connection, so that two events about one review come one after the other. */
    private LabelingPlatform platformOf(long connection) {
        return platforms.get(repository.lock(connection).orElseThrow().platform());
    }

    private static String requestOf(LabelingPlatform platform, long connection, String review) {
        return platform.name() + ":" + connection + ":" + review + ":";
    }
}

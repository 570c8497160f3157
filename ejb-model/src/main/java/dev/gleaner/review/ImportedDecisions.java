package dev.gleaner.review;

import dev.gleaner.Conflict;
import dev.gleaner.account.Roles;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.AnnotationRepository;
import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.dataset.Image;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import dev.gleaner.review.NewDecision.BoxDecision;
import dev.gleaner.review.ReviewDecision.Origin;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Decisions that somebody brings along in a file: each image's are an entry of the audit log, in the name of who imported them. */
@Stateless
@RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER, Roles.REVIEWER})
public class ImportedDecisions {

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

    protected ImportedDecisions() {
    }

    public ImportedDecisions(ReviewRepository reviews, DecisionRepository log, AnnotationRepository annotations, DatasetRepository datasets,
            ProjectRepository projects) {
        this.reviews = reviews;
        this.log = log;
        this.annotations = annotations;
        this.datasets = datasets;
        this.projects = projects;
    }

    /**
     * Decides about boxes of images of one project. All or nothing.
     *
     * @param byImage boxes by id of their image; their categories are there
     * @throws Conflict if a box is not what it was when the decision was made
     */
    public void decide(long project, SortedMap<Long, List<BoxDecision>> byImage, String requestId, Origin origin, String reviewer) {
        Envelope.check(0, requestId, null, null);
        reviews.lockReviewer(0, reviewer);
        if (!log.requests(reviewer, requestId).isEmpty()) {
            throw new Conflict("request \"" + requestId + "\" was sent before");
        }
        Map<String, Long> categories = projects.categories(project).stream().collect(Collectors.toMap(Category::name, Category::id));
        List<Long> touched = byImage.values().stream().flatMap(List::stream).map(BoxDecision::annotation).filter(Objects::nonNull).toList();
        Map<Long, Annotation> there = touched.isEmpty() ? Map.of()
                : annotations.lock(touched).stream().collect(Collectors.toMap(Annotation::id, Function.identity()));
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        for (Map.Entry<Long, List<BoxDecision>> entry : byImage.entrySet()) {
            Image image = datasets.findImage(entry.getKey()).orElseThrow();
            List<BoxChange> changes = new ArrayList<>();
            for (WantedBox wanted : WantedBox.read(entry.getValue(), image, categories)) {
                changes.add(change(wanted, image, there, reviewer, now));
            }
            reviews.flush();
            log.add(ReviewDecision.ofImage(project, image, null, reviewer, requestId, origin, now), changes);
        }
    }

    private BoxChange change(WantedBox wanted, Image image, Map<Long, Annotation> there, String reviewer, Instant now) {
        if (wanted.isDrawn()) {
            Annotation drawn = Annotation.drawn(image, wanted.category(), wanted.box(), reviewer, now);
            annotations.add(drawn);
            return BoxChange.drawn(drawn);
        }
        Annotation box = there.get(wanted.annotation());
        if (box == null || box.version() != wanted.version()) {
            throw new Conflict("box " + wanted.annotation() + " of image " + image.id() + " was changed meanwhile; look at the difference again");
        }
        return BoxChange.decided(wanted, box, reviewer, now);
    }
}

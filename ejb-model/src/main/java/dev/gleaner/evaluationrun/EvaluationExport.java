package dev.gleaner.evaluationrun;

import dev.gleaner.NotFound;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.format.CocoResultWriter;
import dev.gleaner.format.CocoWriter;
import dev.gleaner.format.PixelSize;
import dev.gleaner.project.Category;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Writes what an evaluation was measured by and what was found, as files that COCO's own evaluation takes: it comes to the same
 * figures. Images in quarantine are in neither.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class EvaluationExport {

    private static final int PAGE = 500;

    @Inject
    private EvaluationRepository evaluations;
    @Inject
    private EvaluatedCategories categories;

    private interface Use<T> {
        void of(T result) throws IOException;
    }

    /**
     * Writes the images that have their detections, and their gold, as a COCO detection file.
     *
     * @param out stays open
     * @throws NotFound if there is no such evaluation
     */
    @PermitAll
    public void writeGold(long id, OutputStream out) throws IOException {
        Evaluation evaluation = get(id);
        CocoWriter coco = new CocoWriter(out, "gold of evaluation " + id);
        Map<Long, Frequency> frequencies = evaluations.frequencies(evaluation.datasetId());
        for (Category category : categories.of(evaluation).all()) {
            coco.category(category.id(), category.name(), Optional.ofNullable(frequencies.get(category.id())).map(EvaluationExport::letter));
        }
        eachPage(after -> evaluations.resultImages(id, after, PAGE), result -> result.image().id(),
                result -> coco.image(result.image().id(), result.image().fileName(),
                        new PixelSize(result.image().width(), result.image().height()), result.evaluated().known()));
        eachPage(after -> evaluations.results(id, after, PAGE), result -> result.image().imageId(), result -> {
            for (GoldBox box : result.image().gold()) {
                coco.box(box.id(), result.image().imageId(), box.category(), box.box(), box.crowd(), OptionalDouble.empty());
            }
        });
        coco.end();
    }

    /**
     * Writes the detections in COCO's format of results, by image, best first.
     *
     * @param out stays open
     * @throws NotFound if there is no such evaluation
     */
    @PermitAll
    public void writeDetections(long id, OutputStream out) throws IOException {
        long[] ofPrompts = categories.of(get(id)).ofPrompts();
        CocoResultWriter coco = new CocoResultWriter(out);
        eachPage(after -> evaluations.results(id, after, PAGE), result -> result.image().imageId(), result -> {
            for (DetectedBox box : result.detections().detections(ofPrompts)) {
                coco.detection(box.imageId(), box.categoryId(), box.box(), box.score());
            }
        });
        coco.end();
    }

    private static String letter(Frequency frequency) {
        return frequency.name().substring(0, 1).toLowerCase();
    }

    private Evaluation get(long id) {
        return evaluations.find(id).orElseThrow(() -> new NotFound(Evaluation.KIND, id));
    }

    private static <T> void eachPage(Function<Long, List<T>> pageAfter, Function<T, Long> idOf, Use<T> use) throws IOException {
        List<T> page = pageAfter.apply(0L);
        while (!page.isEmpty()) {
            for (T item : page) {
                use.of(item);
            }
            page = pageAfter.apply(idOf.apply(page.get(page.size() - 1)));
        }
    }
}

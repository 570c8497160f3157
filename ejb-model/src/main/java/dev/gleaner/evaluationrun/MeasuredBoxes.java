package dev.gleaner.evaluationrun;

import dev.gleaner.dataset.Image;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.evaluationrun.EvaluationRepository.Result;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What an evaluation measures by and what it has found, on the images that are not in quarantine. */
public record MeasuredBoxes(GroundTruth truth, List<DetectedBox> detections) {

    /** Reads them. */
    @ApplicationScoped
    public static class Reader {

        private static final int PAGE = 500;

        @Inject
        private EvaluationRepository evaluations;
        @Inject
        private EvaluatedCategories categories;

        protected Reader() {
        }

        public Reader(EvaluationRepository evaluations, EvaluatedCategories categories) {
            this.evaluations = evaluations;
            this.categories = categories;
        }

        /** Some hundred images at a time, so that what stays in memory is the boxes alone: about 100 bytes each. */
        public MeasuredBoxes of(Evaluation evaluation) {
            EvaluatedCategories.Asked about = categories.of(evaluation);
            Map<Long, Frequency> frequencies = evaluations.frequencies(evaluation.datasetId());
            List<TruthCategory> asked = about.all().stream().map(category -> new TruthCategory(category.id(), category.name(),
                    Optional.ofNullable(frequencies.get(category.id())))).toList();
            Set<Long> all = asked.stream().map(TruthCategory::id).collect(Collectors.toUnmodifiableSet());
            List<TruthImage> images = new ArrayList<>();
            List<TruthBox> gold = new ArrayList<>();
            List<DetectedBox> detections = new ArrayList<>();
            List<Result> page = evaluations.results(evaluation.id(), 0, PAGE);
            while (!page.isEmpty()) {
                for (Result result : page) {
                    long image = result.image().imageId();
                    images.add(result.image().truth(all));
                    result.image().gold().forEach(box -> gold.add(box.truth(image)));
                    detections.addAll(result.detections().detections(about.ofPrompts()));
                }
                page = evaluations.results(evaluation.id(), page.get(page.size() - 1).image().imageId(), PAGE);
            }
            return new MeasuredBoxes(new GroundTruth(images, asked, gold), detections);
        }

        /** The folders that the measured images lie in, as their source names them, by image. */
        public Map<Long, String> folders(Evaluation evaluation) {
            return evaluations.images(evaluation.datasetId()).stream().collect(Collectors.toMap(Image::id, image ->
                    image.fileName().indexOf('/') < 0 ? "" : image.fileName().substring(0, image.fileName().indexOf('/'))));
        }
    }
}

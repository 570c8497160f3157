package dev.gleaner.scene;

import dev.gleaner.evaluation.Corners;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.GroundedSentence;
import dev.gleaner.evaluation.GroundingRecall;
import dev.gleaner.evaluation.GroundingRecall.Boxes;
import dev.gleaner.evaluation.SentenceDetections;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.Caption;
import dev.gleaner.glip.text.Phrase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/**
 * How well a model finds and grounds in drawn scenes: COCO's AP with all kinds as prompts, and the share of phrases whose best box
 * meets a box of theirs (R@1 at IoU 0.5, several boxes of a phrase each by itself).
 */
record SceneMeasure(DetectionEvaluation detection, GroundingRecall grounding, double secondsToLoad, double secondsPerImage) {

    /** Scenes for figures; training uses other seeds. */
    static final long TEST_SEED = 1_000_003;
    static final long VALIDATION_SEED = 1_000_033;

    private static final double IOU = 0.5;

    static SceneMeasure of(Path bundle, String device, SceneSettings settings, long seed, int scenes) throws IOException {
        List<Prompt> kinds = settings.domain().kinds().stream().map(kind -> Prompt.of(kind.word())).toList();
        List<GroundedSentence> sentences = new ArrayList<>();
        List<SentenceDetections> grounded = new ArrayList<>();
        long[] nanos = {0};
        long begun = System.nanoTime();
        try (Glip glip = Glip.load(bundle, device); Glip.PreparedText text = glip.prepare(kinds, Glip.Chunking.OFFICIAL)) {
            double secondsToLoad = (System.nanoTime() - begun) / 1e9;
            DetectionEvaluation detection = detection(settings, seed, scenes, (scene, number) -> {
                Glip.PreparedImage image = image(glip, scene);
                long start = System.nanoTime();
                List<Detection> found = glip.detect(image, text, Thresholds.all(0));
                nanos[0] += System.nanoTime() - start;
                SceneCaption caption = caption(scene, seed, number);
                sentences.add(truth(scene, number, caption));
                grounded.add(found(glip, image, number, caption));
                return found;
            });
            return new SceneMeasure(detection, GroundingRecall.of(sentences, grounded, Boxes.ANY, IOU), secondsToLoad, nanos[0] / 1e9 / scenes);
        }
    }

    /** AP of anything that finds kinds in scenes. */
    static DetectionEvaluation detection(SceneSettings settings, long seed, int scenes, BiFunction<Scene, Integer, List<Detection>> detector) {
        List<TruthCategory> categories = new ArrayList<>();
        settings.domain().kinds().forEach(kind -> categories.add(TruthCategory.of(kind.ordinal() + 1L, kind.word())));
        List<TruthImage> images = new ArrayList<>();
        List<TruthBox> truths = new ArrayList<>();
        List<DetectedBox> found = new ArrayList<>();
        for (int number = 0; number < scenes; number++) {
            long id = number + 1L;
            Scene scene = Scenes.draw(settings, seed, number);
            images.add(TruthImage.of(id));
            scene.objects().forEach(object -> truths.add(TruthBox.of(truths.size() + 1L, id, object.kind().ordinal() + 1L, object.box())));
            for (Detection detection : detector.apply(scene, number)) {
                found.add(new DetectedBox(id, Kind.valueOf(detection.category().toUpperCase(Locale.ROOT)).ordinal() + 1L, detection.box(),
                        detection.score()));
            }
        }
        return DetectionEvaluation.coco(new GroundTruth(images, categories, truths), found);
    }

    private static Glip.PreparedImage image(Glip glip, Scene scene) {
        try {
            return glip.decode(ContactSheet.png(scene.image()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static SceneCaption caption(Scene scene, long seed, int number) {
        return CaptionWriter.write(scene, new SplittableRandom(seed ^ 0x5CA1AB1EL * (number + 1)));
    }

    private static GroundedSentence truth(Scene scene, int number, SceneCaption caption) {
        return new GroundedSentence("scene " + number, 0, caption.phrases().stream().filter(phrase -> !phrase.objects().isEmpty())
                .map(phrase -> new GroundedSentence.Phrase(List.of(phrase.type().name().toLowerCase(Locale.ROOT)),
                        phrase.objects().stream().map(object -> Corners.of(scene.objects().get(object).box())).toList())).toList());
    }

    private static SentenceDetections found(Glip glip, Glip.PreparedImage image, int number, SceneCaption caption) {
        Caption read = new Caption(caption.text(), caption.phrases().stream()
                .map(phrase -> new Phrase(caption.words(phrase), List.of(phrase.span()))).toList());
        try (Glip.PreparedText text = glip.prepareCaption(read)) {
            List<Detection> detections = glip.detect(image, text, Thresholds.all(0));
            return new SentenceDetections("scene " + number, 0, caption.phrases().stream().filter(phrase -> !phrase.objects().isEmpty())
                    .map(phrase -> detections.stream().filter(detection -> detection.phrase().equals(caption.words(phrase)))
                            .map(detection -> Corners.of(detection.box())).toList()).toList());
        }
    }

    void print(String what) {
        System.out.printf(Locale.ROOT, "%s: AP %.1f (AP50 %.1f, AP75 %.1f, small %.1f, medium %.1f, large %.1f), loaded in %.1f s, %.0f ms an image%n", what,
                100 * detection.figures().ap(), 100 * detection.figures().ap50(), 100 * detection.figures().ap75(),
                100 * detection.figures().apSmall(), 100 * detection.figures().apMedium(), 100 * detection.figures().apLarge(),
                secondsToLoad, 1000 * secondsPerImage);
        grounding.byType().forEach((type, recall) -> System.out.printf(Locale.ROOT, "%s: R@1 of %d phrases (%s): %.1f, R@5 %.1f%n", what,
                recall.phrases(), type, 100 * recall.at1(), 100 * recall.at5()));
    }

    /** @param arguments a bundle's folder, TRAINING, TEST or SHIFTED, the number of scenes */
    public static void main(String[] arguments) throws IOException {
        SceneMeasure measure = of(Path.of(arguments[0]), System.getProperty("device", "cpu"), ContactSheet.settings(arguments[1]), TEST_SEED,
                Integer.parseInt(arguments[2]));
        measure.detection.categories().forEach(category -> System.out.printf(Locale.ROOT, "  %s: AP %.1f%n", category.category().name(),
                100 * category.figures().ap()));
        measure.print(arguments[1] + " scenes");
    }
}

package dev.gleaner.round;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.train.Raccoons;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.scene.Domain;
import dev.gleaner.scene.Scene;
import dev.gleaner.scene.SceneSettings;
import dev.gleaner.scene.Scenes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Images of which everything is known, for an experiment to hide some of. An image's id is its number plus one, a category's its place plus
 * one.
 */
record Pool(List<String> categories, int size, IntFunction<Picture> pictures) {

    /** @param boxes all there is; labels are places of categories */
    record Picture(RgbImage image, List<TargetBox> boxes) {
    }

    /** Drawn scenes, each made anew when it is asked for. */
    static Pool scenes(SceneSettings settings, long seed, int size) {
        Domain domain = settings.domain();
        return new Pool(domain.kinds().stream().map(kind -> kind.word()).toList(), size, number -> {
            Scene scene = Scenes.draw(settings, seed, number);
            return new Picture(scene.image(), scene.detection(domain).boxes());
        });
    }

    /** Photos. */
    static Pool raccoons(Raccoons raccoons) {
        return new Pool(List.of(Raccoons.NAME), raccoons.photos().size(), number -> {
            Raccoons.Photo photo = raccoons.photos().get(number);
            try {
                return new Picture(ImageDecoder.decode(Files.readAllBytes(photo.file())), photo.boxes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    Picture picture(int number) {
        return pictures.apply(number);
    }

    static long id(int number) {
        return number + 1L;
    }

    List<Long> categoryIds() {
        return LongStream.rangeClosed(1, categories.size()).boxed().toList();
    }

    String category(long id) {
        return categories.get((int) id - 1);
    }

    List<Prompt> prompts() {
        return categories.stream().map(Prompt::of).toList();
    }

    GroundTruth truth() {
        List<TruthBox> boxes = new ArrayList<>();
        for (int number = 0; number < size; number++) {
            for (TargetBox box : picture(number).boxes()) {
                boxes.add(TruthBox.of(boxes.size() + 1L, id(number), box.label() + 1L, box.box()));
            }
        }
        return new GroundTruth(IntStream.range(0, size).mapToObj(number -> TruthImage.of(id(number))).toList(),
                IntStream.range(0, categories.size()).mapToObj(place -> TruthCategory.of(place + 1L, categories.get(place))).toList(), boxes);
    }

    /** All that a model finds. */
    List<DetectedBox> detect(Glip glip) {
        List<DetectedBox> found = new ArrayList<>();
        try (Glip.PreparedText text = glip.prepare(prompts(), Glip.Chunking.OFFICIAL)) {
            for (int number = 0; number < size; number++) {
                for (Detection detection : glip.detect(glip.view(picture(number).image(), false, 1), text, Thresholds.all(0))) {
                    found.add(new DetectedBox(id(number), categories.indexOf(detection.category()) + 1L, detection.box(), detection.score()));
                }
            }
        }
        return found;
    }
}

package dev.gleaner.glip.train;

import dev.gleaner.RealPhotos;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.format.ImageFiles;
import dev.gleaner.format.SourceBox;
import dev.gleaner.format.SourceImage;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.VocReader;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.vision.ImageDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The photos of raccoons with their boxes, for training and for judging what was trained. */
public record Raccoons(List<Photo> photos) {

    public static final String NAME = "raccoon";

    public record Photo(Path file, List<TargetBox> boxes) {
    }

    /** All 160 photos, in an order that is always the same; skips the test where they are missing. */
    public static Raccoons all() throws IOException {
        Path folder = RealPhotos.raccoons();
        Path images = folder.resolve("JPEGImages").toRealPath();
        Map<String, Path> files = new LinkedHashMap<>();
        Map<String, List<TargetBox>> boxes = new HashMap<>();
        try (VocReader reader = new VocReader(folder.resolve("Annotations"), new ImageFiles(images, List.of(images)))) {
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof SourceImage image) {
                    files.put(image.id(), image.file().orElseThrow());
                } else if (item.get() instanceof SourceBox box) {
                    boxes.computeIfAbsent(box.imageId(), id -> new ArrayList<>()).add(new TargetBox(box.box(), 0));
                }
            }
        }
        List<Photo> photos = new ArrayList<>();
        files.forEach((id, file) -> photos.add(new Photo(file, boxes.getOrDefault(id, List.of()))));
        photos.sort((a, b) -> a.file.getFileName().toString().compareTo(b.file.getFileName().toString()));
        Collections.shuffle(photos, new Random(1));
        return new Raccoons(photos);
    }

    /** Photos {@code from} to {@code to} (excluded); 0 to 120 are for training, 120 to 160 for validation. */
    public Raccoons part(int from, int to) {
        return new Raccoons(photos.subList(from, to));
    }

    ExampleSource examples() {
        return new ExampleSource() {
            @Override
            public int size() {
                return photos.size();
            }

            @Override
            public TrainingExample read(int index) throws IOException {
                Photo photo = photos.get(index);
                return new TrainingExample.DetectionExample(ImageDecoder.decode(Files.readAllBytes(photo.file)), photo.boxes,
                        List.of(NAME));
            }
        };
    }

    /** What a model finds in these photos, by COCO's rules. */
    DetectionFigures evaluate(Path bundle) throws IOException {
        List<TruthImage> images = new ArrayList<>();
        List<TruthBox> truths = new ArrayList<>();
        List<DetectedBox> found = new ArrayList<>();
        try (Glip glip = Glip.load(bundle, "cpu");
                Glip.PreparedText text = glip.prepare(List.of(Prompt.of(NAME)), Glip.Chunking.OFFICIAL)) {
            for (int i = 0; i < photos.size(); i++) {
                long id = i + 1L;
                images.add(TruthImage.of(id));
                photos.get(i).boxes.forEach(box -> truths.add(TruthBox.of(truths.size() + 1L, id, 1, box.box())));
                for (Detection detection : glip.detect(glip.decode(Files.readAllBytes(photos.get(i).file)), text, Thresholds.all(0))) {
                    found.add(new DetectedBox(id, 1, detection.box(), detection.score()));
                }
            }
        }
        return DetectionEvaluation.coco(new GroundTruth(images, List.of(TruthCategory.of(1, NAME)), truths), found).figures();
    }
}

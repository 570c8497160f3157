package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.evaluation.TruthCategory.Frequency;
import dev.gleaner.format.CocoWriter;
import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CocoJsonTest {

    @TempDir
    private Path folder;

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("file.json"), json);
    }

    @Test
    void readsLvisInAnyOrderAndPassesOutlinesOver() throws IOException {
        GroundTruth truth = CocoJson.readTruth(file("""
                {"info": {"year": 1}, "annotations": [
                   {"id": 4, "image_id": 5000000000, "category_id": 3, "bbox": [1, 2.5, 3, 4], "area": 7.5, "segmentation": [[1, 2, 3, 4, 5, 6]]},
                   {"id": 5, "image_id": 5000000000, "category_id": 3, "bbox": [0, 0, 2, 2], "iscrowd": 1, "ignore": 1,
                    "segmentation": {"counts": [1, 2], "size": [3, 4]}}],
                 "categories": [{"id": 3, "name": "cat", "frequency": "r", "synonyms": ["cat"]}, {"id": 6, "name": "dog"}],
                 "images": [{"id": 5000000000, "neg_category_ids": [6], "not_exhaustive_category_ids": [3]}, {"id": 1}]}"""));

        assertThat(truth.images()).containsExactly(new TruthImage(5000000000L, Set.of(6L), Set.of(3L)), TruthImage.of(1));
        assertThat(truth.categories()).containsExactly(
                new TruthCategory(3, "cat", Optional.of(Frequency.RARE)), TruthCategory.of(6, "dog"));
        assertThat(truth.boxes()).containsExactly(
                new TruthBox(4, 5000000000L, 3, Box.xywh(1, 2.5, 3, 4), 7.5, false, false),
                new TruthBox(5, 5000000000L, 3, Box.xywh(0, 0, 2, 2), 4, true, true));
    }

    @Test
    void readsWhatOurOwnExportWrites() throws IOException {
        Path file = folder.resolve("export.json");
        try (OutputStream out = Files.newOutputStream(file)) {
            CocoWriter coco = new CocoWriter(out, "set");
            coco.category(3, "cat");
            coco.image(5, "a.jpg", new PixelSize(40, 30));
            coco.box(7, 5, 3, Box.xywh(1.5, 2, 3, 4), false, OptionalDouble.empty());
            coco.box(8, 5, 3, Box.xywh(0, 0, 40, 30), true, OptionalDouble.empty());
            coco.end();
        }
        assertThat(CocoJson.readTruth(file).boxes()).containsExactly(
                TruthBox.of(7, 5, 3, Box.xywh(1.5, 2, 3, 4)),
                new TruthBox(8, 5, 3, Box.xywh(0, 0, 40, 30), 1200, true, false));
    }

    @Test
    void readsDetections() throws IOException {
        assertThat(CocoJson.readDetections(file("""
                [{"image_id": 5, "category_id": 3, "bbox": [1.25, 2, 3, 4], "score": 0.5}, {"score": 1, "bbox": [0, 0, 1, 1], "image_id": 6, "category_id": 3}]""")))
                .containsExactly(new DetectedBox(5, 3, Box.xywh(1.25, 2, 3, 4), 0.5), new DetectedBox(6, 3, Box.xywh(0, 0, 1, 1), 1));
        assertThat(CocoJson.readDetections(file("[]"))).isEmpty();
    }

    @Test
    void refusesWithThePlaceAndTheReason() {
        assertRefused("[{\"image_id\": 5, \"category_id\": 3, \"bbox\": [1, 2, 3], \"score\": 0.5}]", "bbox has 3 numbers; expected [x, y, width, height]");
        assertRefused("[{\"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": 0.5}]", "image_id");
        assertRefused("[{\"image_id\": 5, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": null}]", "null");
        assertRefused("[{\"image_id\": 5.5, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": 1}]", "5.5");
        assertRefused("[{\"image_id\": 5, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": 1e999}]", "score of a detection");
        assertRefused("[{\"image_id\": 5, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": NaN}]", "NaN");
        assertRefused("[{\"image_id\": 5, \"category_id\": 3,", "end-of-input");
        assertRefused("{}", "expected a list");
    }

    private void assertRefused(String detections, String reason) {
        assertThatThrownBy(() -> CocoJson.readDetections(file(detections)))
                .isInstanceOf(IOException.class).hasMessageStartingWith(folder.resolve("file.json") + ", line 1, column ").hasMessageContaining(reason);
    }

    @Test
    void refusesATruthWithoutItsLists() {
        assertThatThrownBy(() -> CocoJson.readTruth(file("{\"images\": []}")))
                .isInstanceOf(IOException.class).hasMessageContaining("there is no list annotations, categories");
        assertThatThrownBy(() -> CocoJson.readTruth(file("[]")))
                .isInstanceOf(IOException.class).hasMessageContaining("expected one object");
        assertThatThrownBy(() -> CocoJson.readTruth(file("{\"categories\": [{\"id\": 1, \"frequency\": \"x\"}]}")))
                .isInstanceOf(IOException.class).hasMessageContaining("frequency is \"x\"; expected r, c or f");
    }
}

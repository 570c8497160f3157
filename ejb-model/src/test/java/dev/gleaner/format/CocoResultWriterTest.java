package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.evaluation.CocoJson;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.glip.Box;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CocoResultWriterTest {

    @TempDir
    private Path folder;

    @Test
    void writesCocosFormatOfResults() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CocoResultWriter coco = new CocoResultWriter(out);
        coco.detection(5, 3, Box.xywh(1.5, 2, 3, 4), 0.25);
        coco.end();

        assertThat(new ObjectMapper().readTree(out.toByteArray())).isEqualTo(new ObjectMapper().readTree(
                "[{\"image_id\": 5, \"category_id\": 3, \"bbox\": [1.5, 2.0, 3.0, 4.0], \"score\": 0.25}]"));
    }

    @Test
    void isReadBackToTheLastBit() throws IOException {
        Path file = folder.resolve("results.json");
        DetectedBox first = new DetectedBox(5, 3, Box.xywh(1 / 3.0, -2 / 7.0, Math.PI, 1e-9), 0.1f);
        DetectedBox second = new DetectedBox(6, 4, Box.xywh(0, 0, 40, 30), 1);
        try (OutputStream out = Files.newOutputStream(file)) {
            CocoResultWriter coco = new CocoResultWriter(out);
            coco.detection(5, 3, first.box(), first.score());
            coco.detection(6, 4, second.box(), second.score());
            coco.end();
        }

        assertThat(CocoJson.readDetections(file)).containsExactly(first, second);
    }
}

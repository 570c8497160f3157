package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.Box;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CocoWriterTest {

    @TempDir
    private Path folder;

    @Test
    void writesWhatCocoReaderExpects() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CocoWriter coco = new CocoWriter(out, "set \"one\"");
        coco.category(3, "cat");
        coco.image(5, "sub/a.jpg", new PixelSize(40, 30));
        coco.box(7, 5, 3, Box.xywh(1.5, 2, 3, 4), false, OptionalDouble.of(0.25));
        coco.box(8, 5, 3, Box.xywh(0, 0, 40, 30), true, OptionalDouble.empty());
        coco.end();

        assertThat(new ObjectMapper().readTree(out.toByteArray())).isEqualTo(new ObjectMapper().readTree("""
                {"info": {"description": "set \\"one\\""}, "licenses": [],
                 "categories": [{"id": 3, "name": "cat"}],
                 "images": [{"id": 5, "file_name": "sub/a.jpg", "width": 40, "height": 30}],
                 "annotations": [
                   {"id": 7, "image_id": 5, "category_id": 3, "bbox": [1.5, 2.0, 3.0, 4.0], "area": 12.0, "iscrowd": 0, "segmentation": [], "score": 0.25},
                   {"id": 8, "image_id": 5, "category_id": 3, "bbox": [0.0, 0.0, 40.0, 30.0], "area": 1200.0, "iscrowd": 1, "segmentation": []}]}"""));
    }

    @Test
    void writesWhatLvisTellsOfOtherCategories() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CocoWriter coco = new CocoWriter(out, "lvis");
        coco.category(3, "cat", Optional.of("r"));
        coco.image(5, "a.jpg", new PixelSize(40, 30), Optional.of(new CocoWriter.Known(new long[] {3, 4}, new long[0])));
        coco.end();

        JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        assertThat(json.at("/categories/0/frequency").asText()).isEqualTo("r");
        assertThat(json.at("/images/0/neg_category_ids").toString()).isEqualTo("[3,4]");
        assertThat(json.at("/images/0/not_exhaustive_category_ids").toString()).isEqualTo("[]");
    }

    @Test
    void anEmptyFileHasAllItsLists() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new CocoWriter(out, "nothing").end();

        JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        assertThat(json.path("categories").isArray()).isTrue();
        assertThat(json.path("images").isArray()).isTrue();
        assertThat(json.path("annotations").isArray()).isTrue();
    }

    @Test
    void keepsItsOrder() throws IOException {
        CocoWriter coco = new CocoWriter(new ByteArrayOutputStream(), "disorder");
        coco.box(1, 1, 1, Box.xywh(0, 0, 1, 1), false, OptionalDouble.empty());

        assertThatThrownBy(() -> coco.image(1, "a.jpg", new PixelSize(1, 1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsNotEndedDoesNotParse() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CocoWriter coco = new CocoWriter(out, "broken off");
        for (int i = 1; i <= 1000; i++) {
            coco.image(i, "image " + i, new PixelSize(1, 1));
        }

        assertThat(out.size()).isPositive();
        assertThatThrownBy(() -> new ObjectMapper().readTree(out.toByteArray())).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<SourceItem> written = new ArrayList<>();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CocoWriter coco = new CocoWriter(out, "random " + seed);
            int categories = random.nextInt(4);
            int images = random.nextInt(4);
            for (int i = 0; i < categories; i++) {
                String name = "c" + i + " \u00e4\u4e2d\ud83e\udd9d\"\\/" + random.nextInt();
                coco.category(100 + i, name);
                written.add(new SourceCategory(String.valueOf(100 + i), name));
            }
            for (int i = 0; i < images; i++) {
                PixelSize size = new PixelSize(1 + random.nextInt(5000), 1 + random.nextInt(5000));
                coco.image(Long.MAX_VALUE - i, "nowhere/" + i + ".jpg", size);
                written.add(new SourceImage(String.valueOf(Long.MAX_VALUE - i), "nowhere/" + i + ".jpg", Optional.empty(), Optional.of(size)));
            }
            for (int i = 0; i < random.nextInt(10); i++) {
                Box box = Box.xywh(random.nextDouble() * 4000, random.nextGaussian(), Math.exp(20 * random.nextGaussian()), random.nextDouble());
                boolean crowd = random.nextBoolean();
                coco.box(1 + i, 1, 100, box, crowd, OptionalDouble.of(random.nextDouble()));
                written.add(new SourceBox(String.valueOf(1 + i), "1", "100", box, crowd));
            }
            coco.end();

            Path file = Files.writeString(folder.resolve("coco.json"), out.toString(StandardCharsets.UTF_8));
            List<SourceItem> read = Sources.all(new CocoReader(file, new ImageFiles(folder, List.of(folder.toRealPath()))));

            assertThat(read.stream().filter(item -> !(item instanceof Finding) && !(item instanceof SourceDocument)).toList()).isEqualTo(written);
        }
    }
}

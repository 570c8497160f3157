package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.drew.imaging.ImageMetadataReader;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.RgbImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneSetTest {

    private static final int COUNT = 5;

    @TempDir
    private Path folder;

    private Path write(String name) throws Exception {
        return SceneSet.write(folder.resolve(name), SceneSettings.TEST, 3, COUNT);
    }

    @Test
    void drawsTheSameScenesEveryTime() throws Exception {
        Path first = write("first");
        Path second = write("second");
        assertThat(new ObjectMapper().readTree(second.toFile())).isEqualTo(new ObjectMapper().readTree(first.toFile()));
        assertThat(second.resolveSibling("scene-004.jpg")).hasSameBinaryContentAs(first.resolveSibling("scene-004.jpg"));
        assertThat(second.resolveSibling("scene-001.png")).hasSameBinaryContentAs(first.resolveSibling("scene-001.png"));
    }

    @Test
    void theFileHoldsTheScenesBoxes() throws Exception {
        JsonNode coco = new ObjectMapper().readTree(write("set").toFile());
        assertThat(coco.path("images")).hasSize(COUNT);
        assertThat(coco.path("categories")).hasSize(24);
        for (int number = 0; number < COUNT; number++) {
            List<String> written = new ArrayList<>();
            for (JsonNode box : coco.path("annotations")) {
                if (box.path("image_id").asInt() == number + 1) {
                    written.add(coco.path("categories").path(box.path("category_id").asInt() - 1).path("name").asText() + " " + box.path("bbox").path(0).asDouble()
                            + " " + box.path("bbox").path(3).asDouble());
                }
            }
            assertThat(written).isEqualTo(Scenes.draw(SceneSettings.TEST, 3, number).objects().stream()
                    .map(object -> object.kind().word() + " " + object.box().x() + " " + object.box().height()).toList());
        }
    }

    @Test
    void aTurnedSceneSaysSoAndIsReadUpright() throws Exception {
        Path file = write("set").resolveSibling("scene-004.jpg");
        assertThat(ImageMetadataReader.readMetadata(file.toFile()).getFirstDirectoryOfType(ExifIFD0Directory.class)
                .getInt(ExifIFD0Directory.TAG_ORIENTATION)).isEqualTo(6);
        RgbImage read = ImageDecoder.decode(Files.readAllBytes(file));
        RgbImage drawn = Scenes.draw(SceneSettings.TEST, 3, 3).image();
        assertThat(List.of(read.width(), read.height())).containsExactly(drawn.width(), drawn.height());
        double difference = 0;
        for (int i = 0; i < drawn.rgb().length; i++) {
            difference += Math.abs((read.rgb()[i] & 0xff) - (drawn.rgb()[i] & 0xff));
        }
        // What JPEG loses; turned the wrong way it would be tens.
        assertThat(difference / drawn.rgb().length).isCloseTo(0, within(8.0));
    }

    @Test
    void whatIsThereIsLeftAlone() throws Exception {
        Path coco = write("set");
        Files.setLastModifiedTime(coco, FileTime.fromMillis(0));
        assertThat(write("set")).isEqualTo(coco);
        assertThat(Files.getLastModifiedTime(coco).toMillis()).isZero();
    }
}

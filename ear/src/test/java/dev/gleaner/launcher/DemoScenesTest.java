package dev.gleaner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.drew.imaging.ImageMetadataReader;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoScenesTest {

    @TempDir
    private Path folder;

    @Test
    void drawsTheSameScenesEveryTime() throws Exception {
        Path first = DemoScenes.drawInto(folder.resolve("first"));
        Path second = DemoScenes.drawInto(folder.resolve("second"));
        assertThat(new ObjectMapper().readTree(second.toFile())).isEqualTo(new ObjectMapper().readTree(first.toFile()));
        assertThat(second.resolveSibling("scene-04.jpg")).hasSameBinaryContentAs(first.resolveSibling("scene-04.jpg"));
        assertThat(second.resolveSibling("scene-01.png")).hasSameBinaryContentAs(first.resolveSibling("scene-01.png"));
    }

    @Test
    void everyBoxHoldsAShapeOfItsImage() throws Exception {
        Path coco = DemoScenes.drawInto(folder.resolve("demo"));
        JsonNode scenes = new ObjectMapper().readTree(coco.toFile());
        assertThat(scenes.path("images")).hasSize(DemoScenes.COUNT);
        for (JsonNode annotation : scenes.path("annotations")) {
            int image = annotation.path("image_id").asInt();
            if (image % 4 == 0) {
                continue;
            }
            BufferedImage scene = ImageIO.read(coco.resolveSibling(scenes.path("images").path(image - 1).path("file_name").asText()).toFile());
            JsonNode box = annotation.path("bbox");
            int x = box.path(0).asInt() + box.path(2).asInt() / 2;
            int y = box.path(1).asInt() + box.path(3).asInt() / 2;
            assertThat(saturation(scene.getRGB(x, y))).as("colour at the middle of a box of image " + image).isGreaterThan(0.5f);
        }
    }

    @Test
    void aTurnedSceneSaysSoAndHasItsShapesWhereTheUprightSceneHasThem() throws Exception {
        Path coco = DemoScenes.drawInto(folder.resolve("demo"));
        Path file = coco.resolveSibling("scene-04.jpg");
        assertThat(ImageMetadataReader.readMetadata(file.toFile()).getFirstDirectoryOfType(ExifIFD0Directory.class)
                .getInt(ExifIFD0Directory.TAG_ORIENTATION)).isEqualTo(6);
        BufferedImage turned = ImageIO.read(file.toFile());
        for (JsonNode annotation : new ObjectMapper().readTree(coco.toFile()).path("annotations")) {
            if (annotation.path("image_id").asInt() == 4) {
                JsonNode box = annotation.path("bbox");
                int x = box.path(0).asInt() + box.path(2).asInt() / 2;
                int y = box.path(1).asInt() + box.path(3).asInt() / 2;
                // Orientation 6: the pixel (column, row) of the file is shown at (height - 1 - row, column).
                assertThat(saturation(turned.getRGB(y, turned.getHeight() - 1 - x))).isGreaterThan(0.5f);
            }
        }
    }

    @Test
    void whatIsThereIsLeftAlone() throws Exception {
        Path coco = DemoScenes.drawInto(folder.resolve("demo"));
        Files.setLastModifiedTime(coco, FileTime.fromMillis(0));
        DemoScenes.drawInto(folder.resolve("demo"));
        assertThat(Files.getLastModifiedTime(coco).toMillis()).isZero();
    }

    private static float saturation(int rgb) {
        return java.awt.Color.RGBtoHSB(rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255, null)[1];
    }
}

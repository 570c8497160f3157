package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.LabeledImage.LabeledBox;
import dev.gleaner.glip.Box;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a YOLO archive cannot have as the dataset has it is told in it. */
class YoloWriterTest {

    private static LabeledImage image(String name, boolean crowd) {
        return new LabeledImage(1, name, new PixelSize(40, 30), List.of(new LabeledBox(1, "cat", Box.xywh(1, 2, 3, 4), crowd, false, OptionalDouble.empty())));
    }

    /** Its text files, by name. */
    private static Map<String, String> written(ExportFormat format, LabeledImage... images) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ZipFiles zip = new ZipFiles(bytes);
        try (DatasetWriter writer = format.writer(zip, List.of("cat"))) {
            for (LabeledImage image : images) {
                writer.image(image);
            }
            writer.end();
        }
        UnaryOperator<String> places = format.imagePlaces();
        for (LabeledImage image : images) {
            zip.text(places.apply(image.fileName()), image.fileName());
        }
        zip.end();
        Map<String, String> files = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    @ParameterizedTest
    @EnumSource(value = ExportFormat.class, names = {"YOLO", "YOLO_DARKNET"})
    void imagesThatWouldShareALabelFileAreRenamedAndTheNotesSaySo(ExportFormat format) throws IOException {
        Map<String, String> files = written(format, image("f/a.jpg", false), image("f/a.png.png", false), image("f/a.png", false), image("v.1/b", false), image("v.1/b.png", false),
                image("w/b.png", false));

        String folder = format == ExportFormat.YOLO ? "images/" : "obj_train_data/";
        assertThat(files.get("notes.txt").lines()).containsExactly(
                "f/a.png is " + folder + "f/a.png.png.png here: another image has the label file that it would have under its own name",
                "v.1/b.png is " + folder + "v.1/b.png.png here: another image has the label file that it would have under its own name");
        assertThat(files).containsEntry(folder + "f/a.jpg", "f/a.jpg").containsEntry(folder + "f/a.png.png", "f/a.png.png").containsEntry(folder + "f/a.png.png.png", "f/a.png")
                .containsEntry(folder + "v.1/b.png.png", "v.1/b.png").containsEntry(folder + "w/b.png", "w/b.png");
        assertThat(files.keySet().stream().filter(name -> name.matches("(labels|obj_train_data)/.*[.]txt"))).as("one for each").hasSize(6);
    }

    @Test
    void crowdsAreCounted() throws IOException {
        assertThat(written(ExportFormat.YOLO, image("a.jpg", true), image("b.jpg", true), image("c.jpg", false)).get("notes.txt"))
                .isEqualTo("2 boxes of crowds are left out: YOLO knows none\n");
    }

    @Test
    void whereNothingIsOtherwiseThereAreNoNotes() throws IOException {
        assertThat(written(ExportFormat.YOLO, image("a.jpg", false), image("b.jpg", false))).doesNotContainKey("notes.txt");
    }
}

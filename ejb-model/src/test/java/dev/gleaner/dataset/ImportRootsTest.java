package dev.gleaner.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.Settings;
import dev.gleaner.format.SourceFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportRootsTest {

    @TempDir
    private Path temp;
    private Path root;
    private ImportRoots roots;

    @BeforeEach
    void makeFolders() throws IOException {
        temp = temp.toRealPath();
        root = Files.createDirectory(temp.resolve("root"));
        for (String folder : List.of("photos", "voc/Annotations", "voc/JPEGImages", "export/Annotations", "export/images", "bare")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.createFile(root.resolve("photos/coco.json"));
        Files.createDirectory(temp.resolve("elsewhere"));
        roots = new ImportRoots(new Settings(temp.resolve("home"), "cpu", List.of(root, temp.resolve("not there")), Optional.empty(), false));
    }

    @Test
    void takesSourcesWithAllTheirPaths() {
        assertThat(resolve("folder", "photos", null)).isEqualTo(new DatasetSource(SourceFormat.FOLDER, root.resolve("photos"), root.resolve("photos"), false));
        assertThat(resolve("coco", "photos/coco.json", "bare"))
                .isEqualTo(new DatasetSource(SourceFormat.COCO, root.resolve("photos/coco.json"), root.resolve("bare"), false));
        assertThat(resolve("voc", "voc/Annotations", "bare"))
                .isEqualTo(new DatasetSource(SourceFormat.VOC, root.resolve("voc/Annotations"), root.resolve("bare"), false));
    }

    @Test
    void looksForImagesWhereTheyUsuallyAre() {
        assertThat(resolve("coco", "photos/coco.json", null).images()).isEqualTo(root.resolve("photos"));
        assertThat(resolve("coco", "photos", null).path()).as("the only JSON file of the folder").isEqualTo(root.resolve("photos/coco.json"));
        assertThat(resolve("voc", "voc", null))
                .isEqualTo(new DatasetSource(SourceFormat.VOC, root.resolve("voc/Annotations"), root.resolve("voc/JPEGImages"), false));
        assertThat(resolve("voc", "export/Annotations", null).images()).isEqualTo(root.resolve("export/images"));
        assertRefused("voc", root.resolve("bare").toString(), null, "source.images", "no JPEGImages or images");
    }

    @Test
    void looksForYoloAsItsToolsWriteIt() throws IOException {
        Files.writeString(root.resolve("bare/classes.txt"), "cat");
        assertRefused("yolo", root.resolve("bare").toString(), null, "source.images", "the folder of images");
        assertThat(resolve("yolo", "bare", "photos"))
                .isEqualTo(new DatasetSource(SourceFormat.YOLO, root.resolve("bare/classes.txt"), root.resolve("photos"), false));
        Files.writeString(root.resolve("export/data.yaml"), "names: [cat]\ntrain: ../somewhere/images\n");
        assertThat(resolve("yolo", "export", null))
                .isEqualTo(new DatasetSource(SourceFormat.YOLO, root.resolve("export/data.yaml"), root.resolve("export/images"), false));
    }

    @Test
    void refusesTypesItDoesNotKnow() {
        assertRefused("zip", root.toString(), null, "source.type", "one of [folder, coco, voc, yolo");
        assertRefused(null, root.toString(), null, "source.type", "one of [folder, coco, voc, yolo");
    }

    @Test
    void refusesTheWrongKindOfThing() {
        assertRefused("coco", root.resolve("bare").toString(), null, "source.path", "a COCO JSON file");
        assertRefused("yolo", root.resolve("bare").toString(), null, "source.path", "a folder with data.yaml, obj.data or classes.txt");
        assertRefused("folder", root.resolve("photos/coco.json").toString(), null, "source.path", "a folder");
        assertRefused("folder", root.resolve("photos").toString(), root.resolve("photos").toString(), "source.images", "nothing for a source");
    }

    @Test
    void refusesWhatLiesOutsideWhetherItExistsOrNot() {
        String expected = "an absolute path that exists on the server, under one of [" + root + "]";
        assertRefused("folder", temp.resolve("elsewhere").toString(), null, "source.path", expected);
        assertRefused("folder", temp.resolve("nowhere").toString(), null, "source.path", expected);
        assertRefused("folder", root + "/../elsewhere", null, "source.path", expected);
        assertRefused("folder", root.resolve("nowhere").toString(), null, "source.path", expected);
        assertRefused("folder", "photos", null, "source.path", expected);
        assertRefused("folder", "a\0b", null, "source.path", expected);
        assertRefused("folder", null, null, "source.path", expected);
        assertRefused("coco", root.resolve("photos/coco.json").toString(), temp.resolve("elsewhere").toString(), "source.images", expected);
    }

    @Test
    void followsLinksBeforeItCompares() throws IOException {
        Files.createSymbolicLink(root.resolve("out"), temp.resolve("elsewhere"));
        Files.createSymbolicLink(temp.resolve("in"), root.resolve("photos"));

        assertRefused("folder", root.resolve("out").toString(), null, "source.path", "under one of");
        assertThat(roots.real("source.path", temp.resolve("in").toString())).isEqualTo(root.resolve("photos"));
    }

    @Test
    void aFolderWhoseNameBeginsLikeARootIsNotUnderIt() throws IOException {
        Files.createDirectory(temp.resolve("root2"));

        assertRefused("folder", temp.resolve("root2").toString(), null, "source.path", "under one of");
    }

    @Test
    void theDemoSetIsAllowed() throws IOException {
        Path demo = Files.createDirectories(temp.resolve("home/demo"));

        assertThat(roots.real()).containsExactly(root, demo);
    }

    private DatasetSource resolve(String type, String path, String images) {
        return roots.resolve(new RequestedSource(type, root.resolve(path).toString(), images == null ? null : root.resolve(images).toString(), false));
    }

    private void assertRefused(String type, String path, String images, String field, String expected) {
        assertThatThrownBy(() -> roots.resolve(new RequestedSource(type, path, images, false))).isInstanceOfSatisfying(InvalidInput.class, e -> {
            assertThat(e.faults()).singleElement().extracting(InvalidInput.Fault::field).isEqualTo(field);
            assertThat(e.faults().get(0).expected()).contains(expected);
        });
    }
}

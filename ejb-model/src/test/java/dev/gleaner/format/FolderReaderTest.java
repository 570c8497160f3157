package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderReaderTest {

    @TempDir
    private Path temp;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = temp.toRealPath();
        Files.createDirectory(folder.resolve("deep"));
        Files.createFile(folder.resolve("a.jpg"));
        Files.createFile(folder.resolve("deep/b.PNG"));
    }

    @Test
    void aTextOfTheImagesNameIsItsCaption() throws IOException {
        write("a.txt", "\ufeff A cat on a mat. \r\n");
        write("deep/b.txt", "Two dogs.\n\nAnd a ball.\n");
        write("other.txt", "about nothing");

        assertThat(captions()).containsExactlyInAnyOrder("a.jpg: A cat on a mat.", "deep/b.PNG: Two dogs.");
        assertThat(read()).filteredOn(SourceDocument.class::isInstance).extracting(item -> ((SourceDocument) item).name())
                .containsExactlyInAnyOrder("a.txt", "deep/b.txt");
        assertThat(findings()).containsExactlyInAnyOrder("NOT_TAKEN deep/b.txt: it has 2 lines; the first one was taken as the caption",
                "CAPTIONS_TAKEN null: 2 images have a text of their name beside them; it was taken as their caption");
    }

    @Test
    void labelsOfYoloAreNoCaptions() throws IOException {
        write("a.txt", "0 0.5 0.5 1e-1 0.1\n1 0.5 0.5 0.1 0.1\n");

        assertThat(captions()).isEmpty();
        assertThat(findings()).containsExactly("NOT_TAKEN a.txt: it holds \"0 0.5 0.5 1e-1 0.1\", numbers as YOLO's labels have them; expected a caption");
    }

    @Test
    void readsTheTablesOfFlickrsSets() throws IOException {
        write("captions.txt", "image,caption\na.jpg,\"A cat, and a \"\"mat\"\".\"\nb.PNG#0\tTwo dogs .\nb.PNG#1\tOne ball .\nno row\ngone.jpg, Nothing\n");

        assertThat(captions()).containsExactly("a.jpg: A cat, and a \"mat\".");
        write("captions.txt", "deep/b.PNG#0\tTwo dogs .\ndeep/b.PNG#1\tOne ball .\nno row\ngone.jpg, Nothing\n");
        assertThat(captions()).as("the first counts").containsExactly("deep/b.PNG: Two dogs .", "deep/b.PNG: One ball .");
        assertThat(findings()).containsExactly("NOT_TAKEN captions.txt: line 3 is \"no row\"; expected the name of an image and a caption",
                "NOT_TAKEN captions.txt: the image \"gone.jpg\" of the caption \"Nothing\" is not there; expected one of the folder",
                "CAPTIONS_TAKEN null: 2 captions were taken from the lists in the folder; of several of one image the first counts");
    }

    @Test
    void readsTheCaptionsOfCoco() throws IOException {
        write("captions_val.json", """
                {"info": {}, "annotations": [{"image_id": 7, "id": 1, "caption": "A cat."}, {"image_id": 8, "id": 2, "caption": "Nobody's."}],
                 "images": [{"id": 7, "file_name": "a.jpg"}]}""");

        assertThat(captions()).containsExactly("a.jpg: A cat.");
        assertThat(findings()).containsExactly("NOT_TAKEN captions_val.json: image_id is 8 of the caption \"Nobody's.\"; expected the id of an image",
                "CAPTIONS_TAKEN null: 1 captions were taken from the lists in the folder; of several of one image the first counts");
    }

    @Test
    void whatCannotBeTakenKeepsNoFolderOut() throws IOException {
        write("captions.json", "[1]");
        write("captions2.json", "{\"images\": [}");
        write("a.txt", "x".repeat(1001));
        Files.write(folder.resolve("deep/b.txt"), "\u00e4".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(captions()).isEmpty();
        assertThat(read()).filteredOn(SourceImage.class::isInstance).hasSize(2);
        assertThat(read()).filteredOn(Finding.class::isInstance).hasSize(4).extracting(item -> ((Finding) item).code()).containsOnly(Code.NOT_TAKEN);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private List<SourceItem> read() throws IOException {
        return Sources.all(SourceFormat.FOLDER.open(folder, folder, List.of(folder)));
    }

    private List<String> captions() throws IOException {
        return read().stream().filter(SourceCaption.class::isInstance).map(SourceCaption.class::cast).map(one -> one.fileName() + ": " + one.caption()).toList();
    }

    private List<String> findings() throws IOException {
        return read().stream().filter(Finding.class::isInstance).map(Finding.class::cast)
                .map(finding -> finding.code() + " " + finding.file() + ": " + finding.message()).toList();
    }
}

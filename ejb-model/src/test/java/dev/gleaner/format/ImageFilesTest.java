package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {

    @TempDir
    private Path temp;
    private Path folder;
    private ImageFiles files;

    @BeforeEach
    void makeFiles() throws IOException {
        folder = Files.createDirectories(temp.resolve("root/images")).toRealPath();
        Files.createDirectory(folder.resolve("sub"));
        for (String name : List.of("a.jpg", "B.JPG", "sub/c.png", "notes.txt", ".hidden.jpg")) {
            Files.createFile(folder.resolve(name));
        }
        Files.createFile(temp.resolve("outside.jpg"));
        files = new ImageFiles(folder, List.of(folder.getParent()));
    }

    @Test
    void findsNamesAsTheyStand() {
        assertFound("a.jpg", "a.jpg");
        assertFound("sub/c.png", "sub/c.png");
        assertFound("./sub//c.png", "sub/c.png");
        assertFound("sub\\c.png", "sub/c.png");
    }

    @Test
    void mendsFoldersAndExtensions() {
        assertMended("train/a.jpg", "a.jpg");
        assertMended("../../data/upload/a.jpg", "a.jpg");
        assertMended("/home/someone/a.jpg", "a.jpg");
        assertMended("C:\\photos\\a.jpg", "a.jpg");
        assertMended("a.png", "a.jpg");
        assertMended("B", "B.JPG");
    }

    @Test
    void neverLeavesTheFolder() {
        ImageFiles.Lookup lookup = files.find("../../outside.jpg", "../../outside.jpg");

        assertThat(lookup.file()).isEmpty();
        assertThat(lookup.finding().orElseThrow().code()).isEqualTo(Code.MISSING_FILE);
    }

    @Test
    void followsALinkWithinTheRootsOnly() throws IOException {
        Files.createFile(folder.resolveSibling("stored.jpg"));
        Files.createSymbolicLink(folder.resolve("in.jpg"), folder.resolveSibling("stored.jpg"));
        Files.createSymbolicLink(folder.resolve("out.jpg"), temp.resolve("outside.jpg"));

        assertThat(files.find("in.jpg", "in.jpg").file()).contains(folder.resolveSibling("stored.jpg"));
        assertThat(files.find("out.jpg", "out.jpg").file()).isEmpty();
        assertThat(files.find("out.jpg", "out.jpg").finding().orElseThrow().code()).isEqualTo(Code.FILE_OUTSIDE_ROOTS);
    }

    @Test
    void takesNoFolderAndNoUnspeakableNameForAFile() {
        assertThat(files.find("sub", "sub").file()).isEmpty();
        assertThat(files.find("", "").file()).isEmpty();
        assertThat(files.find("a\0.jpg", "a\0.jpg").file()).isEmpty();
    }

    @Test
    void aFolderSourceIsItsVisibleImagesAtAnyDepth() throws IOException {
        Files.createDirectory(folder.resolve(".thumbnails"));
        Files.createFile(folder.resolve(".thumbnails/t.jpg"));
        Files.createSymbolicLink(folder.resolve("sub/loop"), folder);

        assertThat(Sources.all(new FolderReader(files))).extracting(item -> ((SourceImage) item).fileName())
                .containsExactlyInAnyOrder("a.jpg", "B.JPG", "sub/c.png");
    }

    @Test
    void aFolderSourceReportsLinksThatLeadOut() throws IOException {
        Files.createSymbolicLink(folder.resolve("out.jpg"), temp.resolve("outside.jpg"));

        assertThat(Sources.all(new FolderReader(files))).filteredOn(Finding.class::isInstance).singleElement()
                .extracting(item -> ((Finding) item).code()).isEqualTo(Code.FILE_OUTSIDE_ROOTS);
    }

    private void assertFound(String name, String fileName) {
        ImageFiles.Lookup lookup = files.find(name, name);
        assertThat(lookup.fileName()).isEqualTo(fileName);
        assertThat(lookup.file()).contains(folder.resolve(fileName));
        assertThat(lookup.finding()).isEmpty();
    }

    private void assertMended(String name, String fileName) {
        ImageFiles.Lookup lookup = files.find(name, name);
        assertThat(lookup.file()).contains(folder.resolve(fileName));
        assertThat(lookup.finding().orElseThrow()).isEqualTo(new Finding(Code.FILE_NAME_MENDED, fileName,
                "the annotations say \"" + name.replace('\\', '/') + "\"; \"" + fileName + "\" was taken"));
    }
}

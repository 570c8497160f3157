package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentHashTest {

    @TempDir
    private Path temp;

    @Test
    void isTheSha256OfFormatNamesAndHashes() {
        ContentHash hash = new ContentHash(SourceFormat.FOLDER);
        hash.image("a.jpg", "00");
        hash.image("b.jpg", null);

        // printf 'folder\nimage\0a.jpg\00000\nimage\0b.jpg\0null\n' | sha256sum
        assertThat(hash.hex()).isEqualTo("6670b97a995b1c6bd6d57e79c2fd77804c8de6ec6a0c7edeed395f833100d111");
    }

    @Test
    void theSameFilesElsewhereHaveTheSameHash() throws IOException {
        assertThat(hash(folder("one", "a.jpg", "A", "b.jpg", "B"))).isEqualTo(hash(folder("two", "b.jpg", "B", "a.jpg", "A"))).isPresent();
    }

    @Test
    void anotherByteOrNameIsAnotherHash() throws IOException {
        Optional<String> hash = hash(folder("one", "a.jpg", "A", "b.jpg", "B"));

        assertThat(hash(folder("two", "a.jpg", "A", "b.jpg", "C"))).isNotEqualTo(hash);
        assertThat(hash(folder("three", "a.jpg", "A", "c.jpg", "B"))).isNotEqualTo(hash);
        assertThat(hash(folder("four", "a.jpg", "B", "b.jpg", "A"))).isNotEqualTo(hash);
    }

    @Test
    void givesUpOnMoreBytesThanAllowed() throws IOException {
        Path folder = folder("one", "a.jpg", "AAAAA", "b.jpg", "BBBBB");

        assertThat(ContentHash.ofSmall(SourceFormat.FOLDER, folder, reader(folder), 10)).isPresent();
        assertThat(ContentHash.ofSmall(SourceFormat.FOLDER, folder, reader(folder), 9)).isEmpty();
    }

    @Test
    void countsTheDocumentsBytesToo() throws IOException {
        Path images = folder("images", "a.jpg", "A");
        Path json = Files.writeString(temp.resolve("coco.json"), "{\"images\": []}");

        assertThat(ContentHash.ofSmall(SourceFormat.COCO, json, SourceFormat.COCO.open(json, images, List.of(images)), 13)).isEmpty();
        assertThat(ContentHash.ofSmall(SourceFormat.COCO, json, SourceFormat.COCO.open(json, images, List.of(images)), 14)).isPresent();
    }

    @Test
    void hasNothingToSayAboutASourceWithMissingFiles() throws IOException {
        Path images = folder("images", "a.jpg", "A");
        Path json = Files.writeString(temp.resolve("coco.json"), "{\"images\": [{\"id\": 1, \"file_name\": \"gone.jpg\"}]}");

        assertThat(ContentHash.ofSmall(SourceFormat.COCO, json, SourceFormat.COCO.open(json, images, List.of(images)), 1000)).isEmpty();
    }

    private Optional<String> hash(Path folder) throws IOException {
        return ContentHash.ofSmall(SourceFormat.FOLDER, folder, reader(folder), 1000);
    }

    private static SourceReader reader(Path folder) throws IOException {
        return SourceFormat.FOLDER.open(folder, folder, List.of(folder));
    }

    private Path folder(String name, String... namesAndContents) throws IOException {
        Path folder = Files.createDirectory(temp.resolve(name)).toRealPath();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            Files.writeString(folder.resolve(namesAndContents[i]), namesAndContents[i + 1]);
        }
        return folder;
    }
}

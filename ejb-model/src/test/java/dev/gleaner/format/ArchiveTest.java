package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {

    private static final ArchiveLimits LIMITS = ArchiveLimits.DEFAULT;

    @TempDir
    private Path folder;

    @Test
    void unpacksWhatItHoldsAndNoMore() throws IOException {
        zip("a.txt", "a", "sub/\u00e4 b.txt", "b", "empty/", "", "__MACOSX/a.txt", "noise", "sub/.DS_Store", "noise");

        assertThat(unpack(LIMITS)).isEmpty();
        assertThat(files()).containsExactlyInAnyOrder("a.txt", "sub/\u00e4 b.txt");
        assertThat(folder.resolve("out/sub/\u00e4 b.txt")).hasContent("b");
        assertThat(folder.resolve("out/empty")).isDirectory();
    }

    @Test
    void unpackingAgainForgetsWhatWasThere() throws IOException {
        zip("a.txt", "a");
        unpack(LIMITS);
        Files.writeString(folder.resolve("out/left.txt"), "of an earlier attempt");

        unpack(LIMITS);

        assertThat(files()).containsExactly("a.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside.txt", "sub/../../outside.txt", "/tmp/gleaner-outside.txt", "..", "sub/../.."})
    void refusesNamesThatLeadOut(String name) throws IOException {
        zip("a.txt", "a", name, "slipped");

        assertThat(unpack(LIMITS).orElseThrow()).satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(Code.REFUSED_ARCHIVE);
            assertThat(finding.message()).contains(name, "expected names that stay within the archive");
        });
        assertThat(folder.resolve("outside.txt")).doesNotExist();
        assertThat(Path.of("/tmp/gleaner-outside.txt")).doesNotExist();
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void refusesMoreBytesFilesAndTimesThanItMay() throws IOException {
        zip("a.txt", "12345", "b.txt", "67890");
        assertThat(unpack(new ArchiveLimits(9, 9, 9)).orElseThrow().message()).contains("more than 9 bytes", "GLEANER_ARCHIVE_BYTES");
        assertThat(unpack(new ArchiveLimits(10, 2, 9))).isEmpty();
        assertThat(unpack(new ArchiveLimits(10, 1, 9)).orElseThrow().message()).isEqualTo("it holds 2 files; expected at most 1 (GLEANER_ARCHIVE_FILES)");

        zip("bomb.txt", "0".repeat(40 << 20));
        assertThat(unpack(LIMITS).orElseThrow().message()).contains("\"bomb.txt\" unpacks to more than 200 times", "GLEANER_ARCHIVE_RATIO");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void refusesWhatIsNoArchiveAndWhatIsCutShort() throws IOException {
        Files.writeString(folder.resolve("set.zip"), "no archive");
        assertThat(unpack(LIMITS).orElseThrow().message()).startsWith("it cannot be unpacked: ");
        zip("a.txt", "a".repeat(1000));
        byte[] whole = Files.readAllBytes(folder.resolve("set.zip"));
        Files.write(folder.resolve("set.zip"), Arrays.copyOf(whole, whole.length - 10));
        assertThat(unpack(LIMITS).orElseThrow().message()).startsWith("it cannot be unpacked: ");
    }

    @Test
    void refusesAFileThatIsAlsoAFolder() throws IOException {
        zip("a", "file", "a/b.txt", "within");

        assertThat(unpack(LIMITS).orElseThrow().message()).contains("twice, or as a file and a folder");
    }

    @Test
    void readsASourceThroughItsOnlyFolder() throws IOException {
        zip("coco8/data.yaml", "names: [cat]\ntrain: images\n", "coco8/images/a.jpg", "", "coco8/labels/a.txt", "0 0.5 0.5 1 1");

        List<SourceItem> items = Sources.all(new ArchiveReader(SourceFormat.YOLO, folder.resolve("set.zip"), LIMITS, folder.resolve("out")));

        assertThat(items).filteredOn(SourceBox.class::isInstance).hasSize(1);
        assertThat(items).contains(new SourceImage("a.jpg", "a.jpg", Optional.of(folder.toRealPath().resolve("out/coco8/images/a.jpg")), Optional.empty()));
    }

    @Test
    void saysWhatAnArchiveOfAnotherFormatLacks() throws IOException {
        zip("set/readme.txt", "nothing");

        assertThat(Sources.all(new ArchiveReader(SourceFormat.COCO, folder.resolve("set.zip"), LIMITS, folder.resolve("out")))).containsExactly(
                new Finding(Code.MALFORMED_DOCUMENT, null, "the archive's folder \"set\" has no annotations of the format coco, or several files of them; expected a COCO JSON file"));
    }

    @Test
    void limitsComeFromTheEnvironment() {
        assertThat(ArchiveLimits.of(Map.of("GLEANER_ARCHIVE_BYTES", " 7 ", "GLEANER_ARCHIVE_RATIO", ""))).isEqualTo(new ArchiveLimits(7, LIMITS.files(), LIMITS.ratio()));
    }

    private Optional<Finding> unpack(ArchiveLimits limits) throws IOException {
        return new Archive(folder.resolve("set.zip"), limits).unpack(folder.resolve("out"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("out"))) {
            return all.filter(Files::isRegularFile).map(file -> folder.resolve("out").relativize(file).toString()).toList();
        }
    }

    /** @param namesAndTexts one after the other */
    private void zip(String... namesAndTexts) throws IOException {
        try (OutputStream file = Files.newOutputStream(folder.resolve("set.zip")); ZipOutputStream zip = new ZipOutputStream(file)) {
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
                zip.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
    }
}

package dev.gleaner.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UploadFolderTest {

    @ParameterizedTest
    @CsvSource({
        "tiny.pth, tiny.pth",
        "/etc/passwd, passwd",
        "..\\..\\secret.yaml, secret.yaml",
        "../.., file",
        ".hidden, hidden",
        "a b;c.txt, a_b_c.txt",
    })
    void keepsOnlyWhatIsHarmlessOfAName(String given, String kept) {
        assertThat(UploadFolder.harmless(given)).isEqualTo(kept);
    }

    @Test
    void leavesNothingBehind(@TempDir Path home) throws IOException {
        try (UploadFolder folder = new UploadFolder(home)) {
            Path file = folder.file("config", "tiny.yaml");
            Files.writeString(file, "MODEL: {}");
            assertThat(file).startsWith(home.resolve("uploads")).hasFileName("tiny.yaml");
        }
        assertThat(home.resolve("uploads")).isEmptyDirectory();
    }
}

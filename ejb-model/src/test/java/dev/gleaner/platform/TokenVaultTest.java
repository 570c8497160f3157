package dev.gleaner.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenVaultTest {

    @TempDir
    private Path home;

    private static TokenVault in(Path home) {
        return new TokenVault(new Settings(home, "cpu", List.of(), Optional.empty(), false));
    }

    @Test
    void givesBackWhatItWasGivenAfterARestart() throws IOException {
        String encrypted = in(home).encrypt("0123456789abcdef");

        assertThat(encrypted).doesNotContain("0123456789abcdef").isNotEqualTo(in(home).encrypt("0123456789abcdef"));
        assertThat(in(home).decrypt(encrypted)).contains("0123456789abcdef");
        assertThat(Files.getPosixFilePermissions(home.resolve("platform.key"))).containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void anotherKeyOpensNothing(@TempDir Path elsewhere) {
        assertThat(in(elsewhere).decrypt(in(home).encrypt("secret"))).isEmpty();
    }
}

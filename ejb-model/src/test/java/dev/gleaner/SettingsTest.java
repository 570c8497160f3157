package dev.gleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final Path USER = Path.of("/home/someone");

    @Test
    void hasDefaultsForEverything() {
        assertThat(Settings.of(Map.of(), USER))
                .isEqualTo(new Settings(Path.of("/home/someone/.gleaner"), "cpu", List.of(USER), Optional.empty(), true));
    }

    @Test
    void takesWhatTheEnvironmentSays() {
        assertThat(Settings.of(Map.of("GLEANER_HOME", "/data", "GLEANER_DEVICE", "gpu:1", "GLEANER_IMPORT_ROOTS", "/photos: /scans :",
                "GLEANER_ADMIN_TOKEN", "t0ken", "GLEANER_DEMO", "OFF"), USER))
                .isEqualTo(new Settings(Path.of("/data"), "gpu:1", List.of(Path.of("/photos"), Path.of("/scans")), Optional.of("t0ken"), false));
    }

    @Test
    void blankIsUnset() {
        assertThat(Settings.of(Map.of("GLEANER_HOME", " ", "GLEANER_DEMO", ""), USER)).isEqualTo(Settings.of(Map.of(), USER));
    }
}

package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.Finding.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreflightTest {

    private static final Preflight REPORT = Preflight.of(List.of(
            group(Code.BOX_CLIPPED, 900), group(Code.MISSING_FILE, 1), group(Code.UNREADABLE_IMAGE, 3), group(Code.EXIF_ORIENTATION, 1000)));

    @Test
    void listsErrorsFirstAndTheFrequentBeforeTheRare() {
        assertThat(REPORT.groups()).extracting(Preflight.Group::code)
                .containsExactly(Code.UNREADABLE_IMAGE, Code.MISSING_FILE, Code.EXIF_ORIENTATION, Code.BOX_CLIPPED);
        assertThat(REPORT.errors()).isEqualTo(4);
        assertThat(REPORT.warnings()).isEqualTo(1900);
    }

    @Test
    void aLenientSourceIsOnlyWarnedOfWhatCanBeLeftOut() {
        assertThat(Code.MISSING_FILE.severity(false)).isEqualTo(Severity.ERROR);
        assertThat(Code.MISSING_FILE.severity(true)).isEqualTo(Severity.WARNING);
        assertThat(Code.DUPLICATE_IMAGE_ID.severity(true)).isEqualTo(Severity.ERROR);
        assertThat(Code.BOX_CLIPPED.severity(false)).isEqualTo(Severity.WARNING);
    }

    @Test
    void survivesTheDatabasesJson() throws Exception {
        ObjectMapper json = new ObjectMapper();

        assertThat(json.readValue(json.writeValueAsString(REPORT), Preflight.class)).isEqualTo(REPORT);
    }

    private static Preflight.Group group(Code code, long count) {
        return new Preflight.Group(code.severity(false), code, count, List.of(new Preflight.Sample("a.jpg", "what is wrong"), new Preflight.Sample(null, "more")));
    }
}

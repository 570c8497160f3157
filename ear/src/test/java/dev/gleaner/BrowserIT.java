package dev.gleaner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GleanerServerExtension.class)
class BrowserIT {

    @Test
    void theFirstPageOpensWithoutComplaints(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.open(server, "/");
            assertThat(browser.driver().getTitle()).contains("Gleaner");
            assertThat(browser.complaints()).isEmpty();
        }
    }
}

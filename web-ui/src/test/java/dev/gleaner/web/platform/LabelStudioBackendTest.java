package dev.gleaner.web.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.web.platform.LabelStudioBackend.Route;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class LabelStudioBackendTest {

    @Test
    void aPathNamesAProjectAndATokenOrNeither() {
        assertThat(Route.of(null)).contains(new Route(null, null, ""));
        assertThat(Route.of("/health")).contains(new Route(null, null, "health"));
        assertThat(Route.of("//setup")).as("an address with a slash at its end").contains(new Route(null, null, "setup"));
        assertThat(Route.of("/my project/predict")).contains(new Route("my project", null, "predict"));
        assertThat(Route.of("/7/secret/webhook")).contains(new Route("7", "secret", "webhook"));
        assertThat(Route.of("/7/secret")).contains(new Route("7", "secret", ""));
        assertThat(Route.of("/7/secret/more/webhook")).isEmpty();
        assertThat(Route.of("/7/secret/webhook").orElseThrow().toString()).doesNotContain("secret");
    }

    @Test
    void thePasswordCountsAndNotTheName() {
        assertThat(LabelStudioBackend.password("Basic " + base64("anybody:to:ken"))).contains("to:ken");
        assertThat(LabelStudioBackend.password("basic " + base64(":token"))).contains("token");
        assertThat(LabelStudioBackend.password("Basic " + base64("nothing"))).isEmpty();
        assertThat(LabelStudioBackend.password("Basic ???")).isEmpty();
        assertThat(LabelStudioBackend.password("Bearer token")).isEmpty();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}

package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BrowserRulesTest {

    @Test
    void letsTheImportMapThroughByTheHashOfExactlyItsText() {
        // printf 'abc' | openssl dgst -sha256 -binary | base64
        assertThat(BrowserRules.contentSecurityPolicy("<head><script type=\"importmap\">abc</script></head>"))
                .contains("script-src 'self' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';");
    }

    @Test
    void needsAnImportMap() {
        assertThatThrownBy(() -> BrowserRules.contentSecurityPolicy("<head></head>")).isInstanceOf(IllegalArgumentException.class);
    }
}

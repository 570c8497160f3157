package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BrowserRulesTest {

    @Test
    void letsTheImportMapThroughByTheHashOfExactlyItsText() {
        // printf 'abc' | openssl dgst -sha256 -binary | base64
        assertThat(BrowserRules.contentSecurityPolicy("<head><script type=\"importmap\">abc</script></head>"))
                .contains("script-src 'self' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';");
    }

    /** Attributes {@code style} and {@code onclick} count as within the page, even where a script of ours writes them. */
    @Test
    void noPageHasWhatThePolicyForbids() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of("src/main/webapp"))) {
            sources = files.filter(file -> file.toString().matches(".*\\.(html|js|svg)")).toList();
        }
        assertThat(sources).hasSizeGreaterThan(30);
        Pattern forbidden = Pattern.compile("\\s(style|on[a-z]+)=[\"'$]|<style|<script>|javascript:|\\beval\\(|new Function|unsafeHTML|unsafeCSS|\\bcss`");
        for (Path source : sources) {
            assertThat(forbidden.matcher(Files.readString(source)).results().map(MatchResult::group)).as(source.toString()).isEmpty();
        }
    }

    @Test
    void needsAnImportMap() {
        assertThatThrownBy(() -> BrowserRules.contentSecurityPolicy("<head></head>")).isInstanceOf(IllegalArgumentException.class);
    }
}

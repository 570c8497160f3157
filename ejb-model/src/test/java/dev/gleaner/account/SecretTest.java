package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SecretTest {

    @Test
    void hashesAsTheStandardHasIt() {
        // FIPS 180-4, example "abc".
        assertThat(new Secret("abc").sha256()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void randomOnesDifferAndFitHeadersAndCookies() {
        Set<String> texts = Stream.generate(Secret::random).limit(1000).map(Secret::text).collect(Collectors.toSet());
        assertThat(texts).hasSize(1000).allMatch(text -> text.matches("[A-Za-z0-9_-]{43}"));
    }

    @Test
    void doesNotPrintItself() {
        assertThat(new Secret("hidden").toString()).doesNotContain("hidden");
    }
}

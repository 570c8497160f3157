package dev.gleaner.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.remote.StandInAuthority;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedAuthoritiesTest {

    @TempDir
    private Path folder;

    @Test
    void ourOwnAreTrustedBesideThoseOfJava() throws Exception {
        StandInAuthority authority = new StandInAuthority(folder.resolve("authority"), "ip:127.0.0.1");
        List<X509Certificate> named = TrustedAuthorities.named(Map.of("GLEANER_TRUSTED_CERTIFICATES", authority.certificate().toString()));
        assertThat(named).extracting(certificate -> certificate.getSubjectX500Principal().getName()).containsExactly("CN=An authority of our own");

        Path alone = folder.resolve("alone.p12");
        TrustedAuthorities.write(alone, List.of());
        Path store = folder.resolve("trusted.p12");
        TrustedAuthorities.write(store, named);

        assertThat(read(store).getCertificateAlias(named.get(0))).isNotNull();
        assertThat(read(alone).getCertificateAlias(named.get(0))).isNull();
        assertThat(read(alone).size()).as("Java's own").isPositive().isEqualTo(read(store).size() - 1);
    }

    @Test
    void whatHoldsNoCertificateIsRefused() throws Exception {
        Path torn = Files.writeString(folder.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> TrustedAuthorities.named(Map.of("GLEANER_TRUSTED_CERTIFICATES", torn.toString()))).isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("GLEANER_TRUSTED_CERTIFICATES=" + torn + ": expected the path of a file with certificates");
    }

    private static KeyStore read(Path store) throws Exception {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore read = KeyStore.getInstance("PKCS12");
            read.load(in, TrustedAuthorities.PASSWORD.toCharArray());
            return read;
        }
    }
}

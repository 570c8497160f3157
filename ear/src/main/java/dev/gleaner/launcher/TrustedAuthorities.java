package dev.gleaner.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whose certificates the server trusts, whatever it asks by https: authorities that the launcher's own Java trusts, and those of the file that
 * {@code GLEANER_TRUSTED_CERTIFICATES} names.
 */
final class TrustedAuthorities {

    static final String SETTING = "GLEANER_TRUSTED_CERTIFICATES";

    /** The one that the application server opens its stores with; there is nothing secret in this one. */
    static final String PASSWORD = "changeit";

    private TrustedAuthorities() {
    }

    /**
     * Certificates of the setting's file.
     *
     * @param settings by name; none if it is not set
     * @throws InvalidSetting if the file cannot be read, or holds no certificates
     */
    static List<X509Certificate> named(Map<String, String> settings) throws InvalidSetting {
        String file = settings.get(SETTING);
        if (file == null) {
            return List.of();
        }
        String expected = "the path of a file with certificates as PEM, -----BEGIN CERTIFICATE-----";
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            Collection<X509Certificate> found = CertificateFactory.getInstance("X.509").generateCertificates(in).stream().map(X509Certificate.class::cast).toList();
            if (found.isEmpty()) {
                throw new InvalidSetting(SETTING, file, expected + ", and there is none");
            }
            return List.copyOf(found);
        } catch (IOException | InvalidPathException | CertificateException e) {
            throw new InvalidSetting(SETTING, file, expected + "; " + e.getMessage());
        }
    }

    /** Writes the store that the server's Java reads, over the one that is there. */
    static void write(Path store, List<X509Certificate> named) throws IOException {
        try (OutputStream out = Files.newOutputStream(store)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (X509Certificate authority : Stream.concat(ofJava().stream(), named.stream()).distinct().toList()) {
                trusted.setCertificateEntry("authority-" + number++, authority);
            }
            trusted.store(out, PASSWORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot write the trusted certificates into " + store, e);
        }
    }

    private static List<X509Certificate> ofJava() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Stream.of(factory.getTrustManagers()).filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers())).toList();
    }
}

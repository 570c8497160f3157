package dev.gleaner.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Stands in for somebody's own authority: a certificate that nobody knows, and one by it for a host. Made by the JDK's keytool. */
public final class StandInAuthority {

    private static final String PASSWORD = "changeit";

    private final Path folder;

    /**
     * @param folder is made; holds what keytool makes
     * @param host   such as {@code ip:127.0.0.1} or {@code dns:a.example}
     */
    public StandInAuthority(Path folder, String host) throws IOException {
        this.folder = Files.createDirectories(folder);
        keytool("-genkeypair", "-alias", "authority", "-keyalg", "EC", "-dname", "CN=An authority of our own", "-ext", "bc:c", "-keystore", "authority.p12");
        keytool("-genkeypair", "-alias", "host", "-keyalg", "EC", "-dname", "CN=A host of our own", "-keystore", "host.p12");
        keytool("-certreq", "-alias", "host", "-keystore", "host.p12", "-file", "request.pem");
        keytool("-gencert", "-alias", "authority", "-keystore", "authority.p12", "-infile", "request.pem", "-ext", "san=" + host, "-rfc", "-outfile", "host.pem");
        keytool("-exportcert", "-alias", "authority", "-keystore", "authority.p12", "-rfc", "-file", "authority.pem");
        keytool("-importcert", "-noprompt", "-alias", "authority", "-keystore", "host.p12", "-file", "authority.pem");
        keytool("-importcert", "-noprompt", "-alias", "host", "-keystore", "host.p12", "-file", "host.pem");
        keytool("-importcert", "-noprompt", "-alias", "authority", "-keystore", "trusted.p12", "-file", "authority.pem");
    }

    private void keytool(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The authority's certificate as a file that administrators get. */
    public Path certificate() {
        return folder.resolve("authority.pem");
    }

    /** What the host answers with. */
    public SSLContext host() throws IOException {
        try (InputStream in = Files.newInputStream(folder.resolve("host.p12"))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            store.deleteEntry("authority");
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Until it is closed, clients that are made trust the authority, and nobody else: as the server's Java is started. */
    public AutoCloseable trusted() {
        System.setProperty("javax.net.ssl.trustStore", folder.resolve("trusted.p12").toString());
        System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
        return () -> {
            System.clearProperty("javax.net.ssl.trustStore");
            System.clearProperty("javax.net.ssl.trustStorePassword");
        };
    }
}

package dev.gleaner.glip.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Where a model comes from.
 *
 * @param architecture as {@link dev.gleaner.glip.GlipConfig#architecture()} names it
 * @param made         when its bundle was written, ISO 8601 in UTC
 * @param madeBy       which version of this program wrote it
 * @param sources      the files it was made of
 * @param parent       the bundle it was trained from, null for an imported or newly initialised one
 * @param training     how it was trained from that one; null for an imported or newly initialised one
 */
public record Provenance(String architecture, String made, String madeBy, List<Source> sources, String parent, Training training) {

    public Provenance {
        sources = List.copyOf(sources);
    }

    /** Of a bundle that was not trained by this program. */
    public Provenance(String architecture, String made, String madeBy, List<Source> sources, String parent) {
        this(architecture, made, madeBy, sources, parent, null);
    }

    /**
     * What a bundle was trained on, and how.
     *
     * @param dataset        its name
     * @param snapshotSha256 over the ids, contents and boxes of the images
     * @param images         how many there were
     * @param boxes          how many boxes they had
     * @param settings       everything that the result depends on, by name
     */
    public record Training(String dataset, String snapshotSha256, int images, int boxes, Map<String, String> settings) {
    }

    /** What {@code madeBy} says of bundles this program writes: its version as Maven has packaged it, or that it is not packaged. */
    public static String thisProgram() {
        // Not from the manifest: the server's class loader keeps none for packages.
        try (InputStream packaged = Provenance.class.getResourceAsStream("/META-INF/maven/dev.gleaner/ejb-model/pom.properties")) {
            Properties maven = new Properties();
            if (packaged != null) {
                maven.load(packaged);
            }
            return "Gleaner " + maven.getProperty("version", "(unpackaged)");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param role   what the file gave: checkpoint, config, vocabulary or languageConfig
     * @param name   its name, without folders
     * @param bytes  its size
     * @param sha256 its digest, in lower-case hexadecimal digits
     */
    public record Source(String role, String name, long bytes, String sha256) {

        public static Source of(String role, Path file) throws IOException {
            MessageDigest digest;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                long bytes = 0;
                byte[] chunk = new byte[1 << 16];
                for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                    bytes += length;
                }
                return new Source(role, file.getFileName().toString(), bytes, HexFormat.of().formatHex(digest.digest()));
            }
        }
    }
}

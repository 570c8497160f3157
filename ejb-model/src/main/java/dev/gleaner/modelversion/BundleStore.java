package dev.gleaner.modelversion;

import dev.gleaner.Settings;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.OfficialImport;
import dev.gleaner.glip.checkpoint.OfficialModel;
import dev.gleaner.glip.checkpoint.PromptDelta;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The bundles in the data folder's {@code models}, each in a folder named after the digest of its weights, configuration and
 * vocabulary: the same content lies there once. A bundle takes its name when it is complete. Tuned prompts are files in the folder
 * {@code prompts} among them, named likewise.
 */
@ApplicationScoped
public class BundleStore {

    private Path models;

    protected BundleStore() {
    }

    @Inject
    public BundleStore(Settings settings) {
        this(settings.home().resolve("models"));
    }

    BundleStore(Path models) {
        this.models = models.toAbsolutePath();
    }

    /** @throws IOException if the files cannot be used, or do not belong together; nothing is stored then */
    public StoredBundle importOfficial(OfficialModel files) throws IOException {
        return store(folder -> new OfficialImport().run(files, folder));
    }

    /** Stores what a training has made. */
    public StoredBundle trained(Writer writer) throws IOException {
        return store(writer);
    }

    /** Stores a prompt that was tuned for a stored bundle, which stays as it is and is the result's as well. */
    public StoredBundle tunedPrompt(StoredBundle base, PromptDelta delta) throws IOException {
        String sha256 = digest(base.sha256(), delta);
        Path named = models.resolve("prompts").resolve(sha256 + ".safetensors");
        if (!Files.exists(named)) {
            delta.write(named);
        }
        return new StoredBundle(base.folder(), sha256, delta.provenance(), named);
    }

    /** Writes a bundle into a folder that is not there yet. */
    @FunctionalInterface
    public interface Writer {
        Bundle write(Path folder) throws IOException;
    }

    private StoredBundle store(Writer writer) throws IOException {
        Path incoming = Files.createDirectories(models).resolve("incoming-" + UUID.randomUUID());
        try {
            Bundle bundle = writer.write(incoming);
            String sha256 = digest(bundle);
            Path named = models.resolve(sha256);
            // The same content may have come in before.
            if (!Files.exists(named)) {
                Files.move(incoming, named, StandardCopyOption.ATOMIC_MOVE);
            }
            return new StoredBundle(named, sha256, bundle.provenance(), null);
        } finally {
            AtomicFolder.delete(incoming);
        }
    }

    private static String digest(String base, PromptDelta delta) throws IOException {
        MessageDigest digest = sha256();
        try (DataOutputStream out = new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
            out.writeUTF(base);
            for (PromptDelta.Text text : delta.texts()) {
                for (int token : text.tokenIds()) {
                    out.writeInt(token);
                }
                for (float value : text.offset()) {
                    out.writeFloat(value);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String digest(Bundle bundle) throws IOException {
        MessageDigest digest = sha256();
        for (Path file : bundle.content()) {
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

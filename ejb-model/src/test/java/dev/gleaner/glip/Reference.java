package dev.gleaner.glip;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder of numbers computed by the official implementation. {@code -Dgleaner.reference=FOLDER} names another one of
 * the same layout; without it the compact copy among the test resources is used.
 */
public final class Reference {

    private Reference() {
    }

    public static Path folder() {
        String named = System.getProperty("gleaner.reference", "");
        if (!named.isBlank() && !named.startsWith("$")) {
            return Path.of(named);
        }
        try {
            return Path.of(Reference.class.getResource("/reference").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A file every reference folder holds. */
    public static Path file(String relative) {
        return folder().resolve(relative);
    }

    /** A file that only the full folder holds; the test that asks for it is skipped without it. */
    public static Path largeFile(String relative) {
        Path file = file(relative);
        Assumptions.assumeTrue(Files.exists(file), () -> relative + " is not in " + folder()
                + "; name the full reference folder with -Dgleaner.reference=FOLDER");
        return file;
    }
}

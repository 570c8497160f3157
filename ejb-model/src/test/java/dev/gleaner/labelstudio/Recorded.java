package dev.gleaner.labelstudio;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Bodies that a Label Studio 1.23.2 sent, as they were recorded. */
public final class Recorded {

    private Recorded() {
    }

    public static byte[] body(String name) {
        try (InputStream in = Recorded.class.getResourceAsStream(name + ".json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

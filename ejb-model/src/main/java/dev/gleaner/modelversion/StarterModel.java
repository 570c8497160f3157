package dev.gleaner.modelversion;

import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.checkpoint.Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The small model that comes with the program: trained by the program from nothing on scenes that it draws ({@code dev.gleaner.scene}).
 * Its bundle is a resource; its provenance says how it was made.
 */
public final class StarterModel {

    private static final String RESOURCES = "/dev/gleaner/starter/";
    private static final List<String> FILES = List.of("model.safetensors", "config.json", "vocab.txt", "provenance.json");

    private StarterModel() {
    }

    /** Writes the bundle into a folder that is not there yet. */
    public static Bundle write(Path folder) throws IOException {
        AtomicFolder.write(folder, unfinished -> {
            for (String name : FILES) {
                try (InputStream file = StarterModel.class.getResourceAsStream(RESOURCES + name)) {
                    Files.copy(file, unfinished.resolve(name));
                }
            }
        });
        return Bundle.open(folder);
    }
}

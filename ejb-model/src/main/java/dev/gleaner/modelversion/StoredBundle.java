package dev.gleaner.modelversion;

import dev.gleaner.glip.checkpoint.Provenance;
import java.nio.file.Path;

/**
 * A complete bundle in the data folder.
 *
 * @param folder     absolute, named after the digest
 * @param sha256     over weights, configuration and vocabulary
 * @param untrained  its weights were drawn at random
 * @param provenance what made it
 */
public record StoredBundle(Path folder, String sha256, boolean untrained, Provenance provenance) {
}

package dev.gleaner.modelversion;

import java.nio.file.Path;
import java.util.Map;

/**
 * A complete bundle in the data folder.
 *
 * @param folder     absolute, named after the digest
 * @param sha256     over the bundle's files
 * @param untrained  its weights were drawn at random
 * @param provenance what made it
 */
public record StoredBundle(Path folder, String sha256, String architecture, boolean untrained, Map<String, Object> provenance) {
}

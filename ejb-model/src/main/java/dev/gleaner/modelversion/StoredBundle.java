package dev.gleaner.modelversion;

import dev.gleaner.glip.checkpoint.Provenance;
import java.nio.file.Path;

/**
 * A complete bundle in the data folder, by itself or with a tuned prompt.
 *
 * @param folder      absolute, named after the bundle's digest
 * @param sha256      over weights, configuration and vocabulary; with a tuned prompt, over this and what was learnt
 * @param provenance  what made it
 * @param promptDelta the tuned prompt's file, absolute; null without one
 */
public record StoredBundle(Path folder, String sha256, Provenance provenance, Path promptDelta) {
}

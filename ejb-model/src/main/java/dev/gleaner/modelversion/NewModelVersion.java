package dev.gleaner.modelversion;

import dev.gleaner.glip.checkpoint.OfficialModel;

/**
 * An official model that somebody wants imported.
 *
 * @param project the project's name; null for the default project
 * @param name    what to call the version
 * @param files   on this server; {@code null} where none was given
 */
public record NewModelVersion(String project, String name, OfficialModel files) {
}

package dev.gleaner.platform;

import java.util.Optional;

/**
 * A project of a platform that works with a project here: all that is known of it, as a {@link LabelingPlatform} gets it with each call.
 *
 * @param connection  its id here
 * @param project     the id of the project here
 * @param identity    as {@link LabelingPlatform#describe} gave it
 * @param labelConfig as {@link LabelingPlatform#describe} gave it; empty if it was never told
 * @param threshold   the least score of a box; empty where the project here says it
 */
public record PlatformProject(long connection, long project, String identity, PlatformAccess access, Optional<String> labelConfig, Optional<Double> threshold) {
}

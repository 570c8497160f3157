package dev.gleaner.platform;

import java.util.Map;

/**
 * A task of a platform: what one person labels at a time, with one image or several.
 *
 * @param id   by which the platform knows it, unique within its project
 * @param data what the platform needs to know of it again, such as addresses of images, kept as JSON; empty if this is only its name
 */
public record PlatformTask(String id, Map<String, Object> data) {
}

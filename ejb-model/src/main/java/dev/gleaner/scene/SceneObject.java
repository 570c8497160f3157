package dev.gleaner.scene;

import dev.gleaner.glip.Box;

/**
 * A thing in a scene.
 *
 * @param box     around its visible pixels, as COCO has it: what others cover or the edge of the image cuts off does not count
 * @param visible share of its pixels that can be seen, from above 0 to 1
 */
public record SceneObject(Kind kind, Hue color, Texture texture, Size size, Box box, double visible) {
}

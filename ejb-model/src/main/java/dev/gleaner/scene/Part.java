package dev.gleaner.scene;

import java.awt.Shape;

/**
 * A piece of a thing.
 *
 * @param shade how it is painted
 * @param shape filled by the rule of its own path
 */
record Part(Shade shade, Shape shape) {

    /** The body has the thing's colour and texture; the others are plain, in a darker or a lighter shade of it. */
    enum Shade { BODY, DARK, LIGHT }
}

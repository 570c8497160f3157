/**
 * Scenes that the project draws itself: images of known things with boxes, categories and phrases, made from a seed and a number
 * alone, bit for bit the same on every machine. The starter model learns from them, and its figures are measured on them.
 *
 * <p>{@code java.awt.geom} describes the shapes; what fills them is {@link dev.gleaner.scene.Mask}, because Java2D's own renderer
 * differs between Java versions.
 */
package dev.gleaner.scene;

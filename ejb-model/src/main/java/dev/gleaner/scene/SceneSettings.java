package dev.gleaner.scene;

/**
 * What scenes look like.
 *
 * @param width  of the image in pixels, at least 64
 * @param height of the image in pixels, at least 64
 */
public record SceneSettings(int width, int height, Domain domain, Compositions compositions) {

    /** What the starter model learns from. */
    public static final SceneSettings TRAINING = new SceneSettings(320, 256, Domain.TRAINED, Compositions.SEEN);
    /** What it is measured on: nothing in these scenes was ever seen in its texture and colour. */
    public static final SceneSettings TEST = new SceneSettings(320, 256, Domain.TRAINED, Compositions.HELD_OUT);
    /** What it has to adapt to. */
    public static final SceneSettings SHIFTED = new SceneSettings(320, 256, Domain.SHIFTED, Compositions.ALL);

    public SceneSettings {
        if (width < 64 || height < 64) {
            throw new IllegalArgumentException("size: " + width + " x " + height + ", expected at least 64 x 64 pixels");
        }
    }
}

package dev.gleaner.scene;

/**
 * What scenes look like.
 *
 * @param width  of the image in pixels, at least 64
 * @param height of the image in pixels, at least 64
 * @param fewest things in a scene, at least 1
 * @param most   things in a scene, if there is room
 */
public record SceneSettings(int width, int height, Domain domain, Compositions compositions, int fewest, int most) {

    /** What the starter model learns from. */
    public static final SceneSettings TRAINING = new SceneSettings(320, 256, Domain.TRAINED, Compositions.SEEN, 5, 15);
    /** The same with more things: an image that costs no more to learn from, and teaches more. */
    public static final SceneSettings DENSE = new SceneSettings(320, 256, Domain.TRAINED, Compositions.SEEN, 12, 26);
    /** What is easiest to learn from. */
    public static final SceneSettings PLAIN = new SceneSettings(320, 256, Domain.PLAIN, Compositions.SEEN, 8, 20);
    /** What it is measured on: nothing in these scenes was ever seen in its texture and colour. */
    public static final SceneSettings TEST = new SceneSettings(320, 256, Domain.TRAINED, Compositions.HELD_OUT, 5, 15);
    /** What it has to adapt to. */
    public static final SceneSettings SHIFTED = new SceneSettings(320, 256, Domain.SHIFTED, Compositions.ALL, 5, 15);

    public SceneSettings {
        if (width < 64 || height < 64) {
            throw new IllegalArgumentException("size: " + width + " x " + height + ", expected at least 64 x 64 pixels");
        }
        if (fewest < 1 || most < fewest) {
            throw new IllegalArgumentException("things: " + fewest + " to " + most + ", expected at least 1, ascending");
        }
    }
}

package dev.gleaner.platform;

import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/**
 * What somebody decided about a task in a platform: which boxes are there, and that there are no others.
 *
 * @param id        by which the platform knows it, unique within its project; told again with a later {@code updatedAt}, it replaces what it said
 * @param person    who decided, as the platform names people; null if it does not say
 * @param seconds   that it took in all up to this state, those of earlier states among them; null if nobody counted
 * @param updatedAt when it was made or last changed; a state that is not later than a known one changes nothing. If the platform does not say, when it
 *                  was asked
 * @param state     what tells this state from others, if the platform does not say when it was changed: one that is the known one changes nothing,
 *                  either; otherwise null
 * @param skipped   whether the task was set aside: then the boxes do not count
 */
public record PlatformReview(String id, PlatformTask task, String person, Double seconds, Instant updatedAt, String state, boolean skipped,
        List<SaidBox> boxes) {

    public PlatformReview(String id, PlatformTask task, String person, Double seconds, Instant updatedAt, boolean skipped, List<SaidBox> boxes) {
        this(id, task, person, seconds, updatedAt, null, skipped, boxes);
    }

    /**
     * A box that somebody says is there.
     *
     * @param image one of {@link LabelingPlatform#images}
     * @param box   in upright pixels, of an image of that size; gives null if nothing of it is within the image
     */
    public record SaidBox(String image, String label, Function<PixelSize, Box> box) {

        /** @param box in upright pixels */
        public static SaidBox inPixels(String image, String label, Box box) {
            return new SaidBox(image, label, size -> box);
        }
    }
}

package dev.gleaner.format;

import dev.gleaner.glip.Box;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * One thing that goes from frame to frame of a video, as CVAT has it: its box in some frames, the key frames, from which follow those between. After
 * the last one it stays where it is.
 *
 * <p>As CVAT's server does it: the corners go from one key frame to the next in a straight line, and a turned box turns by the shorter way. From a key
 * frame that is outside on there is nothing until the next one. Of outlines the box around them goes in a straight line, where CVAT moves their points.
 */
public final class CvatTrack {

    /** Of a degree: angles are compared as whole numbers, so that a turn by 180 degrees goes the same way each time. */
    private static final long TICKS = 1_000_000;

    private final NavigableMap<Integer, Key> keys = new TreeMap<>();

    /**
     * A key frame.
     *
     * @param box     upright, before it is turned about its centre, in pixels
     * @param degrees that it is turned by, clockwise
     * @param outside whether the thing is not to be seen from here on
     * @param moves   whether boxes between this one and the next follow; CVAT has none between masks
     */
    public record Key(Box box, double degrees, boolean outside, boolean moves) {

        private Box upright() {
            return degrees == 0 ? box : Decimals.turned(box, degrees);
        }
    }

    /** Takes a box of a frame. */
    @FunctionalInterface
    public interface FrameBoxes {

        /** @param box upright, around what is turned, in pixels @param isKey whether it is the key frame's own */
        void take(int frame, Box box, boolean isKey);
    }

    /** Of two for one frame the later one counts. */
    public void add(int frame, Key key) {
        keys.put(frame, key);
    }

    /**
     * Tells the boxes in the order of their frames.
     *
     * @param first   of the frames to be told
     * @param end     the frame behind the last one
     * @param isShown which frames there are
     */
    public void boxes(int first, int end, IntPredicate isShown, FrameBoxes told) {
        for (Map.Entry<Integer, Key> one : keys.entrySet()) {
            Key key = one.getValue();
            if (key.outside()) {
                continue;
            }
            int at = one.getKey();
            if (at >= first && at < end && isShown.test(at)) {
                told.take(at, key.upright(), true);
            }
            Map.Entry<Integer, Key> next = keys.higherEntry(at);
            boolean stays = next == null || !next.getValue().moves();
            int until = next == null ? end : Math.min(end, next.getKey());
            for (int frame = Math.max(first, at + 1); frame < until && key.moves(); frame++) {
                if (isShown.test(frame)) {
                    told.take(frame, stays ? key.upright() : between(key, next.getValue(), (frame - at) / (double) (next.getKey() - at)).upright(), false);
                }
            }
        }
    }

    private static Key between(Key from, Key to, double part) {
        double left = from.box.x() + (to.box.x() - from.box.x()) * part;
        double top = from.box.y() + (to.box.y() - from.box.y()) * part;
        double fromRight = from.box.x() + from.box.width();
        double fromBottom = from.box.y() + from.box.height();
        double right = fromRight + (to.box.x() + to.box.width() - fromRight) * part;
        double bottom = fromBottom + (to.box.y() + to.box.height() - fromBottom) * part;
        double turn = Math.floorMod(Math.round((to.degrees - from.degrees) * TICKS) + 180 * TICKS, 360 * TICKS) / (double) TICKS - 180;
        return new Key(Box.xywh(left, top, right - left, bottom - top), from.degrees == to.degrees ? from.degrees : from.degrees + turn * part, false, true);
    }
}

package dev.gleaner.platform;

import dev.gleaner.glip.Box;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;

/** A box that a {@link BoxPlatform} was sent: on the task's image of this name, in upright pixels. */
record SentBox(String image, String label, double x, double y, double width, double height) {

    private static final double SAME = 0.5;

    static SentBox of(ProposedBox box) {
        return new SentBox(box.image(), box.label(), box.box().x(), box.box().y(), box.box().width(), box.box().height());
    }

    /** Whether it is the same thing: of the same label, and half of what both cover is in both. */
    boolean isSame(ProposedBox other) {
        return image.equals(other.image()) && label.equals(other.label()) && Box.xywh(x, y, width, height).iou(other.box()) >= SAME;
    }
}

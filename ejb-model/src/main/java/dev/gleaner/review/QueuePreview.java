package dev.gleaner.review;

import java.util.List;

/**
 * What a queue would hold if it were made now.
 *
 * @param images     how many images it would hand out, without checks and second opinions
 * @param found      how many images have open proposals that the filter lets through; of an audit, how many were labeled
 * @param boxes      how many proposals those are
 * @param more       whether counting ended early, so that there are more of both
 * @param checks     items whose truth is known; fewer than wanted where not enough is known
 * @param opinions   items that show an image to one more reviewer
 * @param categories those with proposals, most images first
 */
public record QueuePreview(int images, int found, int boxes, boolean more, int checks, int opinions, List<OfCategory> categories) {

    /** Images with proposals of a category, and how many proposals; an image with several categories is counted for each. */
    public record OfCategory(String category, int images, int boxes) {
    }

    public QueuePreview {
        categories = List.copyOf(categories);
    }

    /** How many items it would have. */
    public int items() {
        return images + checks + opinions;
    }
}

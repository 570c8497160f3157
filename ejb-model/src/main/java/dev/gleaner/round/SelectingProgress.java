package dev.gleaner.round;

import jakarta.persistence.Embeddable;

/** How far selection is: it goes through the round's images once, and once more for each rule that compares the boxes of all images. */
@Embeddable
class SelectingProgress {

    private int selectingPass;
    private long selectedTo;
    private int selectedImages;

    /** How often it has been through all images. */
    int pass() {
        return selectingPass;
    }

    /** The last image that it is through with this time. */
    long to() {
        return selectedTo;
    }

    /** It is through with some images more, the last of which is this one. */
    void wentTo(long image, int more) {
        selectedTo = image;
        selectedImages += more;
    }

    /** It is through with all images, and begins with them once more. */
    void beginAgain() {
        selectingPass++;
        selectedTo = 0;
        selectedImages = 0;
    }

    /** How many images it would be through with, did it go through them once. */
    int images(int all, int passes) {
        return (int) (((long) selectingPass * all + selectedImages) / passes);
    }
}

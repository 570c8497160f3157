package dev.gleaner.evaluation;

/** Which boxes are compared, and what counts. */
public enum Protocol {

    /**
     * Every image tells all there is of every category. Crowds are ignored, and any number of detections may lie in one.
     * Of one category in one image the 100 best detections count.
     */
    COCO {
        @Override
        boolean isCrowd(TruthBox truth) {
            return truth.crowd();
        }

        @Override
        boolean isIgnored(TruthBox truth) {
            return truth.crowd();
        }

        @Override
        boolean judgesWithoutTruth(TruthImage image, long categoryId) {
            return true;
        }

        @Override
        boolean forgivesUnmatched(TruthImage image, long categoryId) {
            return false;
        }

        @Override
        int detectionsPerImage() {
            return 100;
        }

        @Override
        CategoryBoxes counted(CategoryBoxes category) {
            return category;
        }
    },

    /**
     * Federated: an image judges the categories it has boxes of and those it is known not to show; other detections are left
     * out, and detections without a truth do not count where a category's boxes are not exhaustive. There is no limit per image.
     */
    LVIS {
        @Override
        boolean isCrowd(TruthBox truth) {
            return false;
        }

        @Override
        boolean isIgnored(TruthBox truth) {
            return truth.ignored();
        }

        @Override
        boolean judgesWithoutTruth(TruthImage image, long categoryId) {
            return image.absent().contains(categoryId);
        }

        @Override
        boolean forgivesUnmatched(TruthImage image, long categoryId) {
            return image.notExhaustive().contains(categoryId);
        }

        @Override
        int detectionsPerImage() {
            return Integer.MAX_VALUE;
        }

        @Override
        CategoryBoxes counted(CategoryBoxes category) {
            return category.best(PER_CATEGORY);
        }
    };

    /** Of LVIS's fixed AP: how many detections of one category count, over all images. */
    public static final int PER_CATEGORY = 10_000;

    abstract boolean isCrowd(TruthBox truth);

    abstract boolean isIgnored(TruthBox truth);

    /** Whether detections of a category count in an image without any box of it. */
    abstract boolean judgesWithoutTruth(TruthImage image, long categoryId);

    /** Whether detections that meet no truth are passed over. */
    abstract boolean forgivesUnmatched(TruthImage image, long categoryId);

    /** How many detections of one category count in one image. */
    abstract int detectionsPerImage();

    /** The category with those of its detections that count over all images. */
    abstract CategoryBoxes counted(CategoryBoxes category);
}

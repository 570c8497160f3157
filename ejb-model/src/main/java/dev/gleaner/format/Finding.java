package dev.gleaner.format;

/**
 * One thing that preflight saw in a source.
 *
 * @param code    what kind of thing; findings are counted by it
 * @param file    the file it concerns, as the source names it; null when it concerns the source as a whole
 * @param message the field, its value and what was expected, in a sentence
 */
public record Finding(Code code, String file, String message) implements SourceItem {

    /** An error keeps the whole source out; a warning tells what was mended, left out or worth knowing. */
    public enum Severity { ERROR, WARNING }

    /** What follows from a finding. */
    private enum Weight {
        /** The source cannot be trusted as a whole. */
        REFUSES,
        /** One image or box cannot be used: an error, or, for a lenient source, a warning that it was left out. */
        LEAVES_OUT,
        /** Nothing is lost. */
        NOTES
    }

    /** The kinds of findings. */
    public enum Code {
        /** The annotation document cannot be parsed, or lacks a part it must have. */
        MALFORMED_DOCUMENT(Weight.REFUSES),
        /** A folder of the source cannot be listed. */
        UNREADABLE_FOLDER(Weight.REFUSES),
        /** A file lies, through a link, outside the folders that may be imported from. */
        FILE_OUTSIDE_ROOTS(Weight.REFUSES),
        /** Two images share an id, so that nothing tells whose boxes are whose. */
        DUPLICATE_IMAGE_ID(Weight.REFUSES),
        /** Two entries name the same image file. */
        DUPLICATE_FILE_NAME(Weight.REFUSES),
        /** Two categories of different names share an id. */
        DUPLICATE_CATEGORY_ID(Weight.REFUSES),
        /** Images came without a single annotation file, where the format has one for each. */
        NO_LABELS(Weight.REFUSES),
        /** The archive holds more than it may, or names that lead out of it. */
        REFUSED_ARCHIVE(Weight.REFUSES),
        /** The source holds no image that could be used. */
        NO_IMAGES(Weight.REFUSES),
        /** The project holds a dataset of the same content. */
        DUPLICATE_DATASET(Weight.REFUSES),
        /** The project holds another dataset of the same name. */
        NAME_TAKEN(Weight.REFUSES),
        /** The import itself broke. */
        IMPORT_FAILED(Weight.REFUSES),

        /** One image's annotation file cannot be parsed. */
        UNREADABLE_ANNOTATIONS(Weight.LEAVES_OUT),
        /** An entry of the document lacks a part it must have. */
        MALFORMED_ENTRY(Weight.LEAVES_OUT),
        /** A named image file is not there. */
        MISSING_FILE(Weight.LEAVES_OUT),
        /** An image elsewhere could not be had: its host is not allowed, does not answer, or has none. */
        UNREACHABLE_IMAGE(Weight.LEAVES_OUT),
        /** An image file is no image, is cut short, or is of a kind that cannot be decoded. */
        UNREADABLE_IMAGE(Weight.LEAVES_OUT),
        /** The document gives an image another size than the file has, upright or as stored. */
        SIZE_DIFFERS(Weight.LEAVES_OUT),
        /** A box is not four finite numbers, or has no area. */
        INVALID_BOX(Weight.LEAVES_OUT),
        /** More than half of a box lies outside its image. */
        BOX_OUTSIDE(Weight.LEAVES_OUT),
        /** A box names a category that the document does not define. */
        UNKNOWN_CATEGORY(Weight.LEAVES_OUT),
        /** A box names an image that the document does not define. */
        UNKNOWN_IMAGE(Weight.LEAVES_OUT),

        /** A box reached over the edge of its image and was cut there. */
        BOX_CLIPPED(Weight.NOTES),
        /** An outline or a turned box; the upright box around it was taken. */
        SHAPE_BOXED(Weight.NOTES),
        /** A file counts pixels from 0 where its format counts from 1; it was read as it was meant. */
        COUNTED_FROM_ZERO(Weight.NOTES),
        /** Something that a dataset has no place for, as choices, points, or a model's own predictions; it was left out. */
        NOT_TAKEN(Weight.NOTES),
        /** Texts that lie with the images were taken as captions. */
        CAPTIONS_TAKEN(Weight.NOTES),
        /** Several people annotated an image; the annotation that counts was taken. */
        SEVERAL_ANNOTATIONS(Weight.NOTES),
        /** An image is stored turned or mirrored; the message says which pixels its boxes were given in. */
        EXIF_ORIENTATION(Weight.NOTES),
        /** A file was not found under its name, but under a near one. */
        FILE_NAME_MENDED(Weight.NOTES),
        /** The document gives no size for an image, so that it could not be compared. */
        SIZE_MISSING(Weight.NOTES),
        /** Two files hold the same bytes. */
        DUPLICATE_PHOTO(Weight.NOTES),
        /** Two categories share a name; they became one. */
        DUPLICATE_CATEGORY_NAME(Weight.NOTES),
        /** Two boxes share an id; both were kept, ids are given anew. */
        DUPLICATE_BOX_ID(Weight.NOTES),
        /** The folder holds images that the annotations do not name; they were left out. */
        IMAGES_NOT_NAMED(Weight.NOTES);

        private final Weight weight;

        Code(Weight weight) {
            this.weight = weight;
        }

        /** @param lenient whether the source asked to leave out what cannot be used, rather than to be refused for it */
        public Severity severity(boolean lenient) {
            return weight == Weight.REFUSES || weight == Weight.LEAVES_OUT && !lenient ? Severity.ERROR : Severity.WARNING;
        }
    }
}

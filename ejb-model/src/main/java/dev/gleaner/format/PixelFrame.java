package dev.gleaner.format;

/** Which pixels a source counts its boxes in when an image is stored turned or mirrored. */
public enum PixelFrame {
    /** Those of the picture as it is shown. */
    UPRIGHT,
    /** Those of the file as it is stored, its EXIF orientation not applied. */
    STORED
}

package dev.gleaner.format;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.jpeg.JpegDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * What an image file turned out to be, after decoding it from its first to its last byte.
 *
 * @param sha256  of the file's bytes; empty when they cannot be read
 * @param picture empty when it is no picture that can be decoded
 * @param problem why not; empty when it can
 */
public record ImageInspection(Optional<String> sha256, Optional<Picture> picture, Optional<String> problem) {

    private static final long MAX_BYTES = 512L << 20;
    /** What the model's own decoder takes at most. */
    private static final long MAX_PIXELS = 178_956_970;

    /** A picture that decodes: its size as stored, and how it must be turned to stand upright. */
    public record Picture(PixelSize stored, Orientation orientation) {

        public PixelSize upright() {
            return orientation.upright(stored);
        }
    }

    /** Reads and decodes the file. Never fails: whatever is wrong is the {@link #problem}. */
    public static ImageInspection of(Path file) {
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_BYTES) {
                return unreadable(Optional.empty(), "it is " + Files.size(file) + " bytes long; expected at most " + MAX_BYTES);
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            return unreadable(Optional.empty(), "it cannot be read: " + e);
        }
        return of(bytes);
    }

    /** Decodes what a file has. Never fails: whatever is wrong is the {@link #problem}. */
    public static ImageInspection of(byte[] bytes) {
        var digest = Sha256.digest();
        digest.update(bytes);
        Optional<String> sha256 = Optional.of(Sha256.hex(digest));
        try {
            Metadata metadata = metadata(bytes);
            return new ImageInspection(sha256, Optional.of(new Picture(decode(bytes, metadata), orientation(metadata))), Optional.empty());
        } catch (IOException | RuntimeException e) {
            // The JDK's decoders answer some damaged files with unchecked exceptions.
            return unreadable(sha256, e instanceof UndecodableImage ? e.getMessage() : "it cannot be decoded: " + e);
        }
    }

    /** Nothing is known of an image whose bytes were not to be had. */
    public static ImageInspection unreachable(String why) {
        return unreadable(Optional.empty(), why);
    }

    private static ImageInspection unreadable(Optional<String> sha256, String problem) {
        return new ImageInspection(sha256, Optional.empty(), Optional.of(problem));
    }

    private static final class UndecodableImage extends IOException {
        UndecodableImage(String message) {
            super(message);
        }
    }

    /** Decodes the whole stream, but keeps about a thousandth of the pixels: memory does not grow with the picture. */
    private static PixelSize decode(byte[] bytes, Metadata metadata) throws IOException {
        if (bytes.length == 0) {
            throw new UndecodableImage("it is empty");
        }
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new UndecodableImage("it is no image of a kind that can be decoded; expected JPEG, PNG, BMP, GIF or TIFF");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                List<String> warnings = new ArrayList<>();
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                PixelSize size = new PixelSize(reader.getWidth(0), reader.getHeight(0));
                if ((long) size.width() * size.height() > MAX_PIXELS) {
                    throw new UndecodableImage("it has " + size + " pixels; expected at most " + MAX_PIXELS);
                }
                readSparsely(reader, size, metadata);
                if (isCutShort(bytes) || warnings.stream().anyMatch(w -> w.contains("premature end of data"))) {
                    throw new UndecodableImage("it is cut short: " + bytes.length + " bytes do not hold the whole picture");
                }
                return size;
            } finally {
                reader.dispose();
            }
        }
    }

    private static void readSparsely(ImageReader reader, PixelSize size, Metadata metadata) throws IOException {
        ImageReadParam sparse = reader.getDefaultReadParam();
        int step = Math.min(32, Math.min(size.width(), size.height()));
        sparse.setSourceSubsampling(step, step, 0, 0);
        JpegDirectory jpeg = metadata.getFirstDirectoryOfType(JpegDirectory.class);
        Integer colours = jpeg == null ? null : jpeg.getInteger(JpegDirectory.TAG_NUMBER_OF_COMPONENTS);
        if (colours != null && colours == 4) {
            // The JDK reads the samples of a CMYK picture, but makes no image of them.
            reader.readRaster(0, sparse);
        } else {
            reader.read(0, sparse);
        }
    }

    /** The JDK's decoder fills up a short BMP in silence; the header says how long the file should be. */
    private static boolean isCutShort(byte[] bytes) {
        return bytes.length >= 6 && bytes[0] == 'B' && bytes[1] == 'M'
                && ((bytes[2] & 0xffL) | (bytes[3] & 0xffL) << 8 | (bytes[4] & 0xffL) << 16 | (bytes[5] & 0xffL) << 24) > bytes.length;
    }

    /** Broken metadata do not spoil a picture: then there is none. */
    private static Metadata metadata(byte[] bytes) throws IOException {
        try {
            return ImageMetadataReader.readMetadata(new ByteArrayInputStream(bytes), bytes.length);
        } catch (ImageProcessingException e) {
            return new Metadata();
        }
    }

    private static Orientation orientation(Metadata metadata) {
        ExifIFD0Directory exif = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        Integer value = exif == null ? null : exif.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
        return value == null || value < 1 || value > 8 ? Orientation.UPRIGHT : new Orientation(value);
    }
}

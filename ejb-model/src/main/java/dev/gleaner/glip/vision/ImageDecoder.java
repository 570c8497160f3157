package dev.gleaner.glip.vision;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.adobe.AdobeJpegDirectory;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.jpeg.JpegDirectory;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Encoded photos (JPEG, PNG, BMP, GIF, TIFF) to upright 8-bit RGB.
 *
 * <p>Stored samples are taken as they are, as Pillow's {@code convert("RGB")} does: grey is repeated, transparency dropped,
 * colour profiles ignored, palettes looked up, CMYK multiplied by black. Unlike Pillow, which clips them, 16-bit
 * grey samples keep their upper byte. The EXIF orientation is applied last.
 *
 * <p>Has no state; may be called from any thread.
 */
public final class ImageDecoder {

    /** Larger images are refused before they are decoded, where Pillow refuses them as well. */
    private static final long MAX_PIXELS = 178_956_970;

    private ImageDecoder() {
    }

    /**
     * Decodes an image, of several in one file the first.
     *
     * @throws IOException saying what is wrong with the bytes
     */
    public static RgbImage decode(byte[] encoded) throws IOException {
        Metadata metadata = metadata(encoded);
        RgbImage stored = stored(encoded, metadata);
        ExifIFD0Directory exif = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        Integer orientation = exif == null ? null : exif.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
        return orientation == null ? stored : Orientation.ofExif(orientation).upright(stored);
    }

    /** Broken metadata do not spoil a picture: then there is none. */
    private static Metadata metadata(byte[] encoded) throws IOException {
        try {
            return ImageMetadataReader.readMetadata(new ByteArrayInputStream(encoded), encoded.length);
        } catch (ImageProcessingException e) {
            return new Metadata();
        }
    }

    private static RgbImage stored(byte[] encoded, Metadata metadata) throws IOException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("not an image in a known format (JPEG, PNG, BMP, GIF, TIFF)");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, false);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MAX_PIXELS) {
                    throw new IOException("an image of " + reader.getWidth(0) + " x " + reader.getHeight(0)
                            + " pixels is too large, at most " + MAX_PIXELS + " are read");
                }
                List<String> warnings = new ArrayList<>();
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                RgbImage image = read(reader, metadata);
                // The JPEG reader fills what is missing with grey. An end marker missing behind a whole picture does no harm.
                if (warnings.stream().anyMatch(warning -> warning.startsWith("Truncated File"))
                        && warnings.stream().anyMatch(warning -> warning.contains("premature end of data"))) {
                    throw new IOException("a truncated image: the file ends before its last row");
                }
                return image;
            } catch (RuntimeException e) {
                // Readers of the JDK answer broken files with whatever exception they run into.
                throw new IOException("a broken image: " + e, e);
            } finally {
                reader.dispose();
            }
        }
    }

    private static RgbImage read(ImageReader reader, Metadata metadata) throws IOException {
        JpegDirectory jpeg = metadata.getFirstDirectoryOfType(JpegDirectory.class);
        boolean fourColours = jpeg != null && Integer.valueOf(4).equals(jpeg.getInteger(JpegDirectory.TAG_NUMBER_OF_COMPONENTS));
        return fourColours ? cmyk(reader.readRaster(0, null), metadata) : rgb(reader.read(0));
    }

    private static RgbImage rgb(BufferedImage image) throws IOException {
        Raster raster = image.getRaster();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return indexed(raster, palette);
        }
        int type = raster.getSampleModel().getDataType();
        if (raster.getSampleModel() instanceof ComponentSampleModel
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)) {
            return component(raster, type == DataBuffer.TYPE_USHORT ? 8 : 0);
        }
        if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE || type == DataBuffer.TYPE_SHORT) {
            throw new IOException("samples must be unsigned and of at most 16 bits");
        }
        return packed(image);
    }

    /** Grey, grey with alpha, RGB or RGB with alpha, each sample in a byte or in the upper byte of a short. */
    private static RgbImage component(Raster raster, int shift) {
        ComponentSampleModel layout = (ComponentSampleModel) raster.getSampleModel();
        DataBuffer data = raster.getDataBuffer();
        int colours = layout.getNumBands() < 3 ? 1 : 3;
        byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
        for (int channel = 0; channel < 3; channel++) {
            int band = Math.min(channel, colours - 1);
            int bank = layout.getBankIndices()[band];
            int offset = data.getOffsets()[bank] + layout.getBandOffsets()[band]
                    - raster.getSampleModelTranslateX() * layout.getPixelStride()
                    - raster.getSampleModelTranslateY() * layout.getScanlineStride();
            int target = channel;
            for (int y = 0; y < raster.getHeight(); y++) {
                int source = offset + y * layout.getScanlineStride();
                for (int x = 0; x < raster.getWidth(); x++) {
                    rgb[target] = (byte) (data.getElem(bank, source) >> shift);
                    source += layout.getPixelStride();
                    target += 3;
                }
            }
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), rgb);
    }

    private static RgbImage indexed(Raster raster, IndexColorModel palette) {
        int[] indices = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, (int[]) null);
        byte[] rgb = new byte[3 * indices.length];
        for (int i = 0; i < indices.length; i++) {
            put(rgb, i, palette.getRGB(indices[i]));
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), rgb);
    }

    private static RgbImage packed(BufferedImage image) {
        int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        byte[] rgb = new byte[3 * argb.length];
        for (int i = 0; i < argb.length; i++) {
            put(rgb, i, argb[i]);
        }
        return new RgbImage(image.getWidth(), image.getHeight(), rgb);
    }

    private static void put(byte[] rgb, int pixel, int argb) {
        rgb[3 * pixel] = (byte) (argb >> 16);
        rgb[3 * pixel + 1] = (byte) (argb >> 8);
        rgb[3 * pixel + 2] = (byte) argb;
    }

    /** A four-colour JPEG. Adobe stores ink inverted (255 is none), and as YCCK when its transform is 2. */
    private static RgbImage cmyk(Raster raster, Metadata metadata) {
        AdobeJpegDirectory adobe = metadata.getFirstDirectoryOfType(AdobeJpegDirectory.class);
        Integer transform = adobe == null ? null : adobe.getInteger(AdobeJpegDirectory.TAG_COLOR_TRANSFORM);
        boolean ycck = transform != null && transform == 2;
        int[] samples = raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
        byte[] rgb = new byte[samples.length / 4 * 3];
        for (int i = 0, o = 0; i < samples.length; i += 4, o += 3) {
            int c = samples[i];
            int m = samples[i + 1];
            int y = samples[i + 2];
            int k = samples[i + 3];
            if (ycck) {
                double blue = m - 128;
                double red = y - 128;
                int luma = c;
                c = 255 - clip(luma + 1.402 * red);
                m = 255 - clip(luma - 0.344136 * blue - 0.714136 * red);
                y = 255 - clip(luma + 1.772 * blue);
            }
            int paper = adobe == null ? 255 - k : k;
            rgb[o] = (byte) (paper - share(adobe == null ? c : 255 - c, paper));
            rgb[o + 1] = (byte) (paper - share(adobe == null ? m : 255 - m, paper));
            rgb[o + 2] = (byte) (paper - share(adobe == null ? y : 255 - y, paper));
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), rgb);
    }

    private static int clip(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
    }

    /** {@code a * b / 255}, rounded. */
    private static int share(int a, int b) {
        return (2 * a * b + 255) / 510;
    }
}

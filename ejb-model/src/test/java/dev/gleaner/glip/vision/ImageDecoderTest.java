package dev.gleaner.glip.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.RealPhotos;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageDecoderTest {

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static int[] pixel(RgbImage image, int x, int y) {
        return new int[] {image.sample(x, y, 0), image.sample(x, y, 1), image.sample(x, y, 2)};
    }

    @Test
    void readsColoursAsStored() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x010203);
        image.setRGB(1, 0, 0xfffe80);
        for (String format : new String[] {"png", "bmp"}) {
            RgbImage rgb = ImageDecoder.decode(encode(image, format));
            assertThat(rgb.width()).isEqualTo(2);
            assertThat(pixel(rgb, 0, 0)).containsExactly(1, 2, 3);
            assertThat(pixel(rgb, 1, 0)).containsExactly(255, 254, 128);
        }
    }

    @Test
    void repeatsGreyWithoutGamma() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        assertThat(pixel(ImageDecoder.decode(encode(image, "png")), 0, 0)).containsExactly(100, 100, 100);
    }

    @Test
    void keepsTheUpperByteOf16Bits() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(0, 0, 0, 0x64ff);
        assertThat(pixel(ImageDecoder.decode(encode(image, "png")), 0, 0)).containsExactly(100, 100, 100);
    }

    @Test
    void dropsTransparency() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x10203040);
        assertThat(pixel(ImageDecoder.decode(encode(image, "png")), 0, 0)).containsExactly(0x20, 0x30, 0x40);
    }

    @Test
    void looksUpPalettes() throws IOException {
        byte[] red = {0, 10};
        byte[] green = {0, 20};
        byte[] blue = {0, (byte) 200};
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(1, 2, red, green, blue));
        image.getRaster().setSample(1, 0, 0, 1);
        for (String format : new String[] {"png", "gif"}) {
            assertThat(pixel(ImageDecoder.decode(encode(image, format)), 1, 0)).containsExactly(10, 20, 200);
        }
    }

    /** A JPEG of one block of four components, with an Adobe marker of the given transform or (-1) without one. */
    private static byte[] fourColours(int transform, int... samples) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 8; x++) {
                raster.setPixel(x, y, samples);
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        byte[] plain = bytes.toByteArray();
        if (transform < 0) {
            return plain;
        }
        byte[] adobe = {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        byte[] marked = Arrays.copyOf(plain, plain.length + adobe.length);
        System.arraycopy(plain, 2, marked, 2 + adobe.length, plain.length - 2);
        System.arraycopy(adobe, 0, marked, 2, adobe.length);
        return marked;
    }

    @Test
    void multipliesInkByBlack() throws IOException {
        // No ink of cyan, half of magenta, all of yellow, black 55: paper 200.
        RgbImage plain = ImageDecoder.decode(fourColours(-1, 0, 128, 255, 55));
        assertThat(pixel(plain, 3, 3)).containsExactly(200, 100, 0);
        RgbImage adobe = ImageDecoder.decode(fourColours(0, 255, 127, 0, 200));
        assertThat(pixel(adobe, 3, 3)).containsExactly(200, 100, 0);
    }

    @Test
    void convertsAdobeYcck() throws IOException {
        // Luma 150 without chroma is a stored 105 for each ink: 105/255 of white paper stays.
        RgbImage ycck = ImageDecoder.decode(fourColours(2, 150, 128, 128, 255));
        assertThat(pixel(ycck, 3, 3)).containsExactly(105, 105, 105);
    }

    /** The stored image is one row, "1 2 3", over a second, "4 5 6". */
    @ParameterizedTest
    @CsvSource({
        "1, 3, 1 2 3 4 5 6", "2, 3, 3 2 1 6 5 4", "3, 3, 6 5 4 3 2 1", "4, 3, 4 5 6 1 2 3",
        "5, 2, 1 4 2 5 3 6", "6, 2, 4 1 5 2 6 3", "7, 2, 6 3 5 2 4 1", "8, 2, 3 6 2 5 1 4"})
    void turnsByExifOrientation(int orientation, int width, String upright) {
        byte[] rgb = new byte[18];
        for (int i = 0; i < 18; i++) {
            rgb[i] = (byte) (i / 3 + 1);
        }
        RgbImage turned = Orientation.ofExif(orientation).upright(new RgbImage(3, 2, rgb));
        assertThat(turned.width()).isEqualTo(width);
        StringBuilder reds = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            reds.append(i == 0 ? "" : " ").append(turned.sample(i % width, i / width, 0));
        }
        assertThat(reds).hasToString(upright);
    }

    @Test
    void readsTheOrientationFromTheFile() throws IOException {
        byte[] plain = encode(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "jpeg");
        // APP1: Exif, big-endian TIFF, one entry: tag 0x0112, type SHORT, count 1, value 6.
        byte[] exif = {(byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
        byte[] turned = new byte[plain.length + exif.length];
        System.arraycopy(plain, 0, turned, 0, 2);
        System.arraycopy(exif, 0, turned, 2, exif.length);
        System.arraycopy(plain, 2, turned, 2 + exif.length, plain.length - 2);
        assertThat(ImageDecoder.decode(plain).width()).isEqualTo(3);
        assertThat(ImageDecoder.decode(turned).width()).isEqualTo(2);
    }

    @Test
    void readsRealPhotosInTheSizeTheirAnnotationsName() throws IOException {
        Path raccoons = RealPhotos.raccoons();
        Pattern size = Pattern.compile("<width>(\\d+)</width>\\s*<height>(\\d+)</height>");
        try (Stream<Path> photos = Files.list(raccoons.resolve("JPEGImages"))) {
            for (Path photo : photos.sorted().toList()) {
                String name = photo.getFileName().toString().replaceFirst("\\.jpg$", ".xml");
                Matcher annotated = size.matcher(Files.readString(raccoons.resolve("Annotations").resolve(name)));
                assertThat(annotated.find()).isTrue();
                RgbImage image = ImageDecoder.decode(Files.readAllBytes(photo));
                assertThat(image.width() + " x " + image.height()).as(name)
                        .isEqualTo(annotated.group(1) + " x " + annotated.group(2));
            }
        }
    }

    @Test
    void refusesWhatIsNoImage() {
        assertThatThrownBy(() -> ImageDecoder.decode("hello".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class).hasMessageContaining("not an image in a known format");
    }

    @Test
    void refusesTruncatedImages() throws IOException {
        BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 64; i++) {
            noise.setRGB(i % 64, i / 64, i * 7919);
        }
        for (String format : new String[] {"jpeg", "png", "bmp", "gif", "tiff"}) {
            byte[] whole = encode(noise, format);
            assertThatExceptionOfType(IOException.class).as(format)
                    .isThrownBy(() -> ImageDecoder.decode(Arrays.copyOf(whole, whole.length / 2)));
        }
    }
}

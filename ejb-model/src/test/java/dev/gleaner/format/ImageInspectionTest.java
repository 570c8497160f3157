package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageInspectionTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "gif", "bmp", "tif"})
    void readsThePicturesSize(String format) throws IOException {
        ImageInspection inspection = inspect(Pictures.encoded(67, 45, format));

        assertThat(inspection.problem()).isEmpty();
        assertThat(inspection.picture().orElseThrow()).isEqualTo(new ImageInspection.Picture(new PixelSize(67, 45), Orientation.UPRIGHT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "gif", "bmp", "tif"})
    void noticesWhenAFileIsCutShort(String format) throws IOException {
        byte[] whole = Pictures.encoded(200, 150, format);

        assertThat(inspect(Arrays.copyOf(whole, whole.length / 2)).picture()).isEmpty();
    }

    @Test
    void saysThatAFileIsCutShort() throws IOException {
        byte[] whole = Pictures.encoded(200, 150, "jpg");
        byte[] half = Arrays.copyOf(whole, whole.length / 2);

        assertThat(inspect(half).problem()).contains("it is cut short: " + half.length + " bytes do not hold the whole picture");
    }

    @Test
    void aMissingEndMarkerBehindAWholePictureDoesNoHarm() throws IOException {
        byte[] whole = Pictures.encoded(200, 150, "jpg");

        assertThat(inspect(Arrays.copyOf(whole, whole.length - 2)).problem()).isEmpty();
    }

    @Test
    void readsTheOrientation() throws IOException {
        Path file = folder.resolve("turned.jpg");
        Pictures.writeTurned(file, 40, 30, 6);

        ImageInspection.Picture picture = ImageInspection.of(file).picture().orElseThrow();
        assertThat(picture.stored()).isEqualTo(new PixelSize(40, 30));
        assertThat(picture.upright()).isEqualTo(new PixelSize(30, 40));
    }

    @Test
    void anOrientationThatDoesNotExistCountsAsUpright() throws IOException {
        Path file = folder.resolve("odd.jpg");
        Pictures.writeTurned(file, 40, 30, 9);

        assertThat(ImageInspection.of(file).picture().orElseThrow().orientation()).isEqualTo(Orientation.UPRIGHT);
    }

    @Test
    void readsTheSmallestPicture() throws IOException {
        assertThat(inspect(Pictures.encoded(1, 1, "png")).picture().orElseThrow().stored()).isEqualTo(new PixelSize(1, 1));
    }

    @Test
    void saysWhatIsWrongWithOtherFiles() throws IOException {
        assertThat(inspect(new byte[0]).problem()).contains("it is empty");
        assertThat(inspect("no picture".getBytes()).problem().orElseThrow()).contains("expected JPEG, PNG, BMP, GIF or TIFF");
        assertThat(ImageInspection.of(folder.resolve("gone.jpg")).problem().orElseThrow()).startsWith("it cannot be read: ");
    }

    @Test
    void hashesWhatItCannotDecodeToo() throws IOException {
        // The SHA-256 of no bytes.
        assertThat(inspect(new byte[0]).sha256()).contains("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void refusesAPictureOfTooManyPixelsBeforeDecodingIt() throws IOException {
        byte[] png = Pictures.encoded(1, 1, "png");
        // Width and height of the header chunk: 65536 each. Its checksum is not looked at.
        System.arraycopy(new byte[] {0, 1, 0, 0, 0, 1, 0, 0}, 0, png, 16, 8);

        assertThat(inspect(png).problem().orElseThrow()).contains("65536x65536 pixels");
    }

    private ImageInspection inspect(byte[] bytes) throws IOException {
        return ImageInspection.of(Files.write(folder.resolve("picture"), bytes));
    }
}

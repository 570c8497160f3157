package dev.gleaner.glip.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceCase;
import dev.gleaner.glip.ReferenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PreprocessorTest {

    static List<ReferenceCase> cases() {
        return Reference.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheOfficialTensorToTheLastBit(ReferenceCase reference) throws IOException {
        RgbImage image = ImageDecoder.decode(Files.readAllBytes(reference.imageFile()));
        ImageTensor tensor = new Preprocessor(new ReferenceModel(reference.model()).config().input()).prepare(image);

        assertThat(reference.whole("orig_size_wh").longs()).containsExactly(tensor.originalWidth(), tensor.originalHeight());
        assertThat(reference.whole("image_size_hw").longs()).containsExactly(tensor.height(), tensor.width());
        reference.assertMatches("padded", new long[] {1, 3, tensor.paddedHeight(), tensor.paddedWidth()}, tensor.values(), 0);
        reference.assertMatches("preprocessed", new long[] {3, tensor.height(), tensor.width()}, unpadded(tensor), 0);
    }

    private static float[] unpadded(ImageTensor tensor) {
        float[] values = new float[3 * tensor.height() * tensor.width()];
        for (int row = 0; row < 3 * tensor.height(); row++) {
            int paddedRow = row / tensor.height() * tensor.paddedHeight() + row % tensor.height();
            System.arraycopy(tensor.values(), paddedRow * tensor.paddedWidth(), values, row * tensor.width(), tensor.width());
        }
        return values;
    }

    /** Official sizes 800 and 1333. */
    @ParameterizedTest
    @CsvSource({
        "640, 480, 1066, 800", // 800 * 640 / 480 = 1066.67
        "480, 640, 800, 1066",
        "1000, 500, 1332, 666", // 1600 would be too long: 1333 * 500 / 1000 = 666.5 goes to the even 666
        "800, 800, 800, 800",
        "4000, 10, 1200, 3"}) // 1333 * 10 / 4000 = 3.33
    void scalesTheShorterSideWithinTheLongest(int width, int height, int resizedWidth, int resizedHeight) {
        GlipConfig.Input input = new GlipConfig.Input(800, 1333, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), 32);
        ImageTensor tensor = new Preprocessor(input).prepare(new RgbImage(width, height, new byte[3 * width * height]));
        assertThat(tensor).extracting(ImageTensor::width, ImageTensor::height).containsExactly(resizedWidth, resizedHeight);
        assertThat(tensor.originalWidth()).isEqualTo(width);
        assertThat(tensor.originalHeight()).isEqualTo(height);
    }

    @Test
    void takesAnImageThatHasItsSizeAsItIs() {
        GlipConfig.Input input = new GlipConfig.Input(800, 1333, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), 32);
        RgbImage resized = Preprocessor.resize(new RgbImage(64, 48, new byte[3 * 64 * 48]), 24, 40);
        assertThat(resized).extracting(RgbImage::width, RgbImage::height).containsExactly(32, 24);

        ImageTensor tensor = new Preprocessor(input).tensor(resized, 64, 48);

        assertThat(tensor).isEqualTo(new ImageTensor(tensor.values(), 32, 32, 24, 32, 48, 64));
    }

    @Test
    void normalisesByChannelAndPadsWithZeros() {
        GlipConfig.Input input = new GlipConfig.Input(1, 2, List.of(1.0, 2.0, 3.0), List.of(2.0, 4.0, 5.0), 32);
        ImageTensor tensor = new Preprocessor(input).prepare(new RgbImage(1, 1, new byte[] {13, 10, 5}));
        assertThat(tensor).extracting(ImageTensor::paddedWidth, ImageTensor::paddedHeight).containsExactly(32, 32);
        // Blue (5 - 1) / 2, green (10 - 2) / 4, red (13 - 3) / 5.
        for (int channel = 0; channel < 3; channel++) {
            assertThat(tensor.values()[channel * 32 * 32]).isEqualTo(2);
            assertThat(tensor.values()[channel * 32 * 32 + 1]).isZero();
            assertThat(tensor.values()[channel * 32 * 32 + 32]).isZero();
        }
    }
}

package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.ImageInspection.Picture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageCheckTest {

    @Test
    void aPlainUprightImageIsFine() {
        ImageCheck check = ImageCheck.ofPlain("a.jpg", inspection(40, 30, 1));

        assertThat(check).isEqualTo(new ImageCheck(true, Optional.of(PixelFrame.UPRIGHT), List.of()));
    }

    @Test
    void aPlainTurnedImageIsReported() {
        ImageCheck check = ImageCheck.ofPlain("a.jpg", inspection(40, 30, 6));

        assertThat(check.usable()).isTrue();
        assertThat(check.findings()).containsExactly(new Finding(Code.EXIF_ORIENTATION, "a.jpg",
                "stored with EXIF orientation 6, upright it is 30x40; it is taken upright"));
    }

    @Test
    void anUnreadableImageCannotBeUsed() {
        ImageInspection broken = new ImageInspection(Optional.of("00"), Optional.empty(), Optional.of("it is cut short"));

        assertThat(ImageCheck.ofPlain("a.jpg", broken).usable()).isFalse();
        assertThat(ImageCheck.ofAnnotated("a.jpg", size(40, 30), Optional.empty(), broken))
                .isEqualTo(new ImageCheck(false, Optional.empty(), List.of(new Finding(Code.UNREADABLE_IMAGE, "a.jpg", "it is cut short"))));
    }

    @Test
    void aTurnedImageDeclaredUprightHasItsBoxesUpright() {
        ImageCheck check = ImageCheck.ofAnnotated("a.jpg", size(30, 40), Optional.empty(), inspection(40, 30, 8));

        assertThat(check.frame()).contains(PixelFrame.UPRIGHT);
        assertThat(check.findings()).extracting(Finding::message).containsExactly("stored with EXIF orientation 8, upright it is 30x40; "
                + "the annotations give the size of the upright picture, so its boxes are taken as they are");
    }

    @Test
    void aTurnedImageDeclaredAsStoredHasItsBoxesOnTheStoredPicture() {
        ImageCheck check = ImageCheck.ofAnnotated("a.jpg", size(40, 30), Optional.empty(), inspection(40, 30, 8));

        assertThat(check.frame()).contains(PixelFrame.STORED);
        assertThat(check.findings()).extracting(Finding::message).containsExactly("stored with EXIF orientation 8, upright it is 30x40; "
                + "the annotations give the size 40x30 of the stored picture, so its boxes are turned upright with it");
    }

    @Test
    void aHalfTurnOrASquareDoesNotTell() {
        assertThat(ImageCheck.ofAnnotated("a.jpg", size(40, 30), Optional.empty(), inspection(40, 30, 3)).frame()).isEmpty();
        assertThat(ImageCheck.ofAnnotated("a.jpg", size(40, 40), Optional.empty(), inspection(40, 40, 6)).frame()).isEmpty();
    }

    @Test
    void whatIsKnownOfTheSourceStandsWhateverSizeItGives() {
        ImageCheck check = ImageCheck.ofAnnotated("a.jpg", size(40, 30), Optional.of(PixelFrame.UPRIGHT), inspection(40, 30, 8));

        assertThat(check.frame()).contains(PixelFrame.UPRIGHT);
        assertThat(check.findings()).extracting(Finding::message).containsExactly("stored with EXIF orientation 8, upright it is 30x40; "
                + "this kind of file has boxes in pixels of the upright picture, whatever size it gives");
    }

    @Test
    void anotherSizeIsRefusedAndBothSizesNamed() {
        ImageCheck check = ImageCheck.ofAnnotated("a.jpg", size(41, 30), Optional.empty(), inspection(40, 30, 1));

        assertThat(check.usable()).isFalse();
        assertThat(check.findings()).containsExactly(
                new Finding(Code.SIZE_DIFFERS, "a.jpg", "the annotations give its size as 41x30; the file is 40x30"));
    }

    @Test
    void widthAndHeightSwappedIsAnotherSizeWhereNothingIsTurned() {
        assertThat(ImageCheck.ofAnnotated("a.jpg", size(30, 40), Optional.empty(), inspection(40, 30, 1)).usable()).isFalse();
    }

    @Test
    void aMissingSizeIsOnlyNoted() {
        ImageCheck check = ImageCheck.ofAnnotated("a.jpg", Optional.empty(), Optional.empty(), inspection(40, 30, 1));

        assertThat(check.usable()).isTrue();
        assertThat(check.findings()).extracting(Finding::code).containsExactly(Code.SIZE_MISSING);
    }

    private static Optional<PixelSize> size(int width, int height) {
        return Optional.of(new PixelSize(width, height));
    }

    private static ImageInspection inspection(int width, int height, int orientation) {
        return new ImageInspection(Optional.of("00"), Optional.of(new Picture(new PixelSize(width, height), new Orientation(orientation))), Optional.empty());
    }
}

package dev.gleaner.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.format.Sha256;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {

    /** Images with ids from {@code first}, of contents 0, 1, 2 and so on. */
    private static List<Image> images(int count, long first) {
        return IntStream.range(0, count).mapToObj(i -> {
            Image image = new Image(1, i + ".jpg", Path.of("/" + i + ".jpg"), 10, 10, 1,
                    Sha256.of(Integer.toString(i).getBytes(StandardCharsets.US_ASCII)));
            try {
                Field id = Image.class.getDeclaredField("id");
                id.setAccessible(true);
                id.set(image, first + i);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            return image;
        }).toList();
    }

    private static Set<String> names(List<Image> images) {
        return images.stream().map(Image::fileName).collect(Collectors.toSet());
    }

    @Test
    void holdsOutTheFirstInTheOrderOfHashesOfSeedAndContent() {
        List<Image> images = images(4, 100);
        List<Image> inOrder = new ArrayList<>(images);
        inOrder.sort((a, b) -> key(a).compareTo(key(b)));

        assertThat(new Split(0.5, 3).heldOut(images)).containsExactlyInAnyOrder(inOrder.get(0), inOrder.get(1))
                .isSortedAccordingTo((a, b) -> Long.compare(a.id(), b.id()));
    }

    @Test
    void reservesAboutTheFractionAndEachForGood() {
        List<Image> many = images(400, 1);
        Split split = new Split(0.25, 3);
        List<Image> reserved = many.stream().filter(split::reserves).toList();
        assertThat(reserved.size()).isBetween(75, 125);
        // The first of the order of hashes, just as many as lie below the fraction.
        List<Image> inOrder = new ArrayList<>(many);
        inOrder.sort((a, b) -> key(a).compareTo(key(b)));
        assertThat(inOrder.subList(0, reserved.size())).containsExactlyInAnyOrderElementsOf(reserved);
        assertThat(key(inOrder.get(reserved.size() - 1)).compareTo("4")).isNegative();
        assertThat(key(inOrder.get(reserved.size())).compareTo("4")).isPositive();
    }

    private static String key(Image image) {
        return Sha256.of(("3:" + image.sha256()).getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void holdsOutTheSameImagesWhateverTheirIdsAndOrder() {
        List<Image> registeredAnew = new ArrayList<>(images(160, 5000));
        Collections.shuffle(registeredAnew, new Random(1));

        assertThat(names(new Split(0.25, 3).heldOut(registeredAnew))).hasSize(40).isEqualTo(names(new Split(0.25, 3).heldOut(images(160, 1))));
    }

    @Test
    void anotherSeedHoldsOutOthers() {
        Set<String> common = new HashSet<>(names(new Split(0.25, 3).heldOut(images(160, 1))));
        common.retainAll(names(new Split(0.25, 30).heldOut(images(160, 1))));

        assertThat(common).as("about a quarter of 40").hasSizeBetween(1, 25);
    }

    @Test
    void roundsToWholeImages() {
        assertThat(new Split(0.25, 0).heldOut(images(10, 1))).as("2.5").hasSize(3);
        assertThat(new Split(0.01, 0).heldOut(images(10, 1))).isEmpty();
    }

    @Test
    void refusesAllAndNothing() {
        for (double fraction : new double[] {0, 1, -0.5, Double.NaN}) {
            assertThatThrownBy(() -> new Split(fraction, 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("above 0 and below 1");
        }
    }
}

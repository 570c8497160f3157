package dev.gleaner.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCacheTest {

    @TempDir
    private Path folder;

    private static byte[] image(int number) {
        return ("image" + number % 10).getBytes();
    }

    private static Path put(ImageCache cache, byte[] image) throws IOException {
        return cache.put(Files.write(cache.unfinished(), image), Sha256.of(image));
    }

    /** However few it looks at in a time, the same go: those that nobody has used for longest, until a tenth is free. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000})
    void theOldestGoFirstHoweverManyAreLookedAtInATime(int atOnce) throws IOException {
        Instant now = Instant.now();
        ImageCache all = new ImageCache(folder, 1000, atOnce);
        for (int i = 0; i < 9; i++) {
            // In another order than that of their names.
            Files.setLastModifiedTime(put(all, image(i * 7 % 9)), FileTime.from(now.minusSeconds(1000 - i)));
        }

        // Ten images of six bytes: after a tenth is free at most 36 are left.
        put(new ImageCache(folder, 40, atOnce), image(9));

        ImageCache after = new ImageCache(folder, 1000, atOnce);
        assertThat(IntStream.range(0, 9).filter(i -> after.find(Sha256.of(image(i * 7 % 9))).isPresent())).as("by their age").containsExactly(4, 5, 6, 7, 8);
        assertThat(after.find(Sha256.of(image(9)))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void whatWasPutLastStaysThoughItIsTooMuch(int atOnce) throws IOException {
        ImageCache cache = new ImageCache(folder, 3, atOnce);
        put(cache, image(1));
        put(cache, image(2));

        assertThat(cache.find(Sha256.of(image(1)))).isEmpty();
        assertThat(cache.find(Sha256.of(image(2)))).isPresent();
    }
}

package dev.gleaner.inference;

import dev.gleaner.glip.Glip.PreparedImage;
import java.util.Optional;

/** An image ready for the model, or why it cannot be: exactly one of the two is there. */
public record DecodedImage(long id, Optional<PreparedImage> pixels, Optional<String> unusable) {

    static DecodedImage of(long id, PreparedImage pixels) {
        return new DecodedImage(id, Optional.of(pixels), Optional.empty());
    }

    static DecodedImage unusable(long id, String reason) {
        return new DecodedImage(id, Optional.empty(), Optional.of(reason));
    }
}

package dev.gleaner.dataset;

import dev.gleaner.InvalidInput;
import dev.gleaner.format.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A fixed part of a dataset's images that is held out. Which images it takes depends on the seed and the images' bytes alone,
 * so it is the same on every server, and the same after the dataset was registered anew.
 *
 * @param fraction of the images that are held out, rounded to whole images, above 0 and below 1
 * @param seed     another seed holds others out
 */
public record Split(double fraction, long seed) {

    /** @throws InvalidInput if the fraction is out of its range */
    public Split {
        if (!(fraction > 0 && fraction < 1)) {
            throw new InvalidInput("split.fraction", fraction, "a number above 0 and below 1");
        }
    }

    /**
     * Whether the image is one of those that are held out for good, whatever others there are: each is with the probability of the
     * fraction, so that the number of them varies. An image that comes or goes moves no other one to the other side.
     */
    public boolean reserves(Image image) {
        // 52 bits are what a double holds of a share.
        return Long.parseLong(hash(image).substring(0, 13), 16) < fraction * (1L << 52);
    }

    private String hash(Image image) {
        return Sha256.of((seed + ":" + image.sha256()).getBytes(StandardCharsets.US_ASCII));
    }

    private record Place(String hash, Image image) {
    }

    /** The images that are held out, by id; the others are for training. */
    public List<Image> heldOut(Collection<Image> images) {
        return images.stream().map(image -> new Place(hash(image), image))
                .sorted(Comparator.comparing(Place::hash).thenComparing(place -> place.image().fileName()))
                .limit(Math.round(fraction * images.size()))
                .map(Place::image).sorted(Comparator.comparing(Image::id)).toList();
    }
}

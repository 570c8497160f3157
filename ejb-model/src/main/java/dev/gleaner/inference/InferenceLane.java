package dev.gleaner.inference;

import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Glip.PreparedImage;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.modelversion.LoadedModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * The way of a run's images through its model. It tells an image's own fault, which puts the image in quarantine, from a fault
 * that would meet every image, which it throws.
 */
public final class InferenceLane implements AutoCloseable {

    private final LoadedModel model;
    private final List<Prompt> prompts;
    private final Chunking chunking;
    private final Thresholds thresholds;
    private final StoredImages images;

    InferenceLane(LoadedModel model, List<Prompt> prompts, Chunking chunking, Thresholds thresholds, StoredImages images) {
        this.model = model;
        this.prompts = prompts;
        this.chunking = chunking;
        this.thresholds = thresholds;
        this.images = images;
    }

    /** Reads the image and makes it ready; may run on any thread, ahead of {@link #detect}. */
    public DecodedImage decode(PendingImage image) {
        try {
            return DecodedImage.of(image.id(), images.read(image, model::decode));
        } catch (IOException e) {
            return DecodedImage.unusable(image.id(), e.getMessage());
        }
    }

    /**
     * Runs the model. When it fails on the image but still answers for a plain grey one, the image is to blame.
     *
     * @throws RuntimeException if the model fails on anything: the device is gone, or memory is short
     */
    public DetectedImage detect(DecodedImage image) {
        if (image.unusable().isPresent()) {
            return DetectedImage.quarantined(image.id(), image.unusable().get());
        }
        try {
            return DetectedImage.with(image.id(), find(image.pixels().orElseThrow()));
        } catch (RuntimeException failure) {
            if (isShortOfMemory(failure)) {
                throw failure;
            }
            try {
                find(model.decode(plainGrey()));
            } catch (IOException | RuntimeException again) {
                failure.addSuppressed(again);
                throw failure;
            }
            return DetectedImage.quarantined(image.id(), "the model fails on this image: " + failure.getMessage());
        }
    }

    private List<Detection> find(PreparedImage pixels) {
        return model.detect(pixels, prompts, chunking, thresholds);
    }

    /** The allocators of PyTorch say it in words only. */
    private static boolean isShortOfMemory(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("out of memory") || message.contains("can't allocate memory");
    }

    private static byte[] plainGrey() {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return png.toByteArray();
    }

    /** Gives the model back. */
    @Override
    public void close() {
        model.close();
    }
}

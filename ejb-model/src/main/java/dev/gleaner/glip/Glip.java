package dev.gleaner.glip;

import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.PromptDelta;
import dev.gleaner.glip.text.Caption;
import dev.gleaner.glip.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The model's front door: a loaded GLIP on one device.
 *
 * <p>{@link #decode} and {@link #view} may be called from any thread, and are what a reader should do ahead of time; {@link #prepare},
 * {@link #prepareCaption} and {@link #detect} run on the device, one at a time.
 */
public interface Glip extends AutoCloseable {

    /**
     * Loads a bundle (safetensors + config + vocabulary + provenance). On a GPU the network computes in half precision.
     *
     * @param bundle the bundle's folder
     * @param device {@code cpu}, {@code gpu} or {@code gpu:N}
     * @throws IOException if the bundle cannot be read or does not fit its own configuration
     * @throws IllegalArgumentException if there is no such device
     */
    static Glip load(Path bundle, String device) throws IOException {
        return LoadedGlip.load(Bundle.open(bundle), Devices.named(device));
    }

    /**
     * Loads a bundle with a tuned prompt: phrases that the prompt was tuned for are read with what was learnt, whatever else is
     * asked for and in whatever order; all others as without it. {@link PreparedText#tuned} tells how many are.
     *
     * @param delta a file that {@link PromptDelta#write} wrote
     * @throws IOException also if the prompt was tuned for another bundle
     */
    static Glip load(Path bundle, Path delta, String device) throws IOException {
        return LoadedGlip.load(Bundle.open(bundle), PromptDelta.read(delta), Devices.named(device));
    }

    /** @throws IllegalArgumentException if there is no such device, naming those there are */
    static void checkDevice(String device) {
        Devices.named(device);
    }

    /** An image decoded, turned upright, resized and normalised on the CPU; holds no device memory. */
    interface PreparedImage {
        /** Width in pixels of the original after EXIF orientation. */
        int width();

        /** Height in pixels of the original after EXIF orientation. */
        int height();
    }

    /** Prompts or a caption, tokenised and run through the language backbone; good for any number of images. */
    interface PreparedText extends AutoCloseable {
        /** How many of the prompts are read with what prompt tuning has learnt; 0 for a model whose prompt was not tuned. */
        default int tuned() {
            return 0;
        }

        @Override
        void close();
    }

    /** How a long list of prompts is cut to the model's text length. */
    enum Chunking {
        /** Forty categories a chunk, as the official evaluation has it. */
        OFFICIAL,
        /** As many as fit the text length: fewer passes. */
        PACKED
    }

    /**
     * Decodes an encoded image (JPEG, PNG, ...), applies its EXIF orientation, resizes and normalises it.
     *
     * @throws IOException if the bytes are no image this machine can read
     */
    PreparedImage decode(byte[] encoded) throws IOException;

    /**
     * Another view of an image that is decoded already, as test-time augmentation has it. The plain view (not mirrored, scale 1) is what
     * {@link #decode} gives. Detections in a mirrored view are in pixels of the mirrored original.
     *
     * @param image upright
     * @param scale of the sides, relative to the size that the model reads images in
     */
    PreparedImage view(RgbImage image, boolean mirrored, double scale);

    /**
     * Tokenises the prompts in chunks and runs the language backbone once for each. For a model of fixed classes
     * ({@link GlipConfig#hasFixedClasses}) a prompt stands for the class that its phrase names, or else its category.
     *
     * @throws IllegalArgumentException naming the prompt that cannot be read, or that names none of the fixed classes
     */
    PreparedText prepare(List<Prompt> prompts, Chunking chunking);

    /**
     * Finds the noun phrases of a free caption and runs the language backbone.
     *
     * @throws IllegalArgumentException if it names nothing or is too long, or the model has fixed classes
     */
    PreparedText prepareCaption(String caption);

    /**
     * Runs the language backbone over a caption whose phrases are known. Detections carry the text of a phrase, so phrases of one
     * caption need different texts to be told apart.
     */
    PreparedText prepareCaption(Caption caption);

    /**
     * Detections above the thresholds, best first. Several prompts of one category, whether they share a chunk or not, find
     * a thing once: of their boxes that overlap by more than the model's suppression threshold the best is kept. Each chunk
     * brings at most as many detections as the model's configuration allows an image.
     */
    List<Detection> detect(PreparedImage image, PreparedText text, Thresholds thresholds);

    @Override
    void close();
}

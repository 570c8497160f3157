package dev.gleaner.platform;

import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Sha256;
import dev.gleaner.glip.Box;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What is proposed for a task.
 *
 * @param modelVersion by whom, as {@link PlatformModels#versionName} has it
 * @param boxes        may be none: then the model found nothing
 */
public record PlatformPrediction(String task, String modelVersion, List<ProposedBox> boxes) {

    /**
     * A box that a model proposes.
     *
     * @param image one of {@link LabelingPlatform#images}
     * @param size  of that image, upright
     * @param label one of {@link LabelingPlatform#labels}
     * @param box   in upright pixels
     * @param score 0 to 1
     */
    public record ProposedBox(String image, PixelSize size, String label, Box box, double score) {
    }

    /** The same whenever the same is to be sent; another label configuration may want it in other words. */
    String digest(PlatformProject project) {
        return Sha256.of((this + " " + project.labelConfig().orElse("")).getBytes(StandardCharsets.UTF_8));
    }
}

package dev.gleaner.labeling;

import dev.gleaner.InvalidInput;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip.PreparedImage;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.ClassNames;
import dev.gleaner.modelversion.LoadedModel;
import dev.gleaner.modelversion.ModelRuntime;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;

/** Tries prompts on one image: what a run would propose, without storing anything. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DetectService {

    @Inject
    private ModelVersionService models;
    @Inject
    private ProjectService projects;
    @Inject
    private ModelRuntime runtime;

    /**
     * Detections of the prompts, best first: the same numbers that a run with the same model version, prompts and thresholds
     * would write for this image.
     *
     * @param image        an encoded image
     * @param modelVersion the model version's id; null for the champion of the default project
     * @param thresholds   null for {@link LabelingRules#DEFAULT_THRESHOLD} everywhere
     * @throws InvalidInput if the image cannot be decoded, there is no such model version, or prompts or thresholds are not as
     *                      {@link LabelingRunService#create} wants them
     */
    @PermitAll
    public List<Detection> detect(byte[] image, Long modelVersion, List<Prompt> prompts, Thresholds thresholds) {
        Thresholds kept = orDefault(thresholds);
        LabelingRules.checkPrompts(prompts, kept);
        ModelVersion version = chosen(modelVersion);
        LabelingRules.checkClasses(prompts, models.classes(version));
        try (LoadedModel model = runtime.open(version)) {
            return model.detect(decode(model, image), prompts, kept);
        }
    }

    /**
     * Detections of the caption's noun phrases, best first; each is its own category.
     *
     * @param thresholds null for {@link LabelingRules#DEFAULT_THRESHOLD}; only {@code default} may be given
     * @throws InvalidInput if the caption is blank or the model has fixed classes, or as for prompts
     */
    @PermitAll
    public List<Detection> detect(byte[] image, Long modelVersion, String caption, Thresholds thresholds) {
        Thresholds kept = orDefault(thresholds);
        LabelingRules.checkCaption(caption, kept);
        ModelVersion version = chosen(modelVersion);
        List<String> classes = models.classes(version);
        if (!classes.isEmpty()) {
            throw new InvalidInput("caption", caption, "prompts that name classes of the model, which reads no text: " + new ClassNames(classes));
        }
        try (LoadedModel model = runtime.open(version)) {
            return model.detect(decode(model, image), caption, kept);
        }
    }

    private static Thresholds orDefault(Thresholds thresholds) {
        return thresholds == null ? Thresholds.all(LabelingRules.DEFAULT_THRESHOLD) : thresholds;
    }

    private ModelVersion chosen(Long modelVersion) {
        return modelVersion == null ? models.chosen(null, projects.named(Project.DEFAULT).id()) : models.chosen(modelVersion);
    }

    private static PreparedImage decode(LoadedModel model, byte[] image) {
        if (image == null || image.length == 0) {
            throw new InvalidInput("image", null, "an encoded image");
        }
        try {
            return model.decode(image);
        } catch (IOException | RuntimeException e) {
            // Decoders meet broken files with all sorts of exceptions.
            throw new InvalidInput("image", image.length + " bytes", "an image that can be decoded; " + e.getMessage());
        }
    }
}

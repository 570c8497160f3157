package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.labeling.DetectService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** Tries a prompt on one image. */
@Path("detect")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class DetectResource {

    private static final int MOST_BYTES = 64 << 20;

    public record DetectionJson(String category, String phrase, List<Double> bbox, double score) {

        static DetectionJson of(Detection detection) {
            return new DetectionJson(detection.category(), detection.phrase(), AnnotationJson.bbox(detection.box()), detection.score());
        }
    }

    public record Found(List<DetectionJson> detections) {
    }

    @Inject
    private DetectService detector;
    @Inject
    private DatasetService datasets;

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Found detect(List<EntityPart> parts) {
        Form form = new Form(parts, "image", "imageId", "modelVersion", "prompts", "caption", "thresholds");
        Long modelVersion = form.id("modelVersion");
        Thresholds thresholds = form.read("thresholds", PromptJson::thresholdsPart);
        List<Prompt> prompts = form.read("prompts", PromptJson::readPart);
        String caption = form.text("caption");
        if (prompts != null && caption != null) {
            throw new InvalidInput("caption", caption, "either prompts or a caption");
        }
        byte[] image = image(form);
        List<Detection> found = caption == null ? detector.detect(image, modelVersion, prompts, thresholds)
                : detector.detect(image, modelVersion, caption, thresholds);
        return new Found(found.stream().map(DetectionJson::of).toList());
    }

    private byte[] image(Form form) {
        Long id = form.id("imageId");
        if (id == null) {
            return form.bytes("image", MOST_BYTES);
        }
        if (form.has("image")) {
            throw new InvalidInput("imageId", id, "either an image or the id of one");
        }
        try {
            return Files.readAllBytes(datasets.file(id));
        } catch (NotFound e) {
            throw new InvalidInput("imageId", id, "the id of an image of a dataset, whose file is there");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.gleaner.scene;

import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.vision.RgbImage;
import java.util.List;

/**
 * A drawn image and what is in it.
 *
 * @param objects from the back to the front
 * @param hidden  {@code hidden[front][back]}: the share of the pixels of one thing that another one is seen in place of; not copied
 */
public record Scene(RgbImage image, List<SceneObject> objects, double[][] hidden) {

    public Scene {
        objects = List.copyOf(objects);
    }

    /** The truth for detection: each thing under its kind, with all kinds of the domain as categories. */
    public DetectionExample detection(Domain domain) {
        return new DetectionExample(image,
                objects.stream().map(object -> new TargetBox(object.box(), domain.kinds().indexOf(object.kind()))).toList(),
                domain.kinds().stream().map(Kind::word).toList());
    }
}

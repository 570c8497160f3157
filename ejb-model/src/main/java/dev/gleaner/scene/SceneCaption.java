package dev.gleaner.scene;

import dev.gleaner.glip.text.Span;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import java.util.ArrayList;
import java.util.List;

/**
 * What a caption says of a scene: true, and without doubt.
 *
 * @param text    one or two sentences, or a list
 * @param phrases in the order of the text; no two have the same words
 */
public record SceneCaption(String text, List<Phrase> phrases) {

    /** How a phrase names what it names. */
    public enum Type {
        /** One thing, by what it looks like. */
        ONE,
        /** One thing among several that look as the phrase says: the rest of the sentence tells which, as in "left of the blue square". */
        RELATED,
        /** Several things. */
        GROUP,
        /** Nothing in the scene. */
        ABSENT
    }

    /**
     * A noun phrase.
     *
     * @param span    its place in the text, the article included
     * @param objects numbers of the things in the scene that it names
     */
    public record Phrase(Span span, Type type, List<Integer> objects) {

        public Phrase {
            objects = List.copyOf(objects);
        }
    }

    public SceneCaption {
        phrases = List.copyOf(phrases);
    }

    /** The words of a phrase. */
    public String words(Phrase phrase) {
        return text.substring(phrase.span.start(), phrase.span.end());
    }

    /** The truth for grounding. */
    public GroundingExample example(Scene scene) {
        RgbImage image = scene.image();
        List<TargetBox> boxes = new ArrayList<>();
        for (int i = 0; i < phrases.size(); i++) {
            for (int object : phrases.get(i).objects) {
                boxes.add(new TargetBox(scene.objects().get(object).box(), i));
            }
        }
        return new GroundingExample(image, text, boxes, phrases.stream().map(phrase -> List.of(phrase.span)).toList());
    }
}

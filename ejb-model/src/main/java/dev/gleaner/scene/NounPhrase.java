package dev.gleaner.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Words for things by what they look like, as "small striped red circle". It names all things that have every one of these
 * properties. Null stands for a property that is not spoken of.
 */
record NounPhrase(Size size, Texture texture, Hue color, Kind kind) {

    /** What a thing of any kind is called. */
    static final String ANY = "thing";

    /** Everything that can be said of a thing. */
    static NounPhrase of(SceneObject object) {
        return new NounPhrase(object.size() == Size.MEDIUM ? null : object.size(), object.texture(), object.color(), object.kind());
    }

    boolean names(SceneObject object) {
        return (size == null || size == object.size()) && (texture == null || texture == object.texture())
                && (color == null || color == object.color()) && (kind == null || kind == object.kind());
    }

    /** The numbers of the things it names. */
    List<Integer> named(Scene scene) {
        List<Integer> named = new ArrayList<>();
        for (int i = 0; i < scene.objects().size(); i++) {
            if (names(scene.objects().get(i))) {
                named.add(i);
            }
        }
        return named;
    }

    String one() {
        return words(Kind::word, ANY);
    }

    String several() {
        return words(Kind::plural, ANY + "s");
    }

    private String words(Function<Kind, String> noun, String any) {
        List<String> words = new ArrayList<>();
        if (size != null) {
            size.word().ifPresent(words::add);
        }
        if (texture != null) {
            words.add(texture.word());
        }
        if (color != null) {
            words.add(color.word());
        }
        words.add(kind == null ? any : noun.apply(kind));
        return String.join(" ", words);
    }
}

package dev.gleaner.scene;

import java.util.Arrays;
import java.util.List;

/** What a scene is made of. */
public enum Domain {

    /** What training shows. */
    TRAINED(Kind.TRAINED, List.of(Texture.PLAIN, Texture.SHADED, Texture.STRIPED, Texture.DOTTED, Texture.CHECKED, Texture.STRIPED, Texture.DOTTED,
            Texture.CHECKED, Texture.STRIPED, Texture.DOTTED, Texture.CHECKED)),

    /** What is easiest to begin with: the same things in one colour each, without clutter between them. */
    PLAIN(Kind.TRAINED, List.of(Texture.PLAIN, Texture.SHADED)),

    /** Other textures and backgrounds, more noise, less contrast, and two kinds of things that training never shows. */
    SHIFTED(Arrays.asList(Kind.values()), List.of(Texture.PLAIN, Texture.STRIPED, Texture.WAVY, Texture.SPECKLED, Texture.WAVY, Texture.SPECKLED));

    private final List<Kind> kinds;
    private final List<Texture> textures;

    Domain(List<Kind> kinds, List<Texture> textures) {
        this.kinds = List.copyOf(kinds);
        this.textures = List.copyOf(textures);
    }

    /** Kinds of things, all equally frequent: the categories, in this order. */
    public List<Kind> kinds() {
        return kinds;
    }

    /** One is drawn for each thing that is not too small for it; plain ones are easiest to find, and so come less often. */
    List<Texture> textures() {
        return textures;
    }
}

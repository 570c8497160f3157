package dev.gleaner.scene;

/**
 * Which compositions of texture, colour and kind a scene may show. A fifth of all is held out of training, chosen by a hash, so that a
 * test shows compositions that were never seen, of words that were.
 */
public enum Compositions {
    SEEN, HELD_OUT, ALL;

    /** Whether a composition is kept from training. */
    public static boolean isHeldOut(Texture texture, Hue color, Kind kind) {
        int hash = 0x811C9DC5;
        for (char c : (texture.word() + " " + color.word() + " " + kind.word()).toCharArray()) {
            hash = (hash ^ c) * 0x01000193;
        }
        // The last bits of FNV-1a are its worst.
        return (hash ^ hash >>> 15) * 0x9E3779B9 >>> 16 < (1 << 16) / 5;
    }

    boolean allows(Texture texture, Hue color, Kind kind) {
        return this == ALL || isHeldOut(texture, color, kind) == (this == HELD_OUT);
    }
}

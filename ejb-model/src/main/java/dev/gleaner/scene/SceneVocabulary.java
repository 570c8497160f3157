package dev.gleaner.scene;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The word pieces of a model that reads about scenes: BERT's special tokens, signs and letters to spell other words with, and every
 * word of categories and captions.
 */
public final class SceneVocabulary {

    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    /** Words without a picture, and common ones that a later training may give a meaning. */
    private static final String OTHERS = "the a an and of to is are that which with in on at it no not all some one picture photo image scene there we "
            + "see thing things object objects shape shapes left right above below under over inside front behind near next between top bottom middle "
            + "big tiny grey cyan violet gold silver dark bright leftmost rightmost person people man woman child dog cat bird animal raccoon";

    private SceneVocabulary() {
    }

    /** One token a line of the vocabulary file, a token's id being its place. */
    public static List<String> tokens() {
        Set<String> tokens = new LinkedHashSet<>(SPECIAL);
        IntStream.rangeClosed('!', '~').filter(c -> !Character.isUpperCase(c)).mapToObj(Character::toString).forEach(tokens::add);
        IntStream.rangeClosed('!', '~').filter(c -> Character.isLowerCase(c) || Character.isDigit(c))
                .mapToObj(c -> "##" + Character.toString(c)).forEach(tokens::add);
        for (Kind kind : Kind.values()) {
            tokens.add(kind.word());
            tokens.add(kind.plural());
        }
        Arrays.stream(Hue.values()).map(Hue::word).forEach(tokens::add);
        Arrays.stream(Texture.values()).map(Texture::word).forEach(tokens::add);
        Arrays.stream(Size.values()).flatMap(size -> size.word().stream()).forEach(tokens::add);
        tokens.addAll(CaptionWriter.NUMBERS);
        tokens.addAll(List.of(OTHERS.split(" ")));
        tokens.add("##s");
        return List.copyOf(tokens);
    }
}

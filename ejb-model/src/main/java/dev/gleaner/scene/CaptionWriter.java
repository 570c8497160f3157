package dev.gleaner.scene;

import dev.gleaner.glip.text.Span;
import dev.gleaner.scene.SceneCaption.Phrase;
import dev.gleaner.scene.SceneCaption.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Writes captions about one scene. */
public final class CaptionWriter {

    static final List<String> NUMBERS = List.of("two", "three", "four", "five");
    static final List<String> BEGINNINGS = List.of("there is ", "a picture of ", "we see ", "a photo of ");

    private static final int MOST_CLAUSES = 4;
    private static final int TRIES = 20;

    private final Scene scene;
    private final RandomGenerator random;
    private final StringBuilder text = new StringBuilder();
    private final List<Phrase> phrases = new ArrayList<>();
    private final Set<String> said = new HashSet<>();

    private CaptionWriter(Scene scene, RandomGenerator random) {
        this.scene = scene;
        this.random = random;
    }

    /** Writes a caption of one to four clauses. The same scene and state of the generator give the same caption. */
    public static SceneCaption write(Scene scene, RandomGenerator random) {
        return new CaptionWriter(scene, random).caption();
    }

    /** A piece of a clause: words, and what they name if they are a noun phrase. */
    private record Piece(String words, Type type, List<Integer> objects) {

        static Piece link(String words) {
            return new Piece(words, null, List.of());
        }
    }

    private SceneCaption caption() {
        int wanted = 1 + random.nextInt(MOST_CLAUSES);
        List<List<Piece>> clauses = new ArrayList<>();
        for (int i = 0; i < TRIES && clauses.size() < wanted; i++) {
            clause().filter(this::isNew).ifPresent(clauses::add);
        }
        if (clauses.isEmpty()) {
            clauses.add(List.of(absent().orElseThrow()));
        }
        boolean list = random.nextInt(3) == 0;
        if (!list && random.nextInt(4) == 0) {
            text.append(BEGINNINGS.get(random.nextInt(BEGINNINGS.size())));
        }
        for (int i = 0; i < clauses.size(); i++) {
            if (i > 0) {
                text.append(list ? ". " : i + 1 == clauses.size() ? " and " : ", ");
            }
            clauses.get(i).forEach(this::append);
        }
        if (!list) {
            text.append('.');
        }
        return new SceneCaption(text.toString(), phrases);
    }

    private void append(Piece piece) {
        if (piece.type != null) {
            phrases.add(new Phrase(new Span(text.length(), text.length() + piece.words.length()), piece.type, piece.objects));
        }
        text.append(piece.words);
    }

    /** Whether its noun phrases were not said before, with or without an article; from now on they were. */
    private boolean isNew(List<Piece> clause) {
        Set<String> words = new HashSet<>(said);
        for (Piece piece : clause) {
            if (piece.type != null && !words.add(piece.words.replaceFirst("^(the|a|an) ", ""))) {
                return false;
            }
        }
        said.addAll(words);
        return true;
    }

    private Optional<List<Piece>> clause() {
        return switch (random.nextInt(20)) {
            case 0, 1 -> absent().map(List::of);
            case 2, 3, 4 -> group().map(List::of);
            case 5, 6, 7, 8, 9, 10 -> related();
            default -> one().map(List::of);
        };
    }

    private int any() {
        return random.nextInt(scene.objects().size());
    }

    /** Some of what can be said of a thing. */
    private NounPhrase some(NounPhrase all) {
        return new NounPhrase(random.nextInt(3) == 0 ? all.size() : null, random.nextInt(3) == 0 ? all.texture() : null,
                random.nextInt(3) > 0 ? all.color() : null, random.nextInt(8) > 0 ? all.kind() : null);
    }

    /** Little enough of it that others may look alike. */
    private NounPhrase little(NounPhrase all) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> new NounPhrase(null, null, null, all.kind());
            case 2, 3 -> new NounPhrase(null, null, all.color(), null);
            default -> new NounPhrase(all.size(), all.texture(), null, null);
        };
    }

    private String article(NounPhrase phrase, boolean definite) {
        String words = phrase.one();
        return switch (definite ? 0 : random.nextInt(3)) {
            case 0 -> "the " + words;
            case 1 -> ("aeiou".indexOf(words.charAt(0)) >= 0 ? "an " : "a ") + words;
            default -> words;
        };
    }

    /** The least that is said about this thing and no other; empty if others look just alike. */
    private Optional<NounPhrase> unique(int object) {
        for (int i = 0; i < TRIES; i++) {
            NounPhrase phrase = some(NounPhrase.of(scene.objects().get(object)));
            if (phrase.named(scene).size() == 1) {
                return Optional.of(phrase);
            }
        }
        NounPhrase all = NounPhrase.of(scene.objects().get(object));
        return all.named(scene).size() == 1 ? Optional.of(all) : Optional.empty();
    }

    private Optional<Piece> one() {
        int object = any();
        return unique(object).map(phrase -> new Piece(article(phrase, false), Type.ONE, List.of(object)));
    }

    private Optional<Piece> group() {
        for (int i = 0; i < TRIES; i++) {
            NounPhrase phrase = some(NounPhrase.of(scene.objects().get(any())));
            List<Integer> named = phrase.named(scene);
            if (named.size() > 1 && named.size() < NUMBERS.size() + 2) {
                String words = switch (random.nextInt(3)) {
                    case 0 -> "the " + phrase.several();
                    case 1 -> NUMBERS.get(named.size() - 2) + " " + phrase.several();
                    default -> phrase.several();
                };
                return Optional.of(new Piece(words, Type.GROUP, named));
            }
        }
        return Optional.empty();
    }

    /** What could be there and is not: a thing of the scene with one property changed. */
    private Optional<Piece> absent() {
        for (int i = 0; i < TRIES; i++) {
            SceneObject object = scene.objects().get(any());
            SceneObject other = scene.objects().get(any());
            NounPhrase phrase = some(switch (random.nextInt(3)) {
                case 0 -> new NounPhrase(null, object.texture(), Hue.values()[random.nextInt(Hue.values().length)], object.kind());
                case 1 -> new NounPhrase(null, object.texture(), object.color(), Kind.TRAINED.get(random.nextInt(Kind.TRAINED.size())));
                default -> new NounPhrase(other.size(), other.texture(), object.color(), other.kind());
            });
            if (phrase.kind() != null && phrase.named(scene).isEmpty()) {
                return Optional.of(new Piece(article(phrase, false), Type.ABSENT, List.of()));
            }
        }
        return Optional.empty();
    }

    private Optional<List<Piece>> related() {
        // A relation that tells one of several apart is what is wanted; one that only adds to a phrase does as well.
        for (int i = 0; i < 2 * TRIES; i++) {
            Relation relation = Relation.values()[random.nextInt(Relation.values().length)];
            int landmark = any();
            NounPhrase all = NounPhrase.of(scene.objects().get(any()));
            NounPhrase thing = i < TRIES ? little(all) : some(all);
            List<Integer> named = thing.named(scene);
            Optional<NounPhrase> where = unique(landmark);
            if (named.contains(landmark) || where.isEmpty() || named.size() < 2 && i < TRIES) {
                continue;
            }
            List<Integer> there = named.stream().filter(object -> relation.holds(scene, object, landmark)).toList();
            boolean doubtful = named.stream().anyMatch(object -> !there.contains(object) && !relation.isOut(scene, object, landmark));
            if (there.size() == 1 && !doubtful) {
                String link = relation.words().get(random.nextInt(relation.words().size()));
                return Optional.of(List.of(
                        new Piece(article(thing, true), named.size() > 1 ? Type.RELATED : Type.ONE, there),
                        Piece.link((random.nextInt(4) == 0 ? " that is " : " ") + link + " "),
                        new Piece(article(where.get(), true), Type.ONE, List.of(landmark))));
            }
        }
        return Optional.empty();
    }
}

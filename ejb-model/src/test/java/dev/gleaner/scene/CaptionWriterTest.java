package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.Encoding;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.GroundingExample;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.scene.SceneCaption.Phrase;
import dev.gleaner.scene.SceneCaption.Type;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Captions, read word by word and compared with the scene they were written for. */
class CaptionWriterTest {

    private static final int CAPTIONS = 1500;

    /** A caption with its scene. */
    private record Case(Scene scene, SceneCaption caption) {
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < CAPTIONS / 5; i++) {
            Scene scene = Scenes.draw(i % 2 == 0 ? SceneSettings.TRAINING : SceneSettings.SHIFTED, 8, i);
            for (int j = 0; j < 5; j++) {
                cases.add(new Case(scene, CaptionWriter.write(scene, new SplittableRandom(5L * i + j))));
            }
        }
        return cases;
    }

    private final List<Case> cases = cases();

    @Test
    void everyPhraseNamesAllThatItsWordsFitAndNothingElse() {
        Map<Type, Integer> types = new EnumMap<>(Type.class);
        for (Case one : cases) {
            List<Phrase> phrases = one.caption.phrases();
            for (int i = 0; i < phrases.size(); i++) {
                Phrase phrase = phrases.get(i);
                types.merge(phrase.type(), 1, Integer::sum);
                Set<Integer> fitting = fitting(one.scene, one.caption.words(phrase));
                if (phrase.type() == Type.RELATED) {
                    assertThat(fitting).as(one.caption.text()).hasSizeGreaterThan(1);
                    assertThat(fitting).containsAll(phrase.objects());
                    assertThat(phrase.objects()).hasSize(1);
                    assertThat(relation(one.caption, i)).as(one.caption.text()).isNotEmpty();
                } else {
                    assertThat(new TreeSet<>(phrase.objects())).as("%s: %s", one.caption.text(), one.caption.words(phrase)).isEqualTo(fitting);
                    assertThat(phrase.objects()).hasSize(switch (phrase.type()) {
                        case ABSENT -> 0;
                        case ONE -> 1;
                        default -> phrase.objects().size();
                    });
                    assertThat(phrase.type() == Type.GROUP).isEqualTo(phrase.objects().size() > 1);
                }
            }
        }
        assertThat(types.values()).hasSize(Type.values().length).allSatisfy(count -> assertThat(count).isGreaterThan(CAPTIONS / 10));
    }

    /** Numbers of the things that have every property of some words. */
    private static Set<Integer> fitting(Scene scene, String words) {
        Set<Integer> fitting = new TreeSet<>();
        for (int i = 0; i < scene.objects().size(); i++) {
            SceneObject object = scene.objects().get(i);
            Set<String> properties = new HashSet<>(List.of("the", "a", "an", "thing", "things", object.kind().word(), object.kind().plural(),
                    object.color().name().toLowerCase(Locale.ROOT), object.texture().name().toLowerCase(Locale.ROOT),
                    object.size().name().toLowerCase(Locale.ROOT), "two", "three", "four", "five"));
            if (properties.containsAll(Arrays.asList(words.split(" ")))) {
                fitting.add(i);
            }
        }
        List<String> numbers = List.of("none", "one", "two", "three", "four", "five");
        if (numbers.contains(words.split(" ")[0])) {
            assertThat(numbers.get(fitting.size())).isEqualTo(words.split(" ")[0]);
        }
        return fitting;
    }

    /** What stands between a phrase and the next one. */
    private static String relation(SceneCaption caption, int phrase) {
        if (phrase + 1 == caption.phrases().size()) {
            return "";
        }
        return caption.text().substring(caption.phrases().get(phrase).span().end(), caption.phrases().get(phrase + 1).span().start())
                .replace("that is", "").replace("to the", "").strip();
    }

    @Test
    void relationsHoldForTheThingAndForNoOtherThatLooksLikeIt() {
        Set<String> met = new TreeSet<>();
        for (Case one : cases) {
            for (int i = 0; i + 1 < one.caption.phrases().size(); i++) {
                String relation = relation(one.caption, i);
                if (!relation.equals("and") && !relation.equals(",") && !relation.equals(".")) {
                    met.add(relation);
                    Phrase thing = one.caption.phrases().get(i);
                    int landmark = one.caption.phrases().get(i + 1).objects().get(0);
                    for (int other : fitting(one.scene, one.caption.words(thing))) {
                        assertThat(isSo(relation, one.scene, other, landmark)).as("%s, thing %d", one.caption.text(), other)
                                .isEqualTo(thing.objects().contains(other));
                    }
                }
            }
        }
        assertThat(met).containsExactly("above", "behind", "below", "in front of", "inside", "left of", "right of", "under");
    }

    /** As a person would say it, without the margins. */
    private static boolean isSo(String relation, Scene scene, int thing, int landmark) {
        Box box = scene.objects().get(thing).box();
        Box there = scene.objects().get(landmark).box();
        double across = box.x() + box.width() / 2 - there.x() - there.width() / 2;
        double down = box.y() + box.height() / 2 - there.y() - there.height() / 2;
        return switch (relation) {
            case "left of" -> across < 0;
            case "right of" -> across > 0;
            case "above" -> down < 0;
            case "below", "under" -> down > 0;
            case "inside" -> box.intersection(there) > 0.99 * box.area();
            case "in front of" -> scene.hidden()[thing][landmark] > 0;
            case "behind" -> scene.hidden()[landmark][thing] > 0;
            default -> throw new AssertionError("relation: " + relation);
        };
    }

    @Test
    void noTwoPhrasesOfACaptionHaveTheSameWords() {
        assertThat(cases).allSatisfy(one -> assertThat(one.caption.phrases().stream().map(one.caption::words).toList()).doesNotHaveDuplicates());
    }

    @Test
    void everyWordIsATokenAndNoCaptionIsLong() throws IOException {
        BertTokenizer tokenizer = BertTokenizer.read(new BufferedReader(new StringReader(String.join("\n", SceneVocabulary.tokens()))));
        int longest = 0;
        for (Case one : cases) {
            Encoding encoding = tokenizer.encode(one.caption.text());
            assertThat(encoding.length() - 2).as(one.caption.text()).isEqualTo(one.caption.text().split("(?<=\\w)(?=[.,])| +").length);
            longest = Math.max(longest, encoding.length());
        }
        assertThat(longest).isBetween(30, 90);
        assertThat(SceneVocabulary.tokens()).hasSizeBetween(200, 600).doesNotHaveDuplicates();
    }

    @Test
    void aSceneOfTwoThingsIsDescribedAsItIs() {
        Scene scene = new Scene(new RgbImage(100, 80, new byte[3 * 100 * 80]), List.of(
                new SceneObject(Kind.CIRCLE, Hue.RED, Texture.STRIPED, Size.SMALL, Box.xywh(5, 30, 20, 20), 1),
                new SceneObject(Kind.SQUARE, Hue.BLUE, Texture.PLAIN, Size.MEDIUM, Box.xywh(40, 20, 52, 52), 1)), new double[2][2]);
        assertThat(NounPhrase.of(scene.objects().get(0)).one()).isEqualTo("small striped red circle");
        assertThat(NounPhrase.of(scene.objects().get(1)).several()).isEqualTo("plain blue squares");
        assertThat(new NounPhrase(null, null, null, null).named(scene)).containsExactly(0, 1);
        assertThat(Relation.LEFT.holds(scene, 0, 1)).isTrue();
        assertThat(Relation.RIGHT.isOut(scene, 0, 1)).isTrue();
        assertThat(Relation.ABOVE.holds(scene, 0, 1)).isFalse();
        for (int seed = 0; seed < 50; seed++) {
            SceneCaption caption = CaptionWriter.write(scene, new SplittableRandom(seed));
            GroundingExample example = caption.example(scene);
            assertThat(example.phrases()).hasSameSizeAs(caption.phrases());
            for (TargetBox box : example.boxes()) {
                String words = caption.words(caption.phrases().get(box.label()));
                boolean circle = box.box().equals(scene.objects().get(0).box());
                assertThat(words).doesNotContain(circle ? "square" : "circle").doesNotContain(circle ? "blue" : "red");
            }
        }
    }
}

package dev.gleaner.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.train.TargetBox;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ScenesTest {

    private static final int COUNT = 400;
    private static List<Scene> scenes;

    @BeforeAll
    static void draw() {
        scenes = IntStream.range(0, COUNT).mapToObj(i -> Scenes.draw(SceneSettings.TRAINING, 3, i)).toList();
    }

    @Test
    void imagesAreTheSameOnEveryMachine() throws NoSuchAlgorithmException {
        assertThat(hash(SceneSettings.TRAINING)).isEqualTo("d11c55fd4d2e4622");
        assertThat(hash(SceneSettings.SHIFTED)).isEqualTo("b3ac198f6917e03b");
    }

    private static String hash(SceneSettings settings) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 40; i++) {
            Scene scene = Scenes.draw(settings, 11, i);
            digest.update(scene.image().rgb());
            digest.update(scene.objects().toString().getBytes(StandardCharsets.UTF_8));
            digest.update(SceneMeasure.caption(scene, 11, i).toString().getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    @Test
    void anotherSeedIsAnotherScene() {
        assertThat(Scenes.draw(SceneSettings.TRAINING, 4, 0).image().rgb()).isNotEqualTo(scenes.get(0).image().rgb());
        assertThat(scenes.get(1).image().rgb()).isNotEqualTo(scenes.get(0).image().rgb());
    }

    @Test
    void fiveToFifteenThingsOfTwelveToTwoHundredPixels() {
        for (Scene scene : scenes) {
            assertThat(scene.objects()).hasSizeBetween(5, 15);
            for (SceneObject object : scene.objects()) {
                Box box = object.box();
                assertThat(Math.max(box.width(), box.height())).as("%s", object).isBetween(12.0, 200.0);
                assertThat(box.x()).isNotNegative();
                assertThat(box.y()).isNotNegative();
                assertThat(box.x2Inclusive()).isLessThan(scene.image().width());
                assertThat(box.y2Inclusive()).isLessThan(scene.image().height());
                assertThat(object.visible()).isBetween(0.5, 1.0);
            }
        }
        assertThat(scenes.stream().mapToInt(scene -> scene.objects().size()).distinct().count()).isEqualTo(11);
    }

    @Test
    void allKindsColorsTexturesAndSizesAreFrequent() {
        Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
        Map<Hue, Integer> colors = new EnumMap<>(Hue.class);
        Map<Texture, Integer> textures = new EnumMap<>(Texture.class);
        Map<Size, Integer> sizes = new EnumMap<>(Size.class);
        for (SceneObject object : scenes.stream().flatMap(scene -> scene.objects().stream()).toList()) {
            kinds.merge(object.kind(), 1, Integer::sum);
            colors.merge(object.color(), 1, Integer::sum);
            textures.merge(object.texture(), 1, Integer::sum);
            sizes.merge(object.size(), 1, Integer::sum);
        }
        double things = kinds.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(kinds.keySet()).containsExactlyElementsOf(Kind.TRAINED).hasSizeGreaterThanOrEqualTo(20);
        assertThat(kinds.values()).allSatisfy(count -> assertThat(count / things * Kind.TRAINED.size()).isBetween(0.7, 1.3));
        assertThat(colors.keySet()).hasSize(Hue.values().length);
        assertThat(colors.values()).allSatisfy(count -> assertThat(count / things * Hue.values().length).isBetween(0.75, 1.25));
        assertThat(textures.keySet()).containsExactlyElementsOf(Texture.TRAINED);
        assertThat(textures.values()).allSatisfy(count -> assertThat(count / things).isGreaterThan(0.06));
        assertThat(sizes.values()).hasSize(3).allSatisfy(count -> assertThat(count / things).isGreaterThan(0.15));
    }

    @Test
    void someThingsAreHiddenInPart() {
        long partly = scenes.stream().flatMap(scene -> scene.objects().stream()).filter(object -> object.visible() < 0.9).count();
        long all = scenes.stream().mapToLong(scene -> scene.objects().size()).sum();
        assertThat(partly / (double) all).isBetween(0.1, 0.6);
    }

    @Test
    void heldOutCompositionsAreNotInTrainingAndNothingElseIsInTheTest() {
        assertThat(scenes).allSatisfy(scene -> assertThat(scene.objects()).noneMatch(ScenesTest::isHeldOut));
        for (int i = 0; i < 50; i++) {
            assertThat(Scenes.draw(SceneSettings.TEST, 3, i).objects()).allMatch(ScenesTest::isHeldOut);
        }
    }

    private static boolean isHeldOut(SceneObject object) {
        return Compositions.isHeldOut(object.texture(), object.color(), object.kind());
    }

    @Test
    void everyPairOfWordsIsSeenAndAFifthOfTheCompositionsIsNot() {
        int heldOut = 0;
        int all = 0;
        for (Kind kind : Kind.TRAINED) {
            for (Hue color : Hue.values()) {
                all += Texture.TRAINED.size();
                long out = Texture.TRAINED.stream().filter(texture -> Compositions.isHeldOut(texture, color, kind)).count();
                heldOut += out;
                assertThat(out).as("%s %s", color, kind).isLessThan(Texture.TRAINED.size());
            }
        }
        assertThat(heldOut / (double) all).isBetween(0.17, 0.23);
    }

    @Test
    void shiftedScenesShowWhatTrainingNeverShows() {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        Set<Texture> textures = EnumSet.noneOf(Texture.class);
        for (int i = 0; i < 60; i++) {
            for (SceneObject object : Scenes.draw(SceneSettings.SHIFTED, 3, i).objects()) {
                kinds.add(object.kind());
                textures.add(object.texture());
            }
        }
        assertThat(kinds).hasSize(Kind.values().length);
        assertThat(textures).contains(Texture.WAVY, Texture.SPECKLED).doesNotContain(Texture.DOTTED, Texture.CHECKED);
    }

    @Test
    void otherSizesOfImagesWork() {
        Scene scene = Scenes.draw(new SceneSettings(480, 200, Domain.TRAINED, Compositions.ALL, 5, 15), 3, 0);
        assertThat(scene.image().width()).isEqualTo(480);
        assertThat(scene.image().height()).isEqualTo(200);
        assertThat(scene.objects()).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void aDetectionExampleListsAllKindsAndEachThing() {
        DetectionExample example = scenes.get(0).detection(Domain.TRAINED);
        assertThat(example.categories()).hasSize(24).startsWith("circle", "ring", "square");
        for (int i = 0; i < example.boxes().size(); i++) {
            TargetBox box = example.boxes().get(i);
            assertThat(box.box()).isEqualTo(scenes.get(0).objects().get(i).box());
            assertThat(example.categories().get(box.label())).isEqualTo(scenes.get(0).objects().get(i).kind().word());
        }
    }
}

package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.round.Views.View;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TeacherTest {

    private static final RgbImage IMAGE = new RgbImage(100, 50, new byte[100 * 50 * 3]);
    private static final Map<String, Long> IDS = Map.of("dog", 7L, "cat", 8L);
    private static final List<Prompt> PROMPTS = List.of(Prompt.of("dog"), Prompt.of("cat"));

    private static Detection found(String category, double x, double width, double score) {
        return new Detection(category, category, Box.xywh(x, 10, width, 20), score);
    }

    private static List<PseudoBox> label(ScriptedGlip glip, Views views) {
        try (Teacher teacher = new Teacher(glip, PROMPTS, IDS, views, 0.1)) {
            return teacher.label(3, IMAGE);
        }
    }

    /**
     * The dog lies at 10 to 30. The mirror image shows one at 68 to 88, which is 12 to 32 of the image: IoU 18/22. At a scale of 2 there is
     * none. Its place is the mean of 10 and 12, weighted by 0.6 and 0.3.
     */
    @Test
    void agreementIsTheMeanOfTheBestOverlapsAndVotesMoveTheBox() {
        ScriptedGlip glip = new ScriptedGlip(Map.of(View.PLAIN, List.of(found("dog", 10, 20, 0.6)),
                new View(true, 1), List.of(found("cat", 70, 20, 0.9), found("dog", 68, 20, 0.3)),
                new View(false, 2), List.of(found("dog", 10, 20, 0.05))));
        PseudoBox box = label(glip, new Views(true, List.of(2.0))).get(0);
        assertThat(box.imageId()).isEqualTo(3);
        assertThat(box.categoryId()).isEqualTo(7);
        assertThat(box.score()).isEqualTo(0.6);
        assertThat(box.agreement()).isCloseTo((18 / 22.0 + 0) / 2, within(1e-12));
        assertThat(box.box().x()).isCloseTo((0.6 * 10 + 0.3 * 12) / 0.9, within(1e-12));
        assertThat(box.box().width()).isCloseTo(20, within(1e-12));
    }

    /** Shifted by a half, IoU is a third: it counts for agreement, but says nothing of where the edges are. */
    @Test
    void aBoxFarAwayHasNoVote() {
        ScriptedGlip glip = new ScriptedGlip(Map.of(View.PLAIN, List.of(found("dog", 10, 20, 0.6)), new View(true, 1), List.of(found("dog", 60, 20, 0.3))));
        PseudoBox box = label(glip, Views.MIRRORED).get(0);
        assertThat(box.agreement()).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(box.box()).isEqualTo(Box.xywh(10, 10, 20, 20));
    }

    @Test
    void withoutOtherViewsEveryBoxAgreesAndOneThatOnlyAnotherViewSawIsNone() {
        Map<View, List<Detection>> found = Map.of(View.PLAIN, List.of(found("cat", 10, 20, 0.6)), new View(true, 1), List.of(found("dog", 60, 20, 0.3)));
        assertThat(label(new ScriptedGlip(found), Views.PLAIN)).containsExactly(new PseudoBox(3, 8, Box.xywh(10, 10, 20, 20), 0.6, 1));
        assertThat(label(new ScriptedGlip(found), Views.MIRRORED)).containsExactly(new PseudoBox(3, 8, Box.xywh(10, 10, 20, 20), 0.6, 0));
    }

    @Test
    void theMirrorImageIsReadWithLeftAndRightExchanged() {
        ScriptedGlip glip = new ScriptedGlip(Map.of());
        try (Teacher teacher = new Teacher(glip, List.of(new Prompt("dog", "left dog")), IDS, Views.MIRRORED, 0.1)) {
            teacher.label(1, IMAGE);
            assertThat(glip.open).isEqualTo(2);
        }
        assertThat(glip.asked).containsExactly("1.0: left dog", "mirrored 1.0: right dog");
        assertThat(glip.open).as("what was prepared is closed").isZero();
    }

    @Test
    void aCategoryWithoutIdIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Teacher(new ScriptedGlip(Map.of()), List.of(Prompt.of("bird")), IDS, Views.PLAIN, 0.1))
                .withMessageStartingWith("prompts[0].category: \"bird\"");
    }
}

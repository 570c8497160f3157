package dev.gleaner.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.glip.DyHead;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.UntrainedModel;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.text.ClassNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModeRulesTest {

    private static Bundle glip;
    private static Bundle dyHead;

    @BeforeAll
    static void bundles(@TempDir Path folder) throws IOException {
        glip = UntrainedModel.write(folder.resolve("glip"), List.of("disc", "block"), 1);
        dyHead = DyHead.write(folder.resolve("dyhead"), glip, List.of("disc", "block"), 1);
    }

    private static List<Prompt> named(String... categories) {
        return Arrays.stream(categories).map(Prompt::of).toList();
    }

    @Test
    void aDetectorWithoutLanguageIsMadeOfAModelThatReadsText() {
        assertThatCode(() -> ModeRules.check(Mode.DYHEAD, 7, glip, named("disc", "block"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> ModeRules.check(Mode.DYHEAD, 7, dyHead, named("disc", "block"))).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("modelVersion is \"7\"; expected a model version that reads text");
    }

    @Test
    void itsCategoriesAreClassesWhateverPhraseTheyHave() throws IOException {
        List<Prompt> prompts = List.of(new Prompt("disc", "a round thing"), Prompt.of("block"));
        ModeRules.check(Mode.DYHEAD, 7, glip, prompts);
        ClassNames classes = ModeRules.classes(Mode.DYHEAD, glip, prompts);
        assertThat(classes.names()).containsExactly("disc", "block");
        assertThat(prompts).extracting(prompt -> ModeRules.nameOf(prompt, classes)).containsExactly("disc", "block");
        ClassNames none = ModeRules.classes(Mode.FULL, glip, prompts);
        assertThat(prompts).extracting(prompt -> ModeRules.nameOf(prompt, none)).containsExactly("a round thing", "block");
        assertThatThrownBy(() -> ModeRules.check(Mode.DYHEAD, 7, glip, List.of(new Prompt("disc", "Block"), Prompt.of("block"))))
                .hasMessage("prompts[0].phrase is \"Block\"; expected a phrase that is not the name of another category");
        assertThatThrownBy(() -> ModeRules.check(Mode.DYHEAD, 7, glip, named("disc", "two\nlines"))).hasMessageStartingWith("prompts[1].category");
    }

    @Test
    void aTunedPromptIsOneText() throws IOException {
        ModeRules.check(Mode.PROMPT, 7, glip, named("disc", "block"));
        // [CLS] disc . block [SEP]
        assertThat(ModeRules.promptTokens(glip, named("disc", "block"))).hasSize(5);
        String[] many = IntStream.range(0, 300).mapToObj(i -> "disc").toArray(String[]::new);
        assertThatThrownBy(() -> ModeRules.check(Mode.PROMPT, 7, glip, named(many))).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("prompts is \"300 prompts\"; expected prompts that fit one text, to be tuned as one; prompts: 300 fill")
                .hasMessageContaining("which has room for the first ");
        assertThatThrownBy(() -> ModeRules.check(Mode.PROMPT, 7, dyHead, named("disc", "block")))
                .hasMessage("modelVersion is \"7\"; expected a model version that reads text, to tune a prompt for");
    }

    @Test
    void aModelOfFixedClassesIsTrainedOnAllOfThem() {
        assertThatCode(() -> ModeRules.check(Mode.FULL, 7, dyHead, List.of(Prompt.of("block"), new Prompt("round", "disc")))).doesNotThrowAnyException();
        assertThatThrownBy(() -> ModeRules.check(Mode.FULL, 7, dyHead, named("disc"))).hasMessageContaining("also for \"block\"");
        assertThatThrownBy(() -> ModeRules.check(Mode.FULL, 7, dyHead, named("disc", "teapot")))
                .hasMessage("prompts[1].category is \"teapot\"; expected one of the classes of the model, which reads no text: disc, block");
        assertThatCode(() -> ModeRules.check(Mode.FULL, 7, glip, named("teapot"))).doesNotThrowAnyException();
    }
}

package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import dev.gleaner.glip.Prompt;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelConfigTest {

    @Test
    void readsTheRecordedOne() {
        LabelConfig config = LabelConfig.parse(BackEndJson.setup(Recorded.body("setup")).labelConfig());

        assertThat(config.images()).isEqualTo(Map.of("image", "image"));
        assertThat(config.controls()).hasSize(1);
        assertThat(config.controls().get(0).name()).isEqualTo("label");
        assertThat(config.controls().get(0).toName()).containsExactly("image");
        assertThat(config.controls().get(0).prompts()).containsExactly(Prompt.of("car"), Prompt.of("person"), Prompt.of("dog"), Prompt.of("cat"));
        assertThat(config.prompts()).containsExactly("prompt");
        assertThat(config.threshold()).isEmpty();
    }

    @Test
    void takesAliasesPredictedValuesAndSeveralImages() {
        LabelConfig config = LabelConfig.parse("""
                <View>
                  <Image name="left" value="$views.left"/><Image name="right" value="$right"/>
                  <RectangleLabels name="boxes" toName="left, right,nothing" model_score_threshold="0.2">
                    <Label value="Raccoon" alias="procyon"/>
                    <Label value="Vehicle" predicted_values="car, lorry ,"/>
                    <Label value="Vehicle" predicted_values="bus"/>
                  </RectangleLabels>
                  <Choices name="other" toName="left"><Choice value="night"/></Choices>
                </View>""");

        assertThat(config.images()).isEqualTo(Map.of("left", "views.left", "right", "right"));
        assertThat(config.controls().get(0).toName()).containsExactly("left", "right");
        assertThat(config.controls().get(0).prompts()).containsExactly(new Prompt("procyon", "Raccoon"), new Prompt("Vehicle", "car"),
                new Prompt("Vehicle", "lorry"), new Prompt("Vehicle", "bus"));
        assertThat(config.threshold()).contains(0.2);
    }

    @Test
    void takesTheThresholdOfANumberBeforeThatOfTheControl() {
        String xml = """
                <View><Image name="i" value="$i"/><Number name="%s" toName="i" defaultValue="%s"/>
                <RectangleLabels name="l" toName="i" model_score_threshold="0.2"><Label value="a"/></RectangleLabels></View>""";

        assertThat(LabelConfig.parse(xml.formatted("score_threshold", "0.35")).threshold()).contains(0.35);
        assertThat(LabelConfig.parse(xml.formatted("score_threshold", "35")).threshold()).contains(0.2);
        assertThat(LabelConfig.parse(xml.formatted("count", "0.35")).threshold()).contains(0.2);
    }

    @Test
    void takesTheFirstThresholdOfBoxesAndNoneOfWords() {
        LabelConfig config = LabelConfig.parse("""
                <View><Image name="i" value="$image"/><Number name="text_threshold" toName="i" defaultValue="0.25"/>
                <Number name="box_threshold" toName="i" defaultValue="0.3"/><Number name="other_threshold" toName="i" defaultValue="0.6"/>
                <RectangleLabels name="l" toName="i"><Label value="a"/></RectangleLabels></View>""");
        assertThat(config.threshold()).contains(0.3);
        assertThat(config.numbers()).containsExactly("box_threshold", "other_threshold");
    }

    @Test
    void splitsTypedPromptsAndFilesEachUnderItsLabel() {
        LabelConfig.Control control = new LabelConfig.Control("l", List.of("i"),
                List.of(new LabelConfig.Label("car", List.of("car", "lorry")), new LabelConfig.Label("dog", List.of("dog"))));

        assertThat(LabelConfig.prompts("red box . Dog, lorry.\n red box", control, "car")).containsExactly(new Prompt("car", "red box"),
                new Prompt("dog", "Dog"), new Prompt("car", "lorry"));
    }

    @Test
    void refusesWhatIsNoneOrWantsToReadFiles() {
        for (String xml : List.of("", "not XML", "<View/>", "<View><Image name='i' value='$i'/><RectangleLabels name='l' toName='j'><Label value='a'/></RectangleLabels></View>",
                "<!DOCTYPE View [<!ENTITY secret SYSTEM 'file:///etc/passwd'>]><View>&secret;</View>")) {
            assertThatThrownBy(() -> LabelConfig.parse(xml)).as(xml).isInstanceOf(InvalidInput.class).hasMessageContaining("label_config");
        }
    }
}

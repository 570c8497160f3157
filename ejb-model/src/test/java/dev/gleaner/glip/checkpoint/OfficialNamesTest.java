package dev.gleaner.glip.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OfficialNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"GLIP-T", "GLIP-T_A", "GLIP-T_B", "GLIP-T_C", "GLIP-L"})
    void eachOfficialParameterHasExactlyOneOfOurNames(String model) throws IOException {
        Manifest manifest = Manifest.read(model);
        OfficialNames names = new OfficialNames(manifest.config());

        assertThat(names.officialByOurs().values()).doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(manifest.parameterShapes().keySet());
        assertThat(manifest.entries()).filteredOn(entry -> !entry.parameter()).isNotEmpty()
                .allMatch(entry -> names.isDerived(entry.name()));
        assertThat(names.officialByOurs()).allSatisfy((ours, official) -> {
            assertThat(names.ours(official)).isEqualTo(ours);
            assertThat(names.isDerived(official)).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("dev.gleaner.glip.Reference#models")
    void namesEachEntryOfTheSmallModels(Path model) throws IOException {
        Manifest manifest = Manifest.ofSmallModel(model);
        OfficialNames names = new OfficialNames(manifest.config());

        assertThat(names.officialByOurs().values()).containsExactlyInAnyOrderElementsOf(
                manifest.entries().stream().map(Manifest.Entry::name).filter(key -> !names.isDerived(key)).toList());
    }

    @Test
    void headLayersAreCountedApartFromTheFusionsBetweenThem() throws IOException {
        OfficialNames fused = new OfficialNames(Manifest.read("GLIP-T").config());
        OfficialNames plain = new OfficialNames(Manifest.read("GLIP-T_A").config());

        assertThat(fused.ours("rpn.head.dyhead_tower.3.b_attn.attn.v_proj.weight"))
                .isEqualTo("tower.1.fusion.image_query.weight");
        assertThat(fused.ours("rpn.head.dyhead_tower.4.attention.self.key.bias"))
                .isEqualTo("tower.1.text.attention.key.bias");
        assertThat(fused.ours("rpn.head.dyhead_tower.5.DyConv.2.bn.weight")).isEqualTo("tower.1.image.finer.norm.weight");
        assertThat(plain.ours("rpn.head.dyhead_tower.5.DyConv.2.bn.weight")).isEqualTo("tower.5.image.finer.norm.weight");
        assertThat(plain.ours("rpn.head.dyhead_tower.6.offset.weight")).isNull();
    }

    @Test
    void pyramidLevelsAreCountedByTheirStride() throws IOException {
        OfficialNames names = new OfficialNames(Manifest.read("GLIP-T").config());

        assertThat(names.official("fpn.p3.lateral.weight")).isEqualTo("backbone.fpn.fpn_inner2.weight");
        assertThat(names.official("fpn.p5.output.bias")).isEqualTo("backbone.fpn.fpn_layer4.bias");
        assertThat(names.official("swin.stages.1.output_norm.weight")).isEqualTo("backbone.body.norm1.weight");
    }
}

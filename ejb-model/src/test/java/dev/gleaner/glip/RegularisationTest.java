package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny network: which of its parts leave something out, and when. */
class RegularisationTest {

    private static final Regularisation EVERYTHING = new Regularisation(0.5, 0.5, 3, 0.3, 0.3);

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private ReferenceModel model;
    private Network network;
    private NDArray image;
    private NDArray ids;
    private NDArray mask;

    @BeforeEach
    void load() {
        model = new ReferenceModel(Reference.file("tiny"));
        network = network(EVERYTHING);
        image = manager.arange(0, 1, 1f / (3 * 64 * 96)).reshape(1, 3, 64, 96);
        ids = manager.create(new long[] {2, 40, 41, 18, 42, 3}, new Shape(1, 6)).duplicate();
        mask = manager.ones(new Shape(1, 6)).toType(DataType.INT64, false);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Network network(Regularisation regularisation) {
        return model.load(new Network(model.config(), regularisation), manager);
    }

    /** Everything that is said, in one array. */
    private float[] said(Network network, Predicate<String> training, int seed) {
        Engine.getEngine("PyTorch").setRandomSeed(seed);
        NDList state = new NDList(image, ids, mask);
        for (UnaryOperator<NDList> piece : network.pieces(training, null)) {
            state = piece.apply(state);
        }
        return state.get(0).flatten().concat(state.get(1).flatten()).concat(state.get(2)).toFloatArray();
    }

    @Test
    void nothingIsLeftOutAtInferenceNorOfFrozenParts() {
        float[] expected = said(network(Regularisation.NONE), part -> true, 1);
        assertThat(Arrays.equals(said(network, part -> false, 1), expected)).isTrue();
        assertThat(Arrays.equals(said(network, part -> false, 2), expected)).isTrue();
        assertThat(Arrays.equals(said(network, "head"::equals, 2), expected)).as("the head has nothing to leave out").isTrue();
        float[] whole = network.forward(false, image, ids, mask).get(2).toFloatArray();
        assertThat(network(Regularisation.NONE).forward(false, image, ids, mask).get(2).toFloatArray()).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin", "fpn", "bert", "tower"})
    void eachPartLeavesOutWhatTheSeedSays(String part) {
        float[] everything = said(network, other -> false, 1);
        float[] first = said(network, part::equals, 1);
        assertThat(Arrays.equals(first, everything)).isFalse();
        assertThat(Arrays.equals(said(network, part::equals, 1), first)).isTrue();
        assertThat(Arrays.equals(said(network, part::equals, 2), first)).isFalse();
    }

    /** One kind at a time in the only part that it is for. */
    @ParameterizedTest
    @CsvSource({"swin, 0.5, 0, 0, 0", "fpn, 0, 0.5, 0, 0", "tower, 0, 0, 0.3, 0", "bert, 0, 0, 0, 0.3", "tower, 0, 0, 0, 0.3"})
    void eachKindBelongsToAPart(String part, double dropPath, double dropBlock, double fusionDropout, double textDropout) {
        Network one = network(new Regularisation(dropPath, dropBlock, 3, fusionDropout, textDropout));
        float[] expected = said(one, other -> false, 1);
        assertThat(Arrays.equals(said(one, part::equals, 1), expected)).isFalse();
        boolean text = textDropout > 0;
        Predicate<String> others = other -> !other.equals(part) && !(text && List.of("bert", "tower").contains(other));
        assertThat(Arrays.equals(said(one, others, 1), expected)).isTrue();
    }

    /** Merged maps stay whole on their way down: p5 and what is made of it never change, p3 and p4 do. */
    @Test
    void blocksAreDroppedFromTheTwoFinestLevelsAlone() {
        Network one = network(new Regularisation(0, 0.5, 3, 0, 0));
        NDList whole = one.pyramid(false, image);
        NDList dropped = one.pyramid(true, image);
        for (int level = 0; level < GlipConfig.LEVELS; level++) {
            assertThat(Arrays.equals(dropped.get(level).toFloatArray(), whole.get(level).toFloatArray())).as("p%d", level + 3)
                    .isEqualTo(level > 1);
        }
    }

    @Test
    void sharesAndSizesThatMakeNoSenseAreRefusedByName() {
        assertThatThrownBy(() -> new Regularisation(1, 0, 1, 0, 0)).hasMessage("dropPath must be a share from 0 to below 1, not 1.0");
        assertThatThrownBy(() -> new Regularisation(0, -0.1, 1, 0, 0)).hasMessageStartingWith("dropBlock must be");
        assertThatThrownBy(() -> new Regularisation(0, 0, 1, Double.NaN, 0)).hasMessageStartingWith("fusionDropout must be");
        assertThatThrownBy(() -> new Regularisation(0, 0, 1, 0, 2)).hasMessageStartingWith("textDropout must be");
        assertThatThrownBy(() -> new Regularisation(0, 0.3, 4, 0, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dropBlockSize must be odd and positive, not 4");
    }
}

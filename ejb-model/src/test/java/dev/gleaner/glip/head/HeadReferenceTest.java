package dev.gleaner.glip.head;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.DyHead;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceCase;
import dev.gleaner.glip.ReferenceModel;
import dev.gleaner.glip.Stages;
import dev.gleaner.glip.fusion.Grid;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.Preprocessor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From the encoded image and the padded token ids through the whole network to decoded boxes, stage by stage. */
class HeadReferenceTest {

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final Set<String> compared = new TreeSet<>();

    static List<ReferenceCase> cases() {
        return Reference.cases();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyStageMatches(ReferenceCase reference) throws IOException {
        ReferenceModel model = new ReferenceModel(reference.model());
        Network network = model.load(new Network(model.config()), manager);
        Stages.observe(network, (name, array) -> compare(reference, name, array));

        ImageTensor image = new Preprocessor(model.config().input())
                .prepare(ImageDecoder.decode(Files.readAllBytes(reference.imageFile())));
        NDArray input = manager.create(image.values(), new Shape(1, 3, image.paddedHeight(), image.paddedWidth()));
        NDArray mask = tokens(reference, "attention_mask");
        NDList pyramid = network.pyramid(false, input);
        NDList said = network.predict(false, pyramid, network.text(false, tokens(reference, "input_ids"), mask), mask);

        List<float[]> decoded = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < pyramid.size(); i++) {
            Grid grid = Grid.of(pyramid.get(i));
            NDArray regression = said.get(1).get("{}:{}", start, start + grid.places());
            decoded.addAll(decode(reference, model.config(), i, grid, regression));
            start += grid.places();
        }
        compare(reference, "decoded_boxes_all", manager.create(decoded.toArray(float[][]::new)));
        assertThat(compared).containsAll(reference.names().stream().map(name -> name.replaceFirst("\\..*", ""))
                .filter(name -> name.matches("(swin_stage|fpn|bert|lang_[aeh]|tower|head_|anchors_|decoded_).*") && !name.contains("unused")).toList());
    }

    /** The class logits decide nothing and are not computed; this shows that their weights have arrived. */
    @ParameterizedTest
    @MethodSource("cases")
    void theUnusedClassPredictorIsLoadedToo(ReferenceCase reference) {
        ReferenceModel model = new ReferenceModel(reference.model());
        Predictor head = model.load(new Predictor(model.config().head(), model.config().channels(), model.config().bert().hidden()),
                "head", manager);
        NDArray weight = head.namedParameters().get("classes.weight").getArray();
        NDArray bias = head.namedParameters().get("classes.bias").getArray();
        for (int level = 3; level < 3 + GlipConfig.LEVELS; level++) {
            String name = "tower" + (model.config().head().layers() - 1) + "_dyconv_visual_p" + level;
            if (reference.isWhole(name)) {
                NDArray features = manager.create(reference.whole(name).floats(), new Shape(reference.whole(name).shape()));
                NDArray classes = Grid.rows(features).matMul(weight.flatten(1, 3).transpose()).add(bias);
                compare(reference, "head_cls_logits_unused_p" + level, Grid.of(features).image(classes));
            }
        }
        assertThat(compared).isNotEmpty();
    }

    /** Without fusion the text leaves the image alone, so the official GLIP-T (A) says what the detector without language says. */
    @ParameterizedTest
    @MethodSource("casesWithoutFusion")
    void theDetectorWithoutLanguageMatchesToo(ReferenceCase reference) throws IOException {
        ReferenceModel model = new ReferenceModel(reference.model());
        GlipConfig config = DyHead.config(model.config(), model.config().head().classes());
        Network network = model.load(new Network(config), manager);
        ImageTensor image = new Preprocessor(config.input()).prepare(ImageDecoder.decode(Files.readAllBytes(reference.imageFile())));

        NDArray input = manager.create(image.values(), new Shape(1, 3, image.paddedHeight(), image.paddedWidth()));
        NDList said = network.forward(false, input);

        int start = 0;
        for (NDArray level : network.pyramid(false, input)) {
            Grid grid = Grid.of(level);
            String rows = start + ":" + (start + grid.places());
            String suffix = "_p" + (3 + compared.size() / 3);
            compare(reference, "head_cls_logits_unused" + suffix, grid.image(said.get(0).get(rows)));
            compare(reference, "head_bbox_reg" + suffix, grid.image(said.get(1).get(rows)));
            compare(reference, "head_centerness" + suffix, grid.image(said.get(2).get(rows)));
            start += grid.places();
        }
        assertThat(compared).hasSize(3 * GlipConfig.LEVELS);
    }

    static List<ReferenceCase> casesWithoutFusion() {
        return Reference.cases().stream()
                .filter(reference -> !new ReferenceModel(reference.model()).config().fusion().enabled()).toList();
    }

    private List<float[]> decode(ReferenceCase reference, GlipConfig config, int level, Grid grid, NDArray regression) {
        AnchorGrid anchors = new AnchorGrid(config.anchors().strides().get(level), config.anchors().sizes().get(level).floatValue());
        compare(reference, "anchors_p" + (level + 3), manager.create(anchors.all(grid.height(), grid.width()), new Shape(grid.places(), 4)));
        List<float[]> boxes = new ArrayList<>();
        for (int place = 0; place < grid.places(); place++) {
            boxes.add(BoxCoder.decode(regression.get(place).toFloatArray(), anchors.anchor(place, grid.width())));
        }
        return boxes;
    }

    private NDArray tokens(ReferenceCase reference, String name) {
        return manager.create(reference.whole(name).longs(), new Shape(reference.whole(name).shape()));
    }

    private void compare(ReferenceCase reference, String name, NDArray actual) {
        reference.assertMatches(name, actual);
        compared.add(name);
    }
}

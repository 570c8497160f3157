package dev.gleaner.glip.vision;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceCase;
import dev.gleaner.glip.ReferenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Swin and the feature pyramid against the official numbers, stage by stage. */
class BackboneReferenceTest {

    static List<ReferenceCase> cases() {
        return Reference.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyStageMatches(ReferenceCase reference) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            ReferenceModel model = new ReferenceModel(reference.model());
            Swin swin = model.load(new Swin(model.config().swin(), 0), "swin", manager);
            FeaturePyramid pyramid =
                    model.load(new FeaturePyramid(model.config().swin(), model.config().channels(), DropBlock.NONE), "fpn", manager);
            ImageTensor image = new Preprocessor(model.config().input())
                    .prepare(ImageDecoder.decode(Files.readAllBytes(reference.imageFile())));
            NDArray input = manager.create(image.values(), new Shape(1, 3, image.paddedHeight(), image.paddedWidth()));

            swin.patch.observe(results ->
                    reference.assertMatches("swin_patch_embed", results.get(0).transpose(0, 3, 1, 2)));
            NDList stages = swin.forward(false, input);
            for (int stage = 0; stage < stages.size(); stage++) {
                reference.assertMatches("swin_stage" + (stage + 2), stages.get(stage));
            }
            NDList levels = pyramid.forward(false, stages.get(1), stages.get(2), stages.get(3));
            for (int level = 0; level < levels.size(); level++) {
                reference.assertMatches("fpn_p" + (level + 3), levels.get(level));
            }
        }
    }
}

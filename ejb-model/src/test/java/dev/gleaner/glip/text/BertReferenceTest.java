package dev.gleaner.glip.text;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.Npz;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceCase;
import dev.gleaner.glip.ReferenceModel;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The language backbone against the official numbers, layer by layer. */
class BertReferenceTest {

    static List<ReferenceCase> cases() {
        return Reference.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyLayerMatches(ReferenceCase reference) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            ReferenceModel model = new ReferenceModel(reference.model());
            Bert bert = model.load(new Bert(model.config().bert(), 0), "bert", manager);
            NDArray ids = integers(reference.whole("input_ids"), manager);
            NDArray mask = integers(reference.whole("attention_mask"), manager);

            bert.embeddings.observe(results -> reference.assertMatches("bert_embeddings_out", results.get(0)));
            for (int i = 0; i < bert.layers.size(); i++) {
                String name = "bert_layer" + i + "_out";
                bert.layers.get(i).observe(results -> reference.assertMatches(name, results.get(0)));
            }
            NDList features = bert.forward(false, ids, mask);
            reference.assertMatches("lang_hidden", features.get(0));
            reference.assertMatches("lang_embedded", features.get(1));
            reference.assertMatches("lang_aggregate", features.get(2));
            reference.assertMatches("lang_masks", mask);
        }
    }

    private static NDArray integers(Npz.Array array, NDManager manager) {
        return manager.create(array.longs(), new Shape(array.shape()));
    }
}

package dev.gleaner.glip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.gleaner.glip.checkpoint.OfficialCheckpoint;
import dev.gleaner.glip.checkpoint.OfficialConfig;
import dev.gleaner.glip.checkpoint.OfficialNames;
import dev.gleaner.glip.checkpoint.StoredTensor;
import dev.gleaner.glip.ops.NamedBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The configuration and the weights of one model of a reference folder. */
public final class ReferenceModel {

    private final Path folder;
    private final GlipConfig config;

    public ReferenceModel(Path folder) {
        this.folder = folder;
        try {
            config = OfficialConfig.read(folder.resolve("tiny.yaml"), folder.resolve("bert_config.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public GlipConfig config() {
        return config;
    }

    /** Gives the whole network its weights. */
    public Network load(Network network, NDManager manager) {
        return loadNamed(network, "", manager);
    }

    /** Gives a block its weights: those whose names start with {@code prefix} and a dot. */
    public <B extends NamedBlock> B load(B block, String prefix, NDManager manager) {
        return loadNamed(block, prefix + ".", manager);
    }

    private <B extends NamedBlock> B loadNamed(B block, String prefix, NDManager manager) {
        OfficialNames names = new OfficialNames(config);
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(folder.resolve("tiny.pth"))) {
            block.load(name -> array(checkpoint.tensors().get(names.official(prefix + name)), manager));
            return block;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All weights by our names, in memory. */
    public Map<String, StoredTensor> weights() {
        OfficialNames names = new OfficialNames(config);
        Map<String, StoredTensor> weights = new LinkedHashMap<>();
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(folder.resolve("tiny.pth"))) {
            for (StoredTensor tensor : checkpoint.tensors().values()) {
                String name = names.ours(tensor.name());
                if (name != null) {
                    FloatBuffer values = FloatBuffer.allocate((int) tensor.elements()).put(tensor.readFloats()).flip();
                    weights.put(name, StoredTensor.ofFloats(name, tensor.shape(), values::duplicate));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return weights;
    }

    static NDArray array(StoredTensor tensor, NDManager manager) {
        try {
            FloatBuffer values = tensor.readFloats();
            float[] floats = new float[values.remaining()];
            values.get(floats);
            return manager.create(floats, new Shape(tensor.shape()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

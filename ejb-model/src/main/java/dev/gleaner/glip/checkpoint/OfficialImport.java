package dev.gleaner.glip.checkpoint;

import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Network;
import dev.gleaner.glip.text.BertTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/** Makes a bundle of an official model's files. Everything is checked before anything is written. */
public final class OfficialImport {

    private final Function<GlipConfig, Map<String, long[]>> network;

    /** An import for this program's network. */
    public OfficialImport() {
        this(OfficialImport::shapes);
    }

    private static Map<String, long[]> shapes(GlipConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        new Network(config).parameterShapes().forEach((name, shape) -> shapes.put(name, shape.getShape()));
        return shapes;
    }

    /** @param network shapes of the network's parameters by our names, for any configuration */
    OfficialImport(Function<GlipConfig, Map<String, long[]>> network) {
        this.network = network;
    }

    /**
     * Imports a model.
     *
     * @param source its files
     * @param target the bundle's folder, which must not exist yet
     * @throws CheckpointException if a file cannot be used or the files do not belong together; nothing is written then
     */
    public Bundle run(OfficialModel source, Path target) throws IOException {
        GlipConfig config = source.languageConfig() == null
                ? OfficialConfig.read(source.config())
                : OfficialConfig.read(source.config(), source.languageConfig());
        checkVocabulary(source.vocabulary(), config);
        OfficialNames names = new OfficialNames(config);
        Map<String, long[]> expected = new LinkedHashMap<>();
        network.apply(config).forEach((ours, shape) -> expected.put(
                Objects.requireNonNull(names.official(ours), () -> "no official name for " + ours), shape));
        try (OfficialCheckpoint checkpoint = OfficialCheckpoint.open(source.checkpoint())) {
            ParameterFit.require(source.checkpoint().getFileName() + " with " + source.config().getFileName() + " ("
                    + config.architecture() + ")", expected, checkpoint.tensors(), names::isDerived);
            List<StoredTensor> weights = new ArrayList<>();
            for (String official : expected.keySet()) {
                weights.add(asFloats(checkpoint.tensors().get(official), names.ours(official)));
            }
            Provenance provenance = new Provenance(config.architecture(),
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), Provenance.thisProgram(), source.origin(), null);
            return Bundle.write(target, config, provenance, source.vocabulary(), weights);
        }
    }

    private static void checkVocabulary(Path vocabulary, GlipConfig config) throws IOException {
        long tokens;
        try (Stream<String> lines = Files.lines(vocabulary)) {
            tokens = lines.count();
        } catch (UncheckedIOException e) {
            throw new CheckpointException(vocabulary.getFileName() + " is no text in UTF-8", e);
        }
        if (tokens != config.bert().vocabulary()) {
            throw new CheckpointException(vocabulary.getFileName() + " has " + tokens + " tokens; the language model has "
                    + config.bert().vocabulary());
        }
        BertTokenizer.read(vocabulary);
    }

    private static StoredTensor asFloats(StoredTensor tensor, String name) {
        return tensor.type() == TensorType.F32 ? tensor.named(name)
                : StoredTensor.ofFloats(name, tensor.shape(), tensor::readFloats);
    }
}

package dev.gleaner.round;

import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.glip.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A moving average of a model version and those that it was trained from: a teacher that one bad round does not turn (Mean Teacher,
 * Tarvainen and Valpola 2017, by rounds instead of steps).
 */
final class AveragedTeacher {

    private AveragedTeacher() {
    }

    /**
     * Writes it as a bundle.
     *
     * @param target  a folder that is not there yet
     * @param lineage the version, the one it was trained from, and so on, all of one configuration
     * @param average what is kept of the earlier ones at each version, 0 to below 1
     */
    static Bundle write(Path target, List<Bundle> lineage, double average) throws IOException {
        Bundle champion = lineage.get(0);
        List<Map<String, StoredTensor>> weights = new ArrayList<>();
        for (Bundle bundle : lineage) {
            weights.add(bundle.weights());
        }
        double[] shares = shares(lineage.size(), average);
        List<StoredTensor> mean = weights.get(0).values().stream()
                .map(tensor -> StoredTensor.ofFloats(tensor.name(), tensor.shape(), () -> mean(tensor.name(), weights, shares))).toList();
        Provenance provenance = new Provenance(champion.config().architecture(), Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Provenance.thisProgram(), List.of(), champion.weightsSha256());
        return Bundle.write(target, champion.config(), provenance, champion.vocabulary(), mean);
    }

    /** What each of the versions counts, the newest first; together 1. */
    static double[] shares(int versions, double average) {
        double[] shares = new double[versions];
        double left = 1;
        for (int i = 0; i < versions; i++) {
            shares[i] = i == versions - 1 ? left : left * (1 - average);
            left *= average;
        }
        return shares;
    }

    private static FloatBuffer mean(String name, List<Map<String, StoredTensor>> weights, double[] shares) throws IOException {
        FloatBuffer sum = null;
        for (int version = 0; version < shares.length; version++) {
            FloatBuffer values = weights.get(version).get(name).readFloats();
            if (sum == null) {
                sum = FloatBuffer.allocate(values.remaining());
            }
            for (int i = 0; i < sum.capacity(); i++) {
                sum.put(i, sum.get(i) + (float) (shares[version] * values.get(values.position() + i)));
            }
        }
        return sum;
    }
}

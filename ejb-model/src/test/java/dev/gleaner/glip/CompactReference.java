package dev.gleaner.glip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the compact copy of the reference folder that lives in the test resources: {@code CompactReference FROM TO}.
 * Large arrays are sampled, see {@link ReferenceCase}; large files that few tests read, programs and notes stay behind.
 */
public final class CompactReference {

    private static final List<String> FOLDERS = List.of("tiny", "tiny_a", "text", "manifests", "fullsize");
    private static final Set<String> LEFT_BEHIND = Set.of("tiny_legacy.pth", "tiny_training_state.pth");
    private static final int SAMPLES = 1500;

    private CompactReference() {
    }

    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        Path to = Path.of(args[1]);
        copyWhole(from.resolve("metrics"), to.resolve("metrics"));
        copyWhole(from.resolve("training"), to.resolve("training"));
        for (String folder : FOLDERS) {
            Files.createDirectories(to.resolve(folder));
            try (Stream<Path> files = Files.list(from.resolve(folder))) {
                for (Path file : files.filter(CompactReference::isKept).sorted().toList()) {
                    Path copy = to.resolve(folder).resolve(file.getFileName());
                    Files.deleteIfExists(copy);
                    if (folder.startsWith("tiny") && file.toString().endsWith(".npz")) {
                        Npz.write(copy, sampled(Npz.read(file)));
                    } else {
                        Files.write(copy, Files.readAllBytes(file));
                    }
                }
            }
        }
    }

    private static void copyWhole(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Path copy = to.resolve(from.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.write(copy, Files.readAllBytes(file));
            }
        }
    }

    private static boolean isKept(Path file) {
        String name = file.getFileName().toString();
        return !LEFT_BEHIND.contains(name) && !name.endsWith(".py") && !name.endsWith(".md");
    }

    private static Map<String, Npz.Array> sampled(Map<String, Npz.Array> arrays) {
        Map<String, Npz.Array> compact = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            int n = array.values().length;
            if (n <= 2 * SAMPLES || !array.type().equals("f4") || name.contains("det_")) {
                compact.put(name, array);
                return;
            }
            double[] sample = new double[SAMPLES];
            for (int k = 0; k < SAMPLES; k++) {
                sample[k] = array.values()[ReferenceCase.sampleIndex(k, n)];
            }
            compact.put(name + ".sample", new Npz.Array("f4", new long[] {SAMPLES}, sample));
            compact.put(name + ".shape", new Npz.Array("i8", new long[] {array.shape().length},
                    Arrays.stream(array.shape()).asDoubleStream().toArray()));
            compact.put(name + ".largest", new Npz.Array("f4", new long[] {1}, new double[] {array.largest()}));
        });
        return compact;
    }
}

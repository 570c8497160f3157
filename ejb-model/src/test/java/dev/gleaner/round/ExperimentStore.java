package dev.gleaner.round;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an experiment has found so far, a JSON line for each unit of work that is done. A line cut short by a crash is no line: the unit
 * is done again. Several processes may add to one file, as long as they work on different units.
 */
final class ExperimentStore {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    /**
     * @param recipe what the results depend on besides the unit, by the word that names of units begin with
     * @throws IllegalStateException if the folder holds results of another recipe
     */
    ExperimentStore(Path folder, Map<String, String> recipe) throws IOException {
        this(folder);
        Path written = folder.resolve("recipe.json");
        Map<String, String> all = new TreeMap<>(Files.exists(written) ? JSON.readValue(written.toFile(), new TypeReference<Map<String, String>>() { }) : Map.of());
        for (Map.Entry<String, String> part : recipe.entrySet()) {
            String earlier = all.put(part.getKey(), part.getValue());
            if (earlier != null && !earlier.equals(part.getValue()) && lines().stream().anyMatch(line -> line.unit.startsWith(part.getKey() + " "))) {
                throw new IllegalStateException(folder + " holds results of\n" + earlier + "\nexpected those of\n" + part.getValue() + "\nor another folder");
            }
        }
        Files.writeString(written, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
    }

    /** To be read. */
    ExperimentStore(Path folder) throws IOException {
        file = Files.createDirectories(folder).resolve("results.jsonl");
        if (Files.exists(file) && !Files.readString(file).endsWith("\n")) {
            Files.writeString(file, "\n", StandardOpenOption.APPEND);
        }
    }

    /**
     * One round.
     *
     * @param unit        names the round within the experiment
     * @param arm         what the round is an example of
     * @param round       from 1; 0 is the model that all begin with
     * @param ap          of the model that is champion after the round, on the test images, 0 to 1
     * @param candidateAp of the model that the round trained, on the test images
     * @param difference  of AP on the held-out gold, candidate minus champion
     * @param low         lower end of its interval
     * @param high        upper end
     * @param promoted    whether the gate let it pass
     * @param reasons     the gate's
     * @param champion    the bundle that is champion after the round, relative to the experiment's folder; empty for the one all begin with
     * @param reviewed    numbers of the images that were reviewed in this round
     * @param decisions   how many boxes were accepted, rejected and drawn in it
     * @param selected    how many boxes of the teacher's were shown to the student
     * @param dropped     how many were not
     * @param right       share of the selected boxes that meet a thing of their category
     * @param seconds     what the round took
     */
    record Line(String unit, String arm, long seed, int round, double ap, double candidateAp, double difference, double low, double high,
                boolean promoted, boolean byFigures, List<String> reasons, String champion, List<Integer> reviewed, List<Integer> decisions, int selected, int dropped,
                double right, double seconds) {
    }

    /** All that is there, in the order it was written; of several of one unit the last. */
    List<Line> lines() throws IOException {
        Map<String, Line> lines = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String text : Files.readAllLines(file)) {
                try {
                    Line line = JSON.readValue(text, Line.class);
                    lines.put(line.unit, line);
                } catch (IOException cutShort) {
                    continue;
                }
            }
        }
        return new ArrayList<>(lines.values());
    }

    Optional<Line> line(String unit) throws IOException {
        return lines().stream().filter(line -> line.unit.equals(unit)).findAny();
    }

    void add(Line line) throws IOException {
        Files.write(file, (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}

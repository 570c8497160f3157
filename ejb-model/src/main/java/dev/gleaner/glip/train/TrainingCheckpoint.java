package dev.gleaner.glip.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.checkpoint.CheckpointException;
import dev.gleaner.glip.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A place on the disk from which a training goes on: parameters, moments and average in {@code state.safetensors}, and how far
 * it was in {@code state.json}. The order of the data and all random numbers follow from the settings and the step.
 *
 * @param step     steps taken
 * @param updates  those of them that changed the parameters
 * @param settings of the training, as text
 * @param subject  what is trained on what, as text: model and data
 */
record TrainingCheckpoint(int step, int updates, String settings, String subject) {

    private static final Pattern NAME = Pattern.compile("step-(\\d+)");
    private static final String TENSORS = "state.safetensors";
    private static final String FACTS = "state.json";
    /** The last one, and the one before in case somebody removes files by hand. */
    private static final int KEPT = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Writes a checkpoint and deletes all but the last few. One that exists is of the same step and stays. */
    void write(Path folder, Trainer trainer) throws IOException {
        Path target = folder.resolve("step-%08d".formatted(step));
        if (!Files.exists(target)) {
            AtomicFolder.write(target, unfinished -> {
                Safetensors.write(unfinished.resolve(TENSORS), trainer.state());
                JSON.writeValue(unfinished.resolve(FACTS).toFile(), this);
            });
        }
        List<Path> all = all(folder);
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            AtomicFolder.delete(old);
        }
    }

    /**
     * Lets a trainer go on from the last checkpoint, if there is one.
     *
     * @throws CheckpointException if it is of another training
     */
    static void resume(Path folder, String settings, String subject, Trainer trainer) throws IOException {
        List<Path> all = all(folder);
        if (all.isEmpty()) {
            return;
        }
        Path last = all.get(all.size() - 1);
        TrainingCheckpoint checkpoint = JSON.readValue(last.resolve(FACTS).toFile(), TrainingCheckpoint.class);
        require(last, "settings", checkpoint.settings, settings);
        require(last, "subject", checkpoint.subject, subject);
        trainer.resume(checkpoint.step, checkpoint.updates, Safetensors.read(last.resolve(TENSORS)));
    }

    private static void require(Path checkpoint, String what, String found, String expected) throws CheckpointException {
        if (!found.equals(expected)) {
            throw new CheckpointException(checkpoint + " belongs to another training: its " + what + " are " + found + ", expected " + expected);
        }
    }

    /** Complete ones, earliest first. */
    private static List<Path> all(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted((a, b) -> Integer.compare(step(a), step(b))).toList();
        }
    }

    private static int step(Path checkpoint) {
        Matcher name = NAME.matcher(checkpoint.getFileName().toString());
        name.matches();
        return Integer.parseInt(name.group(1));
    }
}

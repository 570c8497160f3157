package dev.gleaner;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment says, read once.
 *
 * @param home        the data folder, {@code GLEANER_HOME}; default {@code .gleaner} in the user's home
 * @param device      where the model runs, {@code GLEANER_DEVICE}: {@code cpu} (default), {@code gpu} or {@code gpu:N}
 * @param importRoots folders that server-side paths may name, {@code GLEANER_IMPORT_ROOTS}, separated as in {@code PATH};
 *                    default the user's home
 * @param adminToken  the administrator's token, {@code GLEANER_ADMIN_TOKEN}; empty when none is set
 * @param demo        whether to register the demo set, {@code GLEANER_DEMO}; only {@code off} says no
 */
public record Settings(Path home, String device, List<Path> importRoots, Optional<String> adminToken, boolean demo) {

    /**
     * @param environment as {@link System#getenv()} gives it; a blank value counts as unset
     * @param userHome    the user's home folder
     */
    public static Settings of(Map<String, String> environment, Path userHome) {
        return new Settings(
                set(environment, "GLEANER_HOME").map(Path::of).orElse(userHome.resolve(".gleaner")),
                set(environment, "GLEANER_DEVICE").orElse("cpu"),
                set(environment, "GLEANER_IMPORT_ROOTS").map(Settings::paths).orElse(List.of(userHome)),
                set(environment, "GLEANER_ADMIN_TOKEN"),
                !set(environment, "GLEANER_DEMO").orElse("on").equalsIgnoreCase("off"));
    }

    private static Optional<String> set(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static List<Path> paths(String list) {
        return Arrays.stream(list.split(File.pathSeparator)).map(String::strip).filter(p -> !p.isEmpty()).map(Path::of).toList();
    }
}

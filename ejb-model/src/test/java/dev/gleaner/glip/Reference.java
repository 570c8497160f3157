package dev.gleaner.glip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder of numbers computed by the official implementation. {@code -Dgleaner.reference=FOLDER} names another one of
 * the same layout; without it the compact copy among the test resources is used.
 */
public final class Reference {

    private static final Pattern CASE = Pattern.compile("(.+)_(classes|grounding)\\.npz");

    private Reference() {
    }

    public static Path folder() {
        String named = System.getProperty("gleaner.reference", "");
        if (!named.isBlank() && !named.startsWith("$")) {
            return Path.of(named);
        }
        try {
            return Path.of(Reference.class.getResource("/reference").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The model folders: those with weights in them. */
    public static List<Path> models() {
        return list(folder(), folder -> Files.exists(folder.resolve("tiny.pth")));
    }

    /** Every image and route of every model. */
    public static List<ReferenceCase> cases() {
        List<ReferenceCase> cases = new ArrayList<>();
        for (Path model : models()) {
            for (Path file : list(model, file -> CASE.matcher(file.getFileName().toString()).matches())) {
                Matcher name = CASE.matcher(file.getFileName().toString());
                name.matches();
                cases.add(new ReferenceCase(model, name.group(1), name.group(2)));
            }
        }
        if (cases.isEmpty()) {
            throw new IllegalStateException("no folder with tiny.pth and IMAGE_ROUTE.npz in " + folder());
        }
        return cases;
    }

    private static List<Path> list(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(wanted).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the reference folder " + folder, e);
        }
    }

    /** A file every reference folder holds. */
    public static Path file(String relative) {
        return folder().resolve(relative);
    }

    /** A file that only the full folder holds; the test that asks for it is skipped without it. */
    public static Path largeFile(String relative) {
        Path file = file(relative);
        Assumptions.assumeTrue(Files.exists(file), () -> relative + " is not in " + folder()
                + "; name the full reference folder with -Dgleaner.reference=FOLDER");
        return file;
    }
}

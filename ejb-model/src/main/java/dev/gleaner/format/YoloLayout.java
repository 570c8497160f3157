package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What describes a YOLO dataset: the names of its classes and where its images are. There are three such files. Ultralytics'
 * {@code data.yaml} has names and splits, Darknet's {@code obj.data} leads to a file of names and to lists of images, and
 * {@code classes.txt} has names alone, beside the folders {@code images} and {@code labels}.
 *
 * <p>Paths in them are seldom right on another machine. One that leads nowhere is tried again without its first folder, and so
 * on; none leads out of the folder of the describing file.
 *
 * @param names    by class number; a class may lack one
 * @param splits   folders of images, or text files that list images
 * @param keypoints whether the points of a pose follow each box
 * @param findings what is wrong with the description; with an error among them the rest is empty
 */
record YoloLayout(Path description, Map<Integer, String> names, List<Path> splits, boolean keypoints, List<Finding> findings) {

    private static final List<String> PLAIN = List.of("classes.txt", "obj.names");
    private static final List<String> SPLITS = List.of("train", "val", "valid", "test");
    private static final String IMAGES = "images";
    private static final String LABELS = "labels";
    private static final int MOST_CLASSES = 100_000;
    private static final long MOST_BYTES = 16L << 20;

    /** Scalars as they are written: a class may be called {@code no} or {@code 1.0}. */
    private static final class AsWritten extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }

    YoloLayout {
        names = Map.copyOf(names);
        splits = List.copyOf(splits);
        findings = List.copyOf(findings);
    }

    /** The describing file: the given file itself, or the one in the given folder. */
    static Optional<Path> find(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return Optional.of(path).filter(file -> isYaml(file) || isData(file) || isPlain(file));
        }
        for (String usual : List.of("data.yaml", "data.yml", "dataset.yaml", "obj.data")) {
            if (Files.isRegularFile(path.resolve(usual))) {
                return Optional.of(path.resolve(usual));
            }
        }
        List<Path> candidates = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            files.forEach(candidates::add);
        }
        return only(candidates.stream().filter(YoloLayout::isYaml)).or(() -> only(candidates.stream().filter(YoloLayout::isData)))
                .or(() -> PLAIN.stream().map(path::resolve).filter(Files::isRegularFile).findFirst());
    }

    private static Optional<Path> only(Stream<Path> files) {
        List<Path> found = files.filter(Files::isRegularFile).limit(2).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static boolean isYaml(Path file) {
        return extension(file).equals("yaml") || extension(file).equals("yml");
    }

    private static boolean isData(Path file) {
        return extension(file).equals("data");
    }

    private static boolean isPlain(Path file) {
        return extension(file).equals("names") || file.getFileName().toString().equals("classes.txt");
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    static YoloLayout read(Path description) throws IOException {
        if (Files.size(description) > MOST_BYTES) {
            return refused(description, Code.MALFORMED_DOCUMENT, "it is " + Files.size(description) + " bytes long; expected at most " + MOST_BYTES);
        }
        return isYaml(description) ? yaml(description) : isData(description) ? data(description) : plain(description);
    }

    private static YoloLayout refused(Path description, Code code, String message) {
        return new YoloLayout(description, Map.of(), List.of(), false, List.of(new Finding(code, description.getFileName().toString(), message)));
    }

    private static YoloLayout yaml(Path file) throws IOException {
        Object document;
        try (InputStream in = Files.newInputStream(file)) {
            LoaderOptions options = new LoaderOptions();
            options.setCodePointLimit((int) MOST_BYTES);
            DumperOptions unused = new DumperOptions();
            document = new Yaml(new SafeConstructor(options), new Representer(unused), unused, options, new AsWritten()).load(in);
        } catch (MarkedYAMLException e) {
            return refused(file, Code.MALFORMED_DOCUMENT, "line " + (e.getProblemMark() == null ? "?" : e.getProblemMark().getLine() + 1) + ": "
                    + e.getProblem());
        } catch (YAMLException e) {
            return refused(file, Code.MALFORMED_DOCUMENT, "it is no YAML: " + e.getMessage());
        }
        if (!(document instanceof Map<?, ?> fields)) {
            return refused(file, Code.MALFORMED_DOCUMENT, "it holds " + document + "; expected fields, among them names and train");
        }
        Optional<Integer> count = classNumber(String.valueOf(fields.get("nc")));
        Map<Integer, String> names = new TreeMap<>();
        if (fields.get("names") instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                names.put(i, String.valueOf(list.get(i)));
            }
        } else if (fields.get("names") instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> name : map.entrySet()) {
                Optional<Integer> number = classNumber(String.valueOf(name.getKey()));
                if (number.isEmpty()) {
                    return refused(file, Code.MALFORMED_DOCUMENT, "names has the key " + name.getKey() + "; expected class numbers from 0");
                }
                names.put(number.get(), String.valueOf(name.getValue()));
            }
        } else if (fields.get("names") == null && count.filter(number -> number > 0).isPresent()) {
            for (int i = 0; i < count.get(); i++) {
                names.put(i, "class_" + i);
            }
        } else {
            return refused(file, Code.MALFORMED_DOCUMENT, "names is " + fields.get("names") + "; expected the classes' names as a list, or by number");
        }
        if (fields.get("names") != null && count.isPresent() && count.get() != names.size()) {
            return refused(file, Code.MALFORMED_DOCUMENT, "nc is " + count.get() + ", but names has " + names.size() + "; expected as many");
        }
        String base = fields.get("path") == null ? "" : fields.get("path") + "/";
        List<Finding> findings = new ArrayList<>();
        List<Path> splits = new ArrayList<>();
        for (String split : SPLITS) {
            Object places = fields.get(split);
            for (Object place : places instanceof List<?> several ? several : places == null ? List.of() : List.of(places)) {
                add(file, split, base + place, splits, findings);
            }
        }
        if (splits.isEmpty() && findings.isEmpty()) {
            // A description without splits, as some tools write it, lies beside the images.
            add(file, "train", IMAGES, splits, findings);
        }
        return new YoloLayout(file, names, merged(splits), fields.get("kpt_shape") != null, findings);
    }

    private static YoloLayout data(Path file) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        for (String line : lines(file)) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                fields.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
            }
        }
        Optional<Path> list = Optional.ofNullable(fields.get("names")).flatMap(names -> loosely(file.getParent(), names)).filter(Files::isRegularFile);
        if (list.isEmpty()) {
            return refused(file, Code.MALFORMED_DOCUMENT, "names is " + fields.get("names") + "; expected the file of the classes' names");
        }
        Map<Integer, String> names = names(list.get());
        String classes = fields.get("classes");
        if (classes != null && !classes.equals(String.valueOf(names.size()))) {
            return refused(file, Code.MALFORMED_DOCUMENT, "classes is " + classes + ", but " + list.get().getFileName() + " has " + names.size()
                    + " names; expected as many");
        }
        List<Finding> findings = new ArrayList<>();
        List<Path> splits = new ArrayList<>();
        for (String split : SPLITS) {
            if (fields.containsKey(split)) {
                add(file, split, fields.get(split), splits, findings);
            }
        }
        if (splits.isEmpty() && findings.isEmpty()) {
            return refused(file, Code.MALFORMED_DOCUMENT, "it has neither train nor valid; expected a list of images");
        }
        return new YoloLayout(file, names, merged(splits), false, findings);
    }

    private static YoloLayout plain(Path file) throws IOException {
        Path images = file.resolveSibling(IMAGES);
        return new YoloLayout(file, names(file), Files.isDirectory(images) ? List.of(images) : List.of(), false, List.of());
    }

    private static void add(Path file, String split, String place, List<Path> splits, List<Finding> findings) {
        Optional<Path> found = loosely(file.getParent(), place);
        if (found.isPresent()) {
            splits.add(found.get());
        } else {
            findings.add(new Finding(Code.MISSING_FILE, file.getFileName().toString(), split + " is " + place
                    + "; expected a folder of images, or a list of them, below " + file.getParent()));
        }
    }

    /** Without those that lie within others: {@code train} and {@code val} are often the same. */
    private static List<Path> merged(List<Path> splits) {
        List<Path> distinct = splits.stream().distinct().toList();
        return distinct.stream().filter(one -> distinct.stream().noneMatch(other -> !other.equals(one) && one.startsWith(other))).toList();
    }

    private static Map<Integer, String> names(Path file) throws IOException {
        Map<Integer, String> names = new TreeMap<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                names.put(i, lines.get(i));
            }
        }
        return names;
    }

    private static List<String> lines(Path file) throws IOException {
        return withoutMark(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)).lines().map(String::strip).toList();
    }

    /** Text without the mark of its byte order, which Windows' editors put in front of it. */
    static String withoutMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    static Optional<Integer> classNumber(String text) {
        try {
            double number = Double.parseDouble(text);
            return number >= 0 && number < MOST_CLASSES && number == Math.rint(number) ? Optional.of((int) number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** What a path leads to below a folder: as it stands, or without its first parts. */
    static Optional<Path> loosely(Path folder, String path) {
        String rest = path.replace('\\', '/');
        while (!rest.isEmpty()) {
            try {
                Path tried = folder.resolve(rest).normalize();
                if (tried.startsWith(folder) && Files.exists(tried)) {
                    return Optional.of(tried);
                }
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
            int slash = rest.indexOf('/');
            rest = slash < 0 ? "" : rest.substring(slash + 1);
        }
        return Optional.empty();
    }

    Path folder() {
        return description.getParent();
    }

    /** The folder that names of images are relative to; empty where the images are not with the description. */
    Optional<Path> images() throws IOException {
        List<Path> usual = new ArrayList<>(List.of(folder().resolve(IMAGES)));
        try (Stream<Path> darknet = Files.list(folder())) {
            List<Path> sets = darknet.filter(path -> path.getFileName().toString().matches("obj_.*_data")).limit(2).toList();
            if (sets.size() == 1) {
                usual.addAll(sets);
            }
        }
        for (Path images : usual) {
            boolean all = splits.stream().allMatch(split -> split.startsWith(images) || Files.isRegularFile(split));
            if (Files.isDirectory(images) && all) {
                return Optional.of(images);
            }
        }
        return splits.isEmpty() ? Optional.empty() : Optional.of(folder());
    }

    /** Where labels lie that have their images elsewhere. */
    Path labels() {
        return Files.isDirectory(folder().resolve(LABELS)) ? folder().resolve(LABELS) : folder();
    }

    /** The label file of an image: in {@code labels} instead of the last {@code images} of its path, or beside it. */
    Optional<Path> labelsOf(Path image) {
        Path folder = folder();
        if (!image.startsWith(folder)) {
            return Optional.empty();
        }
        String name = folder.relativize(image).toString().replace('\\', '/');
        return Stream.of(labelFile(name), withExtension(name, "txt")).map(folder::resolve).filter(Files::isRegularFile).findFirst();
    }

    /** The same as a name: {@code labels/train/a.txt} for {@code images/train/a.jpg}. */
    static String labelFile(String image) {
        String name = "/" + withExtension(image, "txt");
        int at = name.lastIndexOf("/" + IMAGES + "/");
        return (at < 0 ? name : name.substring(0, at) + "/" + LABELS + "/" + name.substring(at + IMAGES.length() + 2)).substring(1);
    }

    /** The reverse: {@code images/train/a.jpg} for {@code labels/train/a.txt}. */
    static String imageFile(String labels, String extension) {
        String name = "/" + labels.substring(0, labels.lastIndexOf('.') + 1) + extension;
        int at = name.lastIndexOf("/" + LABELS + "/");
        return (at < 0 ? name : name.substring(0, at) + "/" + IMAGES + "/" + name.substring(at + LABELS.length() + 2)).substring(1);
    }

    static String withExtension(String name, String extension) {
        int dot = name.lastIndexOf('.');
        return (dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name) + "." + extension;
    }
}

package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A YOLO dataset in one of the {@linkplain YoloLayout layouts} of Darknet, Ultralytics and Label Studio: for each image a text
 * file with a line {@code class x y width height} for each box, centre and size in fractions of the upright image. A sixth
 * number, a track or a confidence, is passed over, and so are the points of a pose. A line with more is an outline, of which the box
 * around it is taken.
 *
 * <p>Where the images lie with their description, all of them are read, and one without a label file has no box. Where they lie
 * elsewhere the label files say which are meant.
 */
public final class YoloReader implements SourceReader {

    /** An outline of thousands of points is one of a mask; a longer line is no label. */
    private static final int LONGEST_LINE = 1 << 20;
    /** Texts that lie among labels: those of LabelImg and of Roboflow. */
    private static final Pattern NO_LABELS = Pattern.compile("(?i)(predefined_)?classes[.]txt|readme.*[.]txt");

    private final YoloLayout layout;
    private final ImageFiles images;
    private final boolean withImages;
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private final List<Stream<Path>> open = new ArrayList<>();
    private final Set<String> listed = new HashSet<>();
    private Iterator<Path> splits;
    private Iterator<Path> files;
    private BufferedReader list;
    private Labels labels;
    private long named;
    private long labelled;
    private boolean ended;

    /** A label file that is being read. */
    private final class Labels {
        private final String image;
        private final String name;
        private final DigestInputStream bytes;
        private final BufferedReader lines;
        private int number;

        Labels(String image, Path file) throws IOException {
            this.image = image;
            this.name = layout.folder().relativize(file).toString().replace('\\', '/');
            this.bytes = new DigestInputStream(Files.newInputStream(file), Sha256.digest());
            this.lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
        }

        /** @return whether there was another line */
        boolean next() throws IOException {
            String line = lines.readLine();
            if (line == null) {
                found.add(new SourceDocument(name, Sha256.hex(bytes.getMessageDigest())));
                lines.close();
                return false;
            }
            number++;
            String content = number == 1 ? YoloLayout.withoutMark(line) : line;
            if (!content.isBlank()) {
                box(content);
            }
            return true;
        }

        private void box(String line) {
            String id = "line " + number;
            String[] parts = line.strip().split("\\s+");
            if (parts.length < 5 || line.length() > LONGEST_LINE) {
                malformed(id, line, "class, x, y, width and height");
                return;
            }
            Optional<Integer> category = YoloLayout.classNumber(parts[0]);
            Optional<List<BigDecimal>> read = Decimals.numbers(Stream.of(parts).skip(1));
            if (category.isEmpty() || read.isEmpty()) {
                malformed(id, line, "a class number from 0, and numbers behind it");
                return;
            }
            // Behind the box of a pose come its points, which may lie anywhere.
            List<BigDecimal> numbers = layout.keypoints() ? read.get().subList(0, 4) : read.get();
            if (numbers.stream().anyMatch(part -> part.abs().compareTo(BigDecimal.TEN) > 0)) {
                found.add(new Finding(Code.INVALID_BOX, name, id + " is \"" + shortened(line) + "\"; expected fractions of the image, 0 to 1, not pixels"));
            } else if (numbers.size() <= 5) {
                add(id, category.get(), RelativeBox.Convention.CENTRE.read(numbers));
            } else if (numbers.size() % 2 == 0) {
                found.add(new Finding(Code.SHAPE_BOXED, name, id + " is an outline of " + numbers.size() / 2 + " points; the box around it was taken"));
                add(id, category.get(), around(numbers));
            } else {
                malformed(id, line, "class, x, y, width and height, or class and the points of an outline");
            }
        }

        private void add(String id, int category, RelativeBox box) {
            found.add(new SourceBox(id, image, Integer.toString(category), box, false));
        }

        private void malformed(String id, String line, String expected) {
            found.add(new Finding(Code.MALFORMED_ENTRY, name, id + " is \"" + shortened(line) + "\"; expected " + expected));
        }
    }

    private static String shortened(String line) {
        String storable = line.replace('\0', '\ufffd');
        return storable.length() <= 100 ? storable : storable.substring(0, 100) + "...";
    }

    private static RelativeBox around(List<BigDecimal> points) {
        List<BigDecimal> edges = Decimals.around(points);
        return new RelativeBox(edges.get(0), edges.get(1), edges.get(2).subtract(edges.get(0)), edges.get(3).subtract(edges.get(1)));
    }

    /**
     * @param description {@code data.yaml}, {@code obj.data}, or a file of class names
     * @param images      the folder of images; another than that of the layout means that they lie elsewhere
     * @throws IOException if the description cannot be read
     */
    public YoloReader(Path description, ImageFiles images) throws IOException {
        this.layout = YoloLayout.read(description.toRealPath());
        this.images = images;
        Optional<Path> own = layout.images();
        this.withImages = own.isPresent() && own.get().toRealPath().equals(images.folder());
        found.add(document(description));
        found.addAll(layout.findings());
        ended = layout.names().isEmpty();
        if (ended && layout.findings().isEmpty()) {
            found.add(new Finding(Code.MALFORMED_DOCUMENT, description.getFileName().toString(), "it has no class names; expected at least one"));
        }
        for (Map.Entry<Integer, String> name : layout.names().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList()) {
            String text = name.getValue().replace('\0', '\ufffd').strip();
            found.add(SourceCategory.isName(text) ? new SourceCategory(name.getKey().toString(), text)
                    : new Finding(Code.MALFORMED_ENTRY, description.getFileName().toString(), "class " + name.getKey() + ": name is \"" + text
                            + "\"; expected 1 to " + SourceCategory.MAX_LENGTH + " characters"));
        }
        boolean darknet = layout.splits().stream().anyMatch(Files::isRegularFile);
        this.splits = (withImages || darknet ? layout.splits() : List.of(layout.labels())).iterator();
    }

    private static SourceDocument document(Path file) throws IOException {
        return new SourceDocument(file.getFileName().toString(), Sha256.of(Files.readAllBytes(file)));
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        try {
            while (found.isEmpty() && !ended) {
                advance();
            }
        } catch (UncheckedIOException e) {
            ended = true;
            found.add(ImageFiles.unlistable(e));
        }
        return Optional.ofNullable(found.poll());
    }

    private void advance() throws IOException {
        if (labels != null) {
            labels = labels.next() ? labels : null;
        } else if (files != null) {
            if (files.hasNext()) {
                file(files.next());
            } else {
                files = null;
            }
        } else if (list != null) {
            String line = list.readLine();
            if (line == null) {
                list.close();
                list = null;
            } else if (!line.isBlank() && listed.add(line.strip())) {
                listed(line.strip().replace('\0', '\ufffd'));
            }
        } else if (splits.hasNext()) {
            enter(splits.next());
        } else {
            end();
        }
    }

    private void enter(Path split) throws IOException {
        if (Files.isRegularFile(split)) {
            list = Files.newBufferedReader(split, StandardCharsets.UTF_8);
        } else {
            Stream<Path> walk = withImages ? images.walk(split) : Files.walk(split).filter(this::isLabels);
            open.add(walk);
            files = walk.iterator();
        }
    }

    private boolean isLabels(Path file) {
        String name = file.getFileName().toString();
        return name.toLowerCase(Locale.ROOT).endsWith(".txt") && !name.startsWith(".") && !file.equals(layout.description())
                && !NO_LABELS.matcher(name).matches() && !layout.splits().contains(file) && Files.isRegularFile(file);
    }

    private void file(Path file) throws IOException {
        if (withImages) {
            Optional<Path> real = images.real(file);
            if (real.isEmpty()) {
                found.add(images.outsideRoots(images.nameOf(file)));
            } else {
                image(images.nameOf(file), real, layout.labelsOf(file));
            }
        } else {
            String stem = YoloLayout.withExtension(layout.labels().relativize(file).toString().replace('\\', '/'), "");
            lookUp(stem.substring(0, stem.length() - 1), Optional.of(file));
        }
    }

    /** An image of a list: with its description, or in the folder of images. */
    private void listed(String name) throws IOException {
        Optional<Path> here = withImages ? YoloLayout.loosely(layout.folder(), name).filter(file -> file.startsWith(images.folder())) : Optional.empty();
        Optional<Path> labels = YoloLayout.loosely(layout.folder(), YoloLayout.labelFile(name))
                .or(() -> YoloLayout.loosely(layout.folder(), YoloLayout.withExtension(name, "txt"))).filter(Files::isRegularFile);
        if (here.isPresent()) {
            file(here.get());
        } else {
            lookUp(name, labels);
        }
    }

    private void lookUp(String name, Optional<Path> labels) throws IOException {
        ImageFiles.Lookup lookup = images.find(name, name);
        // A label file names its image without its extension: that it was found under another name is no news.
        lookup.finding().filter(finding -> finding.code() != Code.FILE_NAME_MENDED).ifPresent(found::add);
        lookup.address().ifPresent(address -> found.add(new Finding(Code.MISSING_FILE, lookup.fileName(), address + " is elsewhere; expected a file, as its labels are found by its path")));
        image(lookup.fileName(), lookup.file(), labels);
    }

    private void image(String name, Optional<Path> file, Optional<Path> labelFile) throws IOException {
        named += file.isPresent() ? 1 : 0;
        found.add(new SourceImage(name, name, file, Optional.empty()));
        if (labelFile.isPresent() && images.real(labelFile.get()).isEmpty()) {
            found.add(images.outsideRoots(layout.folder().relativize(labelFile.get()).toString()));
        } else if (labelFile.isPresent()) {
            labelled++;
            labels = new Labels(name, labelFile.get());
        }
    }

    private void end() throws IOException {
        ended = true;
        if (named > 0 && labelled == 0) {
            found.add(new Finding(Code.NO_LABELS, null, "none of " + named + " images has a label file; expected one such as "
                    + YoloLayout.labelFile("images/a.jpg") + " for images/a.jpg, or a.txt beside a.jpg"));
        }
        if (!withImages) {
            images.unnamed(named).ifPresent(found::add);
        } else {
            for (Path folder : labelFolders()) {
                try (Stream<Path> all = Files.walk(folder).filter(this::isLabels)) {
                    all.filter(file -> !hasImage(file)).forEach(file -> {
                        String name = layout.folder().relativize(file).toString().replace('\\', '/');
                        found.add(new Finding(Code.MISSING_FILE, name, "there is no image of this label file; expected one such as "
                                + YoloLayout.imageFile(name, "jpg")));
                    });
                }
            }
        }
    }

    /** Folders that hold nothing but labels. */
    private Set<Path> labelFolders() {
        return Stream.concat(Stream.of(layout.labels()), layout.splits().stream().map(split -> split.resolveSibling("labels")))
                .filter(folder -> !folder.equals(layout.folder()) && Files.isDirectory(folder)).collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean hasImage(Path labelFile) {
        String name = layout.folder().relativize(labelFile).toString().replace('\\', '/');
        return Stream.of(YoloLayout.imageFile(name, ""), name.substring(0, name.length() - "txt".length())).anyMatch(stem -> images.isImage(layout.folder().resolve(stem)));
    }

    @Override
    public void close() throws IOException {
        open.forEach(Stream::close);
        if (list != null) {
            list.close();
        }
        if (labels != null) {
            labels.lines.close();
        }
    }
}

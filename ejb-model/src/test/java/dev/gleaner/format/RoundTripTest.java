package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.LabeledImage.LabeledBox;
import dev.gleaner.glip.Box;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is exported is what is imported again, in every format, for datasets of forty seeds. */
class RoundTripTest {

    private static final int SEEDS = 40;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = ExportFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "COCO")
    void whatIsExportedIsImportedAgain(ExportFormat format) throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            GeneratedDataset written = GeneratedDataset.of(seed, keepsCrowds(format));
            Path place = Files.createDirectory(folder.resolve(format + " " + seed)).toRealPath();
            unpack(archive(format, written), place);
            Map<String, PixelSize> sizes = sizes(written);

            assertThat(read(source(format), place, written, image -> sizes.get(image.fileName()))).as("seed " + seed + " in " + place).isEqualTo(described(written));
        }
    }

    /** Photos that are stored turned or mirrored, by each of EXIF's orientations: their boxes are in upright pixels, going out and coming back. */
    @ParameterizedTest
    @EnumSource(value = ExportFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "COCO")
    void boxesOfTurnedPhotosComeBackUpright(ExportFormat format) throws IOException {
        Set<Integer> seen = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            GeneratedDataset written = GeneratedDataset.small(seed, keepsCrowds(format));
            Random random = new Random(seed);
            Map<String, byte[]> photos = new HashMap<>();
            for (LabeledImage image : written.images()) {
                Orientation orientation = new Orientation(1 + random.nextInt(8));
                PixelSize stored = orientation.swapsAxes() ? image.size().turned() : image.size();
                boolean exif = image.fileName().toLowerCase(Locale.ROOT).matches(".*jpe?g");
                photos.put(image.fileName(), exif ? Pictures.turned(Pictures.encoded(stored.width(), stored.height(), "jpg"), orientation.exif())
                        : Pictures.encoded(image.size().width(), image.size().height(), "png"));
                seen.add(exif ? orientation.exif() : 1);
            }
            Path place = Files.createDirectory(folder.resolve("turned " + format + " " + seed)).toRealPath();
            unpack(archive(format, written, photos::get), place);

            assertThat(read(source(format), place, written, RoundTripTest::uprightSize)).as("seed " + seed + " in " + place).isEqualTo(described(written));
        }
        assertThat(seen).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    /** As an import sees it, which takes boxes as they are unless they are in pixels of the stored picture. */
    private static PixelSize uprightSize(SourceImage image) {
        ImageInspection inspection = ImageInspection.of(image.file().orElseThrow());
        ImageCheck check = ImageCheck.ofAnnotated(image.fileName(), image.declared(), image.frame(), inspection);
        assertThat(check.usable()).as(check.findings().toString()).isTrue();
        assertThat(check.frame()).as(image.fileName()).isNotEqualTo(Optional.of(PixelFrame.STORED));
        return inspection.picture().orElseThrow().upright();
    }

    /** Writing is a function of the dataset: the same one is the same file, so that nobody imports it twice. */
    @ParameterizedTest
    @EnumSource(value = ExportFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "COCO")
    void theSameDatasetIsTheSameArchive(ExportFormat format) throws IOException {
        assertThat(archive(format, GeneratedDataset.of(7, false))).isEqualTo(archive(format, GeneratedDataset.of(7, false)));
    }

    private static boolean keepsCrowds(ExportFormat format) {
        return format != ExportFormat.YOLO && format != ExportFormat.YOLO_DARKNET;
    }

    private static SourceFormat source(ExportFormat format) {
        return format == ExportFormat.YOLO_DARKNET ? SourceFormat.YOLO : SourceFormat.named(format.label()).orElseThrow();
    }

    static byte[] archive(ExportFormat format, GeneratedDataset dataset) throws IOException {
        return archive(format, dataset, name -> "no picture".getBytes(StandardCharsets.UTF_8));
    }

    /** @param pictures the image files by their names */
    private static byte[] archive(ExportFormat format, GeneratedDataset dataset, Function<String, byte[]> pictures) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ZipFiles zip = new ZipFiles(bytes);
        if (format.isDocument()) {
            try (OutputStream document = zip.file(format.document()); DatasetWriter writer = format.writer(document, "generated", dataset.categories())) {
                write(dataset, writer);
            }
        } else {
            try (DatasetWriter writer = format.writer(zip, dataset.categories())) {
                write(dataset, writer);
            }
        }
        UnaryOperator<String> places = format.imagePlaces();
        for (LabeledImage image : dataset.images()) {
            try (OutputStream file = zip.file(places.apply(image.fileName()))) {
                file.write(pictures.apply(image.fileName()));
            }
        }
        zip.end();
        return bytes.toByteArray();
    }

    private static void write(GeneratedDataset dataset, DatasetWriter writer) throws IOException {
        for (LabeledImage image : dataset.images()) {
            writer.image(image);
        }
        writer.end();
    }

    static void unpack(byte[] archive, Path place) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = place.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }

    private static Map<String, PixelSize> sizes(GeneratedDataset written) {
        return written.images().stream().collect(Collectors.toMap(LabeledImage::fileName, LabeledImage::size));
    }

    /** @param size of an image, in whose pixels its boxes are wanted */
    private static Map<String, List<String>> read(SourceFormat format, Path place, GeneratedDataset written, Function<SourceImage, PixelSize> size) throws IOException {
        Path annotations = format.annotations(place).orElseThrow();
        Path images = format.images(annotations).orElseThrow();
        Map<String, PixelSize> sizes = sizes(written);
        Map<String, String> categories = new HashMap<>();
        Map<String, SourceImage> sources = new HashMap<>();
        Map<String, List<String>> read = new TreeMap<>();
        List<SourceBox> boxes = new ArrayList<>();
        for (SourceItem item : Sources.all(format.open(annotations, images, List.of(place)))) {
            if (item instanceof SourceCategory category) {
                categories.put(category.id(), category.name());
            } else if (item instanceof SourceImage image) {
                sources.put(image.id(), image);
                assertThat(image.file()).as(image.fileName()).isPresent();
                assertThat(read.put(image.fileName(), new ArrayList<>())).as("a second " + image.fileName()).isNull();
                assertThat(image.declared()).isIn(Optional.empty(), Optional.of(sizes.get(image.fileName())));
            } else if (item instanceof SourceBox box) {
                boxes.add(box);
            } else if (item instanceof Finding finding) {
                read.put("finding", List.of(finding.toString()));
            }
        }
        for (SourceBox box : boxes) {
            SourceImage image = sources.get(box.imageId());
            read.get(image.fileName()).add(described(categories.get(box.categoryId()), box.relative().map(part -> part.in(size.apply(image))).orElse(box.box()), box.crowd()));
        }
        return read;
    }

    private static Map<String, List<String>> described(GeneratedDataset dataset) {
        Map<String, List<String>> described = new TreeMap<>();
        for (LabeledImage image : dataset.images()) {
            described.put(image.fileName(), image.boxes().stream().map((LabeledBox box) -> described(box.category(), box.box(), box.crowd())).toList());
        }
        return described;
    }

    private static String described(String category, Box box, boolean crowd) {
        return category + " at " + box + (crowd ? " crowd" : "");
    }
}

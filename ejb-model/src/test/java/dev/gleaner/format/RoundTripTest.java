package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.LabeledImage.LabeledBox;
import dev.gleaner.glip.Box;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
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

            assertThat(read(source(format), place, written)).as("seed " + seed + " in " + place).isEqualTo(described(written));
        }
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
            zip.text(places.apply(image.fileName()), "no picture");
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

    private static Map<String, List<String>> read(SourceFormat format, Path place, GeneratedDataset written) throws IOException {
        Path annotations = format.annotations(place).orElseThrow();
        Path images = format.images(annotations).orElseThrow();
        Map<String, PixelSize> sizes = new HashMap<>();
        written.images().forEach(image -> sizes.put(image.fileName(), image.size()));
        Map<String, String> categories = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        Map<String, List<String>> read = new TreeMap<>();
        List<SourceBox> boxes = new ArrayList<>();
        for (SourceItem item : Sources.all(format.open(annotations, images, List.of(place)))) {
            if (item instanceof SourceCategory category) {
                categories.put(category.id(), category.name());
            } else if (item instanceof SourceImage image) {
                names.put(image.id(), image.fileName());
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
            String image = names.get(box.imageId());
            read.get(image).add(described(categories.get(box.categoryId()), box.relative().map(part -> part.in(sizes.get(image))).orElse(box.box()), box.crowd()));
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

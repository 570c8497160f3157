package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.basicdataset.cv.CocoMetadata;
import ai.djl.util.JsonUtils;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.gleaner.format.LabeledImage.LabeledBox;
import dev.gleaner.glip.Box;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.yaml.snakeyaml.Yaml;

/**
 * What is exported is read by others as it was meant: COCO by DJL, tables by Jackson. Of VOC and YOLO there is no reader on Maven Central
 * that is kept and small (deeplearning4j's brings its natives along, takes whole pixels only, and has had no release since 2022): VOC is read as
 * XML by the JDK, and YOLO by the rules that Ultralytics has written down.
 */
class OtherReadersTest {

    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void djlReadsCoco(long seed) throws IOException {
        GeneratedDataset written = GeneratedDataset.of(seed, true);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CocoWriter writer = new CocoWriter(bytes, "generated");
        for (int i = 0; i < written.categories().size(); i++) {
            writer.category(i + 1, written.categories().get(i));
        }
        for (LabeledImage image : written.images()) {
            writer.image(image.id(), image.fileName(), image.size());
        }
        for (LabeledImage image : written.images()) {
            for (LabeledBox box : image.boxes()) {
                writer.box(box.id(), image.id(), written.categories().indexOf(box.category()) + 1, box.box(), box.crowd(), box.score());
            }
        }
        writer.end();

        CocoMetadata read = JsonUtils.GSON.fromJson(bytes.toString(StandardCharsets.UTF_8), CocoMetadata.class);

        assertThat(read.getCategories()).extracting(CocoMetadata.Category::getId).hasSize(written.categories().size()).startsWith(1L);
        assertThat(read.getImages()).extracting(image -> image.getId() + " " + new PixelSize(image.getWidth(), image.getHeight()))
                .containsExactlyElementsOf(written.images().stream().map(image -> image.id() + " " + image.size()).toList());
        assertThat(read.getAnnotations()).extracting(box -> box.getImageId() + " " + written.categories().get((int) box.getCategoryId() - 1) + " "
                        + Box.xywh(box.getBoundingBox()[0], box.getBoundingBox()[1], box.getBoundingBox()[2], box.getBoundingBox()[3]))
                .containsExactlyElementsOf(written.images().stream()
                        .flatMap(image -> image.boxes().stream().map(box -> image.id() + " " + box.category() + " " + box.box())).toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void jacksonReadsTables(long seed) throws IOException {
        GeneratedDataset written = GeneratedDataset.of(seed, true);
        Path folder = exported(ExportFormat.CSV, written);

        List<String> rows = new ArrayList<>();
        try (MappingIterator<Map<String, String>> read = new CsvMapper().readerForMapOf(String.class).with(CsvSchema.emptySchema().withHeader())
                .readValues(folder.resolve("annotations.csv").toFile())) {
            read.forEachRemaining(row -> rows.add(row.get("image") + " " + (row.get("category").isEmpty() ? "" : row.get("category") + " "
                    + Box.xywh(number(row, "x"), number(row, "y"), number(row, "width"), number(row, "height")) + " " + row.get("iscrowd"))));
        }

        assertThat(rows).containsExactlyElementsOf(written.images().stream().flatMap(image -> image.boxes().isEmpty() ? Stream.of(image.fileName() + " ")
                : image.boxes().stream().map(box -> image.fileName() + " " + box.category() + " " + box.box() + " " + (box.crowd() ? 1 : 0))).toList());
    }

    private static double number(Map<String, String> row, String column) {
        return Double.parseDouble(row.get(column));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theJdkReadsVoc(long seed) throws Exception {
        GeneratedDataset written = GeneratedDataset.of(seed, true);
        Path folder = exported(ExportFormat.VOC, written);

        Set<String> read = new HashSet<>();
        for (Path file : files(folder, ".xml")) {
            Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
            String image = text(document.getDocumentElement(), "filename");
            NodeList objects = document.getElementsByTagName("object");
            for (int i = 0; i < objects.getLength(); i++) {
                Element object = (Element) objects.item(i);
                double[] corners = Stream.of("xmin", "ymin", "xmax", "ymax").mapToDouble(corner -> Double.parseDouble(text(object, corner))).toArray();
                read.add(image + " " + text(object, "name") + " " + text(object, "difficult"));
                LabeledBox meant = written.images().stream().filter(one -> one.fileName().equals(image)).findFirst().orElseThrow().boxes().get(i);
                // The development kit's: pixels are counted from 1, and width is xmax - xmin + 1.
                assertThat(new double[] {corners[0] - 1, corners[1] - 1, corners[2] - corners[0] + 1, corners[3] - corners[1] + 1})
                        .containsExactly(new double[] {meant.box().x(), meant.box().y(), meant.box().width(), meant.box().height()}, within(1e-6));
            }
        }

        // The kit's list of all that has boxes, or none, by which Datumaro and CVAT find the files.
        Path annotations = folder.resolve("Annotations");
        assertThat(Files.readAllLines(folder.resolve("ImageSets/Main/trainval.txt"))).hasSameSizeAs(written.images())
                .containsExactlyInAnyOrderElementsOf(files(annotations, ".xml").stream().map(file -> annotations.relativize(file).toString().replaceFirst("\\.xml$", ""))
                        .toList());
        Set<String> meant = new HashSet<>();
        written.images().forEach(image -> image.boxes().forEach(box -> meant.add(image.fileName() + " " + box.category() + " " + (box.crowd() ? 1 : 0))));
        assertThat(read).isEqualTo(meant);
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }

    /**
     * As Ultralytics documents it: {@code labels} stands where the path has {@code images}, a row is the class and centre and size in fractions,
     * none above 1 or below 0, classes are below the number of names, and of equal rows one counts.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theRulesOfUltralyticsHoldForYolo(long seed) throws IOException {
        GeneratedDataset written = GeneratedDataset.of(seed, false);
        Path folder = exported(ExportFormat.YOLO, written);
        Map<String, Object> data = new Yaml().load(Files.readString(folder.resolve("data.yaml")));
        List<String> names = data.get("names") instanceof Map<?, ?> byNumber ? byNumber.values().stream().map(String.class::cast).toList()
                : ((List<?>) data.get("names")).stream().map(String.class::cast).toList();
        assertThat(names).isEqualTo(written.categories());

        Set<String> taken = new HashSet<>();
        for (LabeledImage image : written.images()) {
            String place = "/" + YoloWriter.place(YoloWriter.Layout.ULTRALYTICS, image.fileName(), taken);
            int at = place.lastIndexOf("/images/");
            String labels = (place.substring(0, at) + "/labels/" + place.substring(at + "/images/".length())).substring(1).replaceFirst("\\.[^.]*$", ".txt");
            Set<String> rows = Files.exists(folder.resolve(labels)) ? new HashSet<>(Files.readAllLines(folder.resolve(labels))) : Set.of();
            assertThat(rows).as(labels).hasSize(image.boxes().size());
            for (String row : rows) {
                double[] lb = Stream.of(row.split(" ")).mapToDouble(Double::parseDouble).toArray();
                assertThat(lb).hasSize(5);
                assertThat(lb[0]).isBetween(0.0, names.size() - 1.0);
                assertThat(lb).as("fractions of %s", row).satisfies(all -> {
                    for (int i = 1; i < 5; i++) {
                        assertThat(all[i]).isBetween(0.0, 1.0);
                    }
                });
                Box box = Box.xywh((lb[1] - lb[3] / 2) * image.size().width(), (lb[2] - lb[4] / 2) * image.size().height(), lb[3] * image.size().width(),
                        lb[4] * image.size().height());
                assertThat(image.boxes()).as(row).anySatisfy(meant -> {
                    assertThat(meant.category()).isEqualTo(names.get((int) lb[0]));
                    assertThat(new double[] {box.x(), box.y(), box.width(), box.height()})
                            .containsExactly(new double[] {meant.box().x(), meant.box().y(), meant.box().width(), meant.box().height()}, within(1e-6));
                });
            }
        }
    }

    private Path exported(ExportFormat format, GeneratedDataset dataset) throws IOException {
        RoundTripTest.unpack(RoundTripTest.archive(format, dataset), temp.toRealPath());
        return temp.toRealPath();
    }

    private static List<Path> files(Path folder, String extension) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(extension)).toList();
        }
    }
}

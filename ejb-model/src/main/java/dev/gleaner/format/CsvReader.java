package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.format.CsvColumns.Kind;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A table with a row for each box, separated by commas, semicolons or tabs as its first line is. Columns go by their names, in any
 * order and case; others are passed over:
 *
 * <ul>
 * <li>{@code image} (or {@code filename}, {@code file_name}, {@code path}): the file, relative to the folder of images, or the address of one elsewhere
 * <li>{@code image_width}, {@code image_height}: its size, optional
 * <li>{@code category} (or {@code class}, {@code label}); without one the row says that the image is part of the set
 * <li>{@code x}, {@code y}, {@code width}, {@code height}: the box in pixels, from its top-left corner; or {@code xmin}, {@code ymin},
 * {@code xmax}, {@code ymax}: its edges, beside which {@code width} and {@code height} are the image's, as the tables of TensorFlow's
 * examples have it
 * <li>{@code iscrowd}: 1 for a crowd, optional
 * </ul>
 *
 * <p>Tables of Open Images ({@code ImageID}, {@code LabelName}), in fractions of the image, of the VGG Image Annotator 2 and of Label Studio are
 * known by their columns.
 */
public final class CsvReader implements SourceReader {

    private static final int LONGEST_ROW = 1 << 20;
    private static final int LONGEST_HEADER = 1 << 12;

    private final ImageFiles images;
    private final DigestInputStream bytes;
    private final Bounded text;
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private final Set<String> categories = new HashSet<>();
    /** Of images, of which there are fewer than rows. */
    private final Set<String> seen = new HashSet<>();
    private final LabelStudioTasks tasks;
    private final boolean decimalCommas;
    private CsvColumns columns;
    private Iterator<CSVRecord> rows;
    private long named;
    private boolean ended;

    /** A row that never ends would otherwise be held as a whole. Keeps failures of the disk apart from those of the table. */
    private static final class Bounded extends FilterReader {
        private int left = LONGEST_ROW;
        private IOException failure;

        Bounded(Reader in) {
            super(in);
        }

        void nextRow() {
            left = LONGEST_ROW;
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new IOException("a row has more than " + LONGEST_ROW + " characters");
            }
            try {
                int n = super.read(buffer, offset, length);
                left -= Math.max(n, 0);
                return n;
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }

    /** @throws IOException if the file cannot be opened */
    public CsvReader(Path file, ImageFiles images) throws IOException {
        this.images = images;
        this.bytes = new DigestInputStream(Files.newInputStream(file), Sha256.digest());
        this.text = new Bounded(new InputStreamReader(bytes, StandardCharsets.UTF_8));
        this.tasks = new LabelStudioTasks(images, found);
        String header = firstLine(file);
        char separator = header.contains(",") ? ',' : header.contains(";") ? ';' : header.contains("\t") ? '\t' : ',';
        this.decimalCommas = separator != ',';
        CSVParser parser = CSVFormat.RFC4180.builder().setDelimiter(separator).setIgnoreEmptyLines(true).build().parse(text);
        this.rows = parser.iterator();
    }

    private static String firstLine(Path file) throws IOException {
        try (Reader reader = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            char[] begin = new char[LONGEST_HEADER];
            int n = reader.read(begin);
            return new String(begin, 0, Math.max(n, 0)).lines().findFirst().orElse("");
        }
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        while (found.isEmpty() && !ended) {
            try {
                text.nextRow();
                if (!rows.hasNext()) {
                    end();
                } else if (columns == null) {
                    header(rows.next());
                } else {
                    row(rows.next());
                }
            } catch (UncheckedIOException e) {
                if (text.failure != null) {
                    throw text.failure;
                }
                refuse(e.getCause().getMessage());
            }
        }
        return Optional.ofNullable(found.poll());
    }

    private void end() throws IOException {
        if (columns == null) {
            refuse("it is empty; expected a line of column names");
            return;
        }
        ended = true;
        bytes.transferTo(OutputStream.nullOutputStream());
        found.add(new SourceDocument("", Sha256.hex(bytes.getMessageDigest())));
        if (columns.kind() == Kind.LABEL_STUDIO) {
            tasks.end();
        } else {
            images.unnamed(named).ifPresent(found::add);
        }
    }

    private void refuse(String why) {
        ended = true;
        found.add(new Finding(Code.MALFORMED_DOCUMENT, null, why));
    }

    private void header(CSVRecord row) {
        columns = CsvColumns.of(row).orElse(null);
        if (columns == null) {
            refuse("line 1: there is no column " + String.join(", ", CsvColumns.missing(row)) + "; expected image, category, and x, y, width, height or xmin, ymin, xmax, ymax");
        }
    }

    private String value(CSVRecord row, String column) {
        return columns.value(row, column);
    }

    private void row(CSVRecord row) throws IOException {
        String id = "row " + (row.getRecordNumber() - 1);
        if (columns.kind() == Kind.LABEL_STUDIO) {
            tasks.task(task(row));
            return;
        }
        String image = value(row, "image");
        if (image == null || image.isBlank()) {
            found.add(new Finding(Code.MALFORMED_ENTRY, null, id + ": image is \"" + image + "\"; expected the name of a file"));
            return;
        }
        // An address may be signed, which is for nobody to see.
        String key = RemoteAddress.of(image).map(RemoteAddress::name).orElse(image);
        if (seen.add(key)) {
            ImageFiles.Lookup lookup = images.find(image, image);
            lookup.finding().ifPresent(found::add);
            named += lookup.file().isPresent() ? 1 : 0;
            found.add(new SourceImage(key, lookup, size(row)));
        }
        if (columns.kind() == Kind.VIA) {
            region(id, key, ViaRegion.parse(value(row, "region_shape_attributes"), value(row, "region_attributes")), row);
            return;
        }
        String category = value(row, "category");
        if (category == null || category.isBlank()) {
            if (Stream.concat(CsvColumns.CORNER.stream().limit(2), CsvColumns.EDGES.stream()).map(name -> value(row, name)).anyMatch(value -> value != null && !value.isBlank())) {
                found.add(new Finding(Code.MALFORMED_ENTRY, key, id + ": category is \"\"; expected one for the box"));
            }
            return;
        }
        if (isName(id, key, category.strip())) {
            box(id, key, category.strip(), row);
        }
    }

    private Optional<PixelSize> size(CSVRecord row) {
        boolean ofImage = columns.kind() != Kind.CORNER;
        String width = value(row, columns.has("image_width") ? "image_width" : ofImage ? "width" : "");
        String height = value(row, columns.has("image_height") ? "image_height" : ofImage ? "height" : "");
        try {
            return width == null || height == null ? Optional.empty()
                    : Optional.of(new PixelSize(Integer.parseInt(width.strip()), Integer.parseInt(height.strip())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A task as JSON-MIN has it: what is JSON in a cell is taken as that. */
    private JsonNode task(CSVRecord row) {
        ObjectNode task = LabelStudioTasks.JSON.createObjectNode();
        for (String column : columns.places().keySet()) {
            String cell = value(row, column);
            if (cell != null && cell.startsWith("[")) {
                try {
                    task.set(column, LabelStudioTasks.JSON.readTree(cell));
                    continue;
                } catch (JsonProcessingException e) {
                    // A text that begins so.
                }
            }
            task.put(column, cell);
        }
        return task;
    }

    private void region(String id, String image, ViaRegion region, CSVRecord row) {
        if (region.kind().isEmpty()) {
            return;
        }
        if (region.box().isEmpty()) {
            found.add(new Finding(Code.NOT_TAKEN, image, id + ": region_shape_attributes is " + value(row, "region_shape_attributes") + ", which is no box; it was left out"));
        } else if (region.category().isEmpty()) {
            found.add(new Finding(Code.MALFORMED_ENTRY, image, id + ": region_attributes is " + value(row, "region_attributes")
                    + "; expected one attribute with the category, or one called class or label"));
        } else if (isName(id, image, region.category().get())) {
            if (!region.isBox()) {
                found.add(new Finding(Code.SHAPE_BOXED, image, id + " is a " + region.kind() + "; the upright box around it was taken"));
            }
            category(region.category().get());
            found.add(new SourceBox(id, image, region.category().get(), region.box().get(), false));
        }
    }

    private boolean isName(String id, String image, String category) {
        if (!SourceCategory.isName(category)) {
            found.add(new Finding(Code.MALFORMED_ENTRY, image, id + ": category is \"" + category.substring(0, 50) + "...\"; expected at most "
                    + SourceCategory.MAX_LENGTH + " characters"));
            return false;
        }
        return true;
    }

    private void category(String name) {
        if (categories.add(name)) {
            found.add(new SourceCategory(name, name));
        }
    }

    private void box(String id, String image, String category, CSVRecord row) {
        boolean edges = columns.kind() != Kind.CORNER;
        List<String> names = edges ? CsvColumns.EDGES : CsvColumns.CORNER;
        String written = id + ": " + names + " is " + names.stream().map(name -> value(row, name)).toList();
        Optional<List<BigDecimal>> numbers = Decimals.numbers(names.stream().map(name -> number(value(row, name))));
        if (numbers.isEmpty()) {
            found.add(new Finding(Code.INVALID_BOX, image, written + "; expected four finite numbers"));
            return;
        }
        List<BigDecimal> n = numbers.get();
        if (edges && (n.get(0).compareTo(n.get(2)) >= 0 || n.get(1).compareTo(n.get(3)) >= 0)) {
            found.add(new Finding(Code.INVALID_BOX, image, written + "; expected xmin below xmax, and ymin below ymax"));
            return;
        }
        category(category);
        boolean crowd = "1".equals(value(row, "iscrowd"));
        found.add(switch (columns.kind()) {
            case FRACTIONS -> new SourceBox(id, image, category,
                    new RelativeBox(n.get(0), n.get(1), n.get(2).subtract(n.get(0)), n.get(3).subtract(n.get(1))), crowd);
            case EDGES -> new SourceBox(id, image, category, Decimals.between(n), crowd);
            default -> new SourceBox(id, image, category,
                    Box.xywh(n.get(0).doubleValue(), n.get(1).doubleValue(), n.get(2).doubleValue(), n.get(3).doubleValue()), crowd);
        });
    }

    /** Where commas do not separate cells, they may separate decimals. */
    private String number(String written) {
        return written != null && decimalCommas ? written.replace(',', '.') : written;
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}

package dev.gleaner.format;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 */
public final class CsvReader implements SourceReader {

    private static final Map<String, String> OTHER_NAMES = Map.of("filename", "image", "file_name", "image", "path", "image", "image_path", "image",
            "class", "category", "label", "category", "is_crowd", "iscrowd");
    private static final List<String> BOX = List.of("x", "y", "width", "height");
    private static final List<String> EDGES = List.of("xmin", "ymin", "xmax", "ymax");
    private static final int LONGEST_ROW = 1 << 20;
    private static final int LONGEST_HEADER = 1 << 12;

    private final ImageFiles images;
    private final DigestInputStream bytes;
    private final Bounded text;
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private final Set<String> categories = new HashSet<>();
    /** Of images, of which there are fewer than rows. */
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Integer> columns = new HashMap<>();
    private Iterator<CSVRecord> rows;
    private boolean edges;
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
        String header = firstLine(file);
        char separator = header.contains(",") ? ',' : header.contains(";") ? ';' : header.contains("\t") ? '\t' : ',';
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
                } else if (columns.isEmpty()) {
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
        if (columns.isEmpty()) {
            refuse("it is empty; expected a line of column names");
            return;
        }
        ended = true;
        bytes.transferTo(OutputStream.nullOutputStream());
        found.add(new SourceDocument("", Sha256.hex(bytes.getMessageDigest())));
        images.unnamed(named).ifPresent(found::add);
    }

    private void refuse(String why) {
        ended = true;
        found.add(new Finding(Code.MALFORMED_DOCUMENT, null, why));
    }

    private void header(CSVRecord row) {
        for (int i = 0; i < row.size(); i++) {
            String name = row.get(i).replace("\ufeff", "").strip().toLowerCase(Locale.ROOT);
            columns.putIfAbsent(OTHER_NAMES.getOrDefault(name, name), i);
        }
        edges = columns.keySet().containsAll(EDGES);
        List<String> needed = Stream.concat(Stream.of("image", "category"), edges ? Stream.of() : BOX.stream()).filter(name -> !columns.containsKey(name)).toList();
        if (!needed.isEmpty()) {
            refuse("line 1: there is no column " + String.join(", ", needed) + "; expected image, category, and x, y, width, height or xmin, ymin, xmax, ymax");
        }
    }

    /** Null where the row is shorter. */
    private String value(CSVRecord row, String column) {
        Integer place = columns.get(column);
        return place == null || place >= row.size() ? null : row.get(place).replace('\0', '\ufffd');
    }

    private void row(CSVRecord row) throws IOException {
        String id = "row " + (row.getRecordNumber() - 1);
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
        String category = value(row, "category");
        if (category == null || category.isBlank()) {
            if (Stream.concat(BOX.stream().limit(2), EDGES.stream()).map(name -> value(row, name)).anyMatch(value -> value != null && !value.isBlank())) {
                found.add(new Finding(Code.MALFORMED_ENTRY, key, id + ": category is \"\"; expected one for the box"));
            }
            return;
        }
        box(id, key, category.strip(), row);
    }

    private Optional<PixelSize> size(CSVRecord row) {
        String width = value(row, columns.containsKey("image_width") ? "image_width" : edges ? "width" : "");
        String height = value(row, columns.containsKey("image_height") ? "image_height" : edges ? "height" : "");
        try {
            return width == null || height == null ? Optional.empty()
                    : Optional.of(new PixelSize(Integer.parseInt(width.strip()), Integer.parseInt(height.strip())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void box(String id, String image, String category, CSVRecord row) {
        if (!SourceCategory.isName(category)) {
            found.add(new Finding(Code.MALFORMED_ENTRY, image, id + ": category is \"" + category.substring(0, 50) + "...\"; expected at most "
                    + SourceCategory.MAX_LENGTH + " characters"));
            return;
        }
        List<String> names = edges ? EDGES : BOX;
        Optional<List<BigDecimal>> numbers = Decimals.numbers(names.stream().map(name -> value(row, name)));
        if (numbers.isEmpty()) {
            found.add(new Finding(Code.INVALID_BOX, image, id + ": " + names + " is " + names.stream().map(name -> value(row, name)).toList()
                    + "; expected four finite numbers"));
            return;
        }
        if (categories.add(category)) {
            found.add(new SourceCategory(category, category));
        }
        List<BigDecimal> n = numbers.get();
        Box box = edges ? Decimals.between(n) : Box.xywh(n.get(0).doubleValue(), n.get(1).doubleValue(), n.get(2).doubleValue(), n.get(3).doubleValue());
        found.add(new SourceBox(id, image, category, box, "1".equals(value(row, "iscrowd"))));
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}

package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A COCO detection file: one JSON object with {@code images}, {@code annotations} and {@code categories}, in any order. It is
 * read as a stream. A box that an annotation lacks is taken around its mask.
 *
 * <p>An image that is not in the folder is where its {@code coco_url} says.
 *
 * <p>Of LVIS's additions it reads what an image tells of categories it has no box of, and how frequent categories are.
 *
 * <p>Label Studio's exports have boxes in pixels of the upright picture, but where the images are with them, sizes of the files as stored: what its
 * {@code convert_to_coco} does, seen in exports of 1.23.2.
 *
 * <p>Ids may be numbers of any size, whole numbers written as decimals, or strings.
 */
public final class CocoReader implements SourceReader {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final String SHAPE = "one object with the lists \"images\", \"annotations\" and \"categories\"";

    private static final Set<String> FREQUENCIES = Set.of("r", "c", "f");
    private static final Set<String> TRUE = Set.of("1", "true");
    private static final Set<String> NO_BOX = Set.of("missing", "null", "[]");
    private static final Pattern OF_LABEL_STUDIO = Pattern.compile("\"contributor\"\\s*:\\s*\"Label Studio\"");
    private static final int TAIL = 1024;

    private final ImageFiles images;
    private final DigestInputStream bytes;
    private final JsonParser json;
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private final Optional<PixelFrame> frame;
    private Section section;
    private boolean imagesSeen;
    private final CocoCategories categories = new CocoCategories();
    private long named;
    private boolean started;
    private boolean ended;

    private enum Section { images, annotations, categories }

    /** @throws IOException if the file cannot be opened */
    public CocoReader(Path file, ImageFiles images) throws IOException {
        this.images = images;
        this.frame = OF_LABEL_STUDIO.matcher(tail(file)).find() ? Optional.of(PixelFrame.UPRIGHT) : Optional.empty();
        InputStream stream = Files.newInputStream(file);
        this.bytes = new DigestInputStream(stream, Sha256.digest());
        this.json = JSON.createParser(bytes);
    }

    /** Where Label Studio has its {@code info}: behind all images, for which it has to be known. */
    private static String tail(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - TAIL));
            return new String(Channels.newInputStream(channel).readNBytes(TAIL), StandardCharsets.UTF_8);
        }
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        while (found.isEmpty() && !ended) {
            try {
                advance();
            } catch (JsonProcessingException e) {
                // Behind the parser's own words comes where the list or object began, in words of its implementation.
                refuse(e.getLocation(), e.getOriginalMessage().replaceFirst("(?s) \\((for|start marker).*", ""));
            }
        }
        return Optional.ofNullable(found.poll());
    }

    /** Moves on by one entry of a list, or by one field of the outermost object. */
    private void advance() throws IOException {
        if (!started) {
            started = true;
            if (json.nextToken() != JsonToken.START_OBJECT) {
                refuse("it holds " + what(json.currentToken()) + "; expected " + SHAPE);
            }
        } else if (section == null) {
            nextField();
        } else {
            nextEntry();
        }
    }

    private void nextField() throws IOException {
        if (json.nextToken() == JsonToken.END_OBJECT) {
            end();
            return;
        }
        if (json.currentToken() == null) {
            refuse("it ends before its last bracket");
            return;
        }
        String name = json.currentName();
        JsonToken value = json.nextToken();
        for (Section candidate : Section.values()) {
            if (candidate.name().equals(name) && value != JsonToken.VALUE_NULL) {
                if (value != JsonToken.START_ARRAY) {
                    refuse("\"" + name + "\" is " + what(value) + "; expected a list");
                    return;
                }
                section = candidate;
                imagesSeen |= section == Section.images;
                return;
            }
        }
        json.skipChildren();
    }

    private void end() throws IOException {
        if (!imagesSeen) {
            refuse("there is no list \"images\"; expected " + SHAPE);
            return;
        }
        ended = true;
        if (json.nextToken() != null) {
            refuse("something follows the last bracket; expected the end of the file");
            return;
        }
        found.add(new SourceDocument("", Sha256.hex(bytes.getMessageDigest())));
        categories.end(found);
        images.unnamed(named).ifPresent(found::add);
    }

    private void nextEntry() throws IOException {
        JsonToken token = json.nextToken();
        if (token == JsonToken.END_ARRAY) {
            if (section == Section.categories) {
                categories.listed(found);
            }
            section = null;
        } else if (token == null) {
            refuse("it ends within \"" + section + "\"");
        } else if (token != JsonToken.START_OBJECT) {
            found.add(new Finding(Code.MALFORMED_ENTRY, null, "an entry of \"" + section + "\" is " + what(token) + "; expected an object"));
            json.skipChildren();
        } else {
            Entry entry = readEntry();
            switch (section) {
                case images -> image(entry);
                case categories -> category(entry);
                case annotations -> box(entry);
            }
        }
    }

    /** The fields of an entry that matter here, as far as it has them. */
    private static final class Entry {
        private String id;
        private String imageId;
        private String categoryId;
        private String name;
        private String superior;
        private String fileName;
        private String url;
        private Integer width;
        private Integer height;
        private List<String> absent;
        private List<String> notExhaustive;
        private String frequency;
        private boolean crowd;
        private String bbox = "missing";
        private Box box;
        private double degrees;
        private Optional<Box> mask = Optional.empty();
    }

    private Entry readEntry() throws IOException {
        Entry entry = new Entry();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "id" -> entry.id = id();
                case "image_id" -> entry.imageId = id();
                case "category_id" -> entry.categoryId = id();
                case "name" -> entry.name = text();
                case "supercategory" -> entry.superior = text();
                case "file_name" -> entry.fileName = text();
                case "coco_url" -> entry.url = text();
                case "width" -> entry.width = pixels();
                case "height" -> entry.height = pixels();
                case "iscrowd" -> entry.crowd = flag();
                case "neg_category_ids" -> entry.absent = ids();
                case "not_exhaustive_category_ids" -> entry.notExhaustive = ids();
                case "frequency" -> entry.frequency = text();
                case "bbox" -> readBox(entry);
                case "segmentation" -> entry.mask = CocoMask.around(json);
                case "attributes" -> entry.degrees = CocoAttributes.degrees(json);
                default -> json.skipChildren();
            }
        }
        return entry;
    }

    private void image(Entry entry) {
        if (entry.id == null || entry.fileName == null || entry.fileName.isBlank()) {
            found.add(new Finding(Code.MALFORMED_ENTRY, entry.fileName,
                    "image: id is " + entry.id + ", file_name is " + entry.fileName + "; expected both"));
            return;
        }
        String within = entry.fileName.startsWith(images.folder().getFileName() + "/") ? entry.fileName.substring(entry.fileName.indexOf('/') + 1) : entry.fileName;
        ImageFiles.Lookup lookup = RemoteAddress.of(entry.fileName).isPresent() ? images.find(entry.fileName, entry.fileName)
                : images.find(entry.fileName, within, Optional.ofNullable(entry.url).flatMap(RemoteAddress::of));
        lookup.finding().ifPresent(found::add);
        named += lookup.file().isPresent() ? 1 : 0;
        found.add(new SourceImage(entry.id, lookup.fileName(), lookup.file(), lookup.address(), size(entry), known(entry), frame));
    }

    private static Optional<SourceImage.Known> known(Entry entry) {
        return entry.absent == null ? Optional.empty()
                : Optional.of(new SourceImage.Known(entry.absent, entry.notExhaustive == null ? List.of() : entry.notExhaustive));
    }

    private static Optional<PixelSize> size(Entry entry) {
        return entry.width == null || entry.height == null || entry.width <= 0 || entry.height <= 0
                ? Optional.empty() : Optional.of(new PixelSize(entry.width, entry.height));
    }

    private void category(Entry entry) {
        if (entry.id == null || !SourceCategory.isName(entry.name)) {
            found.add(new Finding(Code.MALFORMED_ENTRY, null, "category: id is " + entry.id + ", name is " + entry.name
                    + "; expected both, of at most " + SourceCategory.MAX_LENGTH + " characters"));
            return;
        }
        categories.add(new SourceCategory(entry.id, entry.name.strip(), Optional.ofNullable(entry.frequency).filter(FREQUENCIES::contains)), entry.superior, found);
    }

    private void box(Entry entry) {
        if (entry.imageId == null || entry.categoryId == null) {
            found.add(new Finding(Code.MALFORMED_ENTRY, null, "annotation " + entry.id + ": image_id is " + entry.imageId
                    + ", category_id is " + entry.categoryId + "; expected both"));
        } else if (entry.box == null && entry.mask.isPresent() && NO_BOX.contains(entry.bbox)) {
            found.add(new Finding(Code.SHAPE_BOXED, null, "annotation " + entry.id + " of image " + entry.imageId + ": bbox is " + entry.bbox
                    + "; the box around its segmentation was taken"));
            add(entry, entry.mask.get());
        } else if (entry.box == null) {
            found.add(new Finding(Code.INVALID_BOX, null, "annotation " + entry.id + " of image " + entry.imageId + ": bbox is "
                    + entry.bbox + "; expected four finite numbers [x, y, width, height]"));
        } else if (entry.degrees % 360 != 0) {
            found.add(new Finding(Code.SHAPE_BOXED, null, "annotation " + entry.id + " of image " + entry.imageId + " is a box turned by " + entry.degrees
                    + " degrees; the upright box around it was taken"));
            add(entry, Decimals.turned(entry.box, entry.degrees));
        } else {
            add(entry, entry.box);
        }
    }

    private void add(Entry entry, Box box) {
        categories.boxed(entry.categoryId);
        found.add(new SourceBox(entry.id == null ? "" : entry.id, entry.imageId, entry.categoryId, box, entry.crowd));
    }

    private void readBox(Entry entry) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            entry.bbox = what(json.currentToken());
            json.skipChildren();
            return;
        }
        List<String> written = new ArrayList<>(4);
        double[] numbers = new double[4];
        boolean finite = true;
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            boolean number = json.currentToken().isNumeric();
            if (count < 4) {
                numbers[count] = number ? json.getDoubleValue() : Double.NaN;
                finite &= Double.isFinite(numbers[count]);
                written.add(number ? json.getText() : what(json.currentToken()));
            }
            count++;
            json.skipChildren();
        }
        entry.bbox = written + (count > 4 ? " and " + (count - 4) + " more" : "");
        entry.box = count == 4 && finite ? Box.xywh(numbers[0], numbers[1], numbers[2], numbers[3]) : null;
    }

    /** An id as text; null when there is none of a reasonable length. {@code 7}, {@code 7.0} and {@code "7"} are the same id. */
    private String id() throws IOException {
        String id = anyId();
        return id == null || id.length() > SourceCategory.MAX_LENGTH ? null : id;
    }

    /** A list of ids; null when it is none. What is no id in it is passed over. */
    private List<String> ids() throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return null;
        }
        List<String> ids = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String id = id();
            if (id != null) {
                ids.add(id);
            }
        }
        return ids;
    }

    private String anyId() throws IOException {
        return switch (json.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_STRING -> storable(json.getText());
            case VALUE_NUMBER_FLOAT -> {
                String text = json.getText();
                yield Double.isFinite(json.getDoubleValue()) && Math.abs(json.getDoubleValue()) < 1e18
                        ? new BigDecimal(text).stripTrailingZeros().toPlainString() : text;
            }
            default -> {
                json.skipChildren();
                yield null;
            }
        };
    }

    private String text() throws IOException {
        if (json.currentToken().isScalarValue() && json.currentToken() != JsonToken.VALUE_NULL) {
            return storable(json.getText());
        }
        json.skipChildren();
        return null;
    }

    /** JSON can write the character 0, PostgreSQL cannot keep it. */
    private static String storable(String text) {
        return text.replace('\0', '\ufffd');
    }

    private Integer pixels() throws IOException {
        if (json.currentToken().isNumeric()) {
            double value = json.getDoubleValue();
            return value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE ? (Integer) (int) value : null;
        }
        Optional<BigDecimal> written = json.currentToken() == JsonToken.VALUE_STRING ? Decimals.number(json.getText()) : Optional.empty();
        json.skipChildren();
        return written.filter(number -> number.stripTrailingZeros().scale() <= 0 && number.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0)
                .map(BigDecimal::intValue).orElse(null);
    }

    private boolean flag() throws IOException {
        boolean set = json.currentToken() == JsonToken.VALUE_TRUE
                || json.currentToken().isNumeric() && json.getDoubleValue() != 0
                || json.currentToken() == JsonToken.VALUE_STRING && TRUE.contains(json.getText().toLowerCase(Locale.ROOT));
        json.skipChildren();
        return set;
    }

    private void refuse(String why) {
        refuse(json.currentTokenLocation(), why);
    }

    private void refuse(JsonLocation where, String why) {
        ended = true;
        found.add(new Finding(Code.MALFORMED_DOCUMENT, null, "line " + where.getLineNr() + ", column " + where.getColumnNr() + ": " + why));
    }

    private static String what(JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_ARRAY -> "a list";
            case START_OBJECT -> "an object";
            case VALUE_STRING -> "a string";
            case VALUE_NULL -> "null";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "a number";
        };
    }

    @Override
    public void close() throws IOException {
        json.close();
        bytes.close();
    }
}

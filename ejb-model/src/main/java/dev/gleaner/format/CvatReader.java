package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import dev.gleaner.glip.Box;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A file of "CVAT for images 1.1" or "CVAT for video 1.1", read as a stream. Edges of boxes lie between pixels. Of polygons, ellipses, masks and turned
 * boxes the upright box around them is taken; points, lines, cuboids, skeletons and tags are passed over. A track gives each of its frames a box.
 */
public final class CvatReader implements SourceReader {

    private static final Set<String> PASSED_OVER = Set.of("polyline", "points", "cuboid", "skeleton", "tag");
    private static final Set<String> SHAPES = Set.of("box", "polygon", "ellipse", "mask");
    private static final String CROWD = "is_crowd";

    private final ImageFiles images;
    private final CvatFrames frames;
    private final DigestInputStream bytes;
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private final Set<String> categories = new HashSet<>();
    private final Deque<String> path = new ArrayDeque<>();
    private final StringBuilder text = new StringBuilder();
    private XMLStreamReader xml;
    private String image;
    private String fileName;
    private int shapes;
    private Shape shape;
    private CvatFrames.Track track;
    private String attribute;
    private long named;
    private boolean ended;

    /** A box, or what a box is taken around. */
    static final class Shape {
        private String label;
        /** Before it is turned. */
        private Optional<Box> box;
        private double degrees;
        private String written;
        private String around;
        private boolean crowd;

        /** Around what is turned. */
        Optional<Box> upright() {
            return degrees == 0 ? box : box.map(upright -> Decimals.turned(upright, degrees));
        }

        Optional<Box> box() {
            return box;
        }

        double degrees() {
            return degrees;
        }

        String written() {
            return written;
        }

        /** What it is if it is no upright box; null if it is one. */
        String around() {
            return around;
        }
    }

    /** @throws IOException if the file cannot be opened */
    public CvatReader(Path file, ImageFiles images) throws IOException {
        this.images = images;
        this.frames = new CvatFrames(images);
        this.bytes = new DigestInputStream(new BufferedInputStream(Files.newInputStream(file)), Sha256.digest());
        try {
            this.xml = XmlText.reader(bytes);
        } catch (XMLStreamException e) {
            refuse(e);
        }
    }

    private void refuse(XMLStreamException e) {
        ended = true;
        found.add(new Finding(Code.MALFORMED_DOCUMENT, null, e.getMessage().replace('\n', ' ')));
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        while (found.isEmpty() && !ended) {
            try {
                advance();
            } catch (XMLStreamException e) {
                if (e.getNestedException() instanceof IOException broken && !(broken instanceof CharConversionException)) {
                    throw broken;
                }
                refuse(e);
            }
        }
        return Optional.ofNullable(found.poll());
    }

    private void advance() throws XMLStreamException, IOException {
        if (!xml.hasNext()) {
            ended = true;
            // The parser has read to the last byte, to see that nothing follows.
            found.add(new SourceDocument("", Sha256.hex(bytes.getMessageDigest())));
            images.unnamed(named).ifPresent(found::add);
            return;
        }
        int event = xml.next();
        XmlText.refuseDocumentType(xml, event);
        switch (event) {
            case XMLStreamConstants.START_ELEMENT -> start();
            case XMLStreamConstants.CHARACTERS -> text.append(xml.getText());
            case XMLStreamConstants.END_ELEMENT -> end();
            default -> { }
        }
    }

    private void start() throws XMLStreamException {
        String name = xml.getLocalName();
        if (path.isEmpty() && !name.equals("annotations")) {
            throw new XMLStreamException("its outermost element is <" + name + ">; expected <annotations>", xml.getLocation());
        }
        int depth = path.size();
        path.addLast(name);
        text.setLength(0);
        if (depth == 1 && name.equals("image")) {
            image();
        } else if (depth == 1 && name.equals("track")) {
            track = frames.track(value("id"), value("label"), value("task_id"));
        } else if (depth == 2 && track != null && SHAPES.contains(name)) {
            track.add(value("frame"), read(name), "1".equals(value("outside")), !name.equals("mask"));
        } else if (depth == 2 && track != null && PASSED_OVER.contains(name)) {
            track.passOver(name);
        } else if (depth == 2 && image != null && SHAPES.contains(name)) {
            shape = read(name);
        } else if (depth == 2 && image != null && PASSED_OVER.contains(name)) {
            found.add(new Finding(Code.NOT_TAKEN, fileName, "a " + name + " of \"" + value("label") + "\" is no box; it was left out"));
        } else if (depth == 3 && shape != null && name.equals("attribute")) {
            attribute = value("name");
        }
    }

    private String value(String attribute) {
        return xml.getAttributeValue(null, attribute);
    }

    private void image() {
        String name = value("name");
        shapes = 0;
        if (name == null || name.isBlank()) {
            image = null;
            found.add(new Finding(Code.MALFORMED_ENTRY, null, "image " + value("id") + ": name is " + name + "; expected that of its file"));
            return;
        }
        // In the archive of a project, the images of each of its parts are in a folder.
        String inPart = Optional.ofNullable(value("subset")).map(part -> part + "/" + name).orElse(name);
        image = images.has(inPart) ? inPart : name;
        ImageFiles.Lookup lookup = images.find(image, image);
        lookup.finding().ifPresent(found::add);
        named += lookup.file().isPresent() ? 1 : 0;
        fileName = lookup.fileName();
        Optional<List<BigDecimal>> size = Decimals.numbers(Stream.of(value("width"), value("height")))
                .filter(sides -> sides.stream().allMatch(side -> side.signum() > 0 && side.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0
                        && side.stripTrailingZeros().scale() <= 0));
        frames.named(value("id"), image);
        found.add(new SourceImage(image, lookup, size.map(sides -> new PixelSize(sides.get(0).intValue(), sides.get(1).intValue()))));
    }

    private Shape read(String kind) {
        Shape shape = new Shape();
        shape.label = value("label");
        List<String> given = switch (kind) {
            case "box" -> attributes("xtl", "ytl", "xbr", "ybr");
            case "ellipse" -> attributes("cx", "cy", "rx", "ry");
            case "mask" -> attributes("left", "top", "width", "height");
            default -> value("points") == null ? List.of() : List.of(value("points").split("[,;]"));
        };
        shape.written = kind + " is " + (given.size() <= 8 ? given : given.subList(0, 8) + " and more");
        shape.box = Decimals.numbers(given.stream()).filter(numbers -> kind.equals("polygon") ? numbers.size() >= 6 && numbers.size() % 2 == 0 : true)
                .map(numbers -> box(kind, numbers));
        double rotation = Decimals.number(value("rotation")).map(BigDecimal::doubleValue).orElse(0.0);
        if (rotation != 0 && shape.box.isPresent()) {
            shape.degrees = rotation;
            shape.around = kind + " turned by " + value("rotation") + " degrees";
        } else if (!kind.equals("box")) {
            shape.around = kind;
        }
        return shape;
    }

    private List<String> attributes(String... names) {
        List<String> values = new ArrayList<>();
        for (String name : names) {
            values.add(value(name));
        }
        return values;
    }

    private static Box box(String kind, List<BigDecimal> n) {
        return switch (kind) {
            case "box" -> Decimals.between(n);
            case "ellipse" -> Decimals.between(List.of(n.get(0).subtract(n.get(2)), n.get(1).subtract(n.get(3)), n.get(0).add(n.get(2)), n.get(1).add(n.get(3))));
            case "mask" -> Box.xywh(n.get(0).doubleValue(), n.get(1).doubleValue(), n.get(2).doubleValue(), n.get(3).doubleValue());
            default -> Decimals.between(Decimals.around(n));
        };
    }

    private void end() {
        String name = path.removeLast();
        int depth = path.size();
        if (name.equals("name") && path.contains("labels") && "label".equals(path.peekLast())) {
            category(text.toString().strip());
        } else if (depth == 3 && name.equals("attribute") && shape != null) {
            shape.crowd |= CROWD.equals(attribute) && text.toString().strip().equalsIgnoreCase("true");
        } else if (depth == 2 && shape != null) {
            add(shape);
            shape = null;
        } else if (depth == 1) {
            image = null;
            if (track != null) {
                tell(track);
                track = null;
            }
        } else if (path.contains("meta")) {
            frames.meta(path.peekLast(), name, text.toString().strip());
        }
        text.setLength(0);
    }

    private void category(String name) {
        if (SourceCategory.isName(name) && categories.add(name)) {
            found.add(new SourceCategory(name, name));
        }
    }

    private void add(Shape shape) {
        String id = "shape " + ++shapes;
        if (!SourceCategory.isName(shape.label)) {
            found.add(new Finding(Code.MALFORMED_ENTRY, fileName, id + ": label is " + shape.label + "; expected one of 1 to "
                    + SourceCategory.MAX_LENGTH + " characters"));
        } else if (shape.box.isEmpty()) {
            found.add(new Finding(Code.INVALID_BOX, fileName, id + ": " + shape.written + "; expected finite numbers"));
        } else {
            if (shape.around != null) {
                found.add(new Finding(Code.SHAPE_BOXED, fileName, id + " is a " + shape.around + "; the upright box around it was taken"));
            }
            category(shape.label.strip());
            found.add(new SourceBox(id, image, shape.label.strip(), shape.upright().get(), shape.crowd));
        }
    }

    private void tell(CvatFrames.Track track) {
        if (!SourceCategory.isName(track.label())) {
            found.add(new Finding(Code.MALFORMED_ENTRY, null, track.id() + ": label is " + track.label() + "; expected one of 1 to " + SourceCategory.MAX_LENGTH
                    + " characters"));
            return;
        }
        category(track.label().strip());
        named += track.tell(found);
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}

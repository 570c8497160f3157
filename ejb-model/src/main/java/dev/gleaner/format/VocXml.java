package dev.gleaner.format;

import dev.gleaner.glip.Box;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One PASCAL VOC annotation file. Parts of objects (a person's head and hands) have boxes of their own; they are passed over.
 *
 * @param fileName the image it says it belongs to
 * @param size     empty when it gives none, or zeros
 * @param writer   who wrote it, as far as that says how its pixels are counted
 */
record VocXml(Optional<String> fileName, Optional<PixelSize> size, List<Rectangle> objects, Writer writer) {

    private static final String LABEL_STUDIO = "Label Studio";
    private static final String UNKNOWN = "Unknown";
    private static final Pattern POINT = Pattern.compile("polygon/((pt|point)/)?[xy]\\d*");

    /** How corners are meant. */
    enum Writer {
        /** From 1, and the last pixel is part of the box. */
        VOC,
        /** Label Studio, and Datumaro, through which CVAT exports: from 0, ending behind the last pixel. */
        EDGES,
        /** The same, as there is a corner at 0. */
        EDGES_BY_ZERO
    }

    /**
     * An object.
     *
     * @param written its corners as written
     * @param corners xmin, ymin, xmax, ymax; empty if one is missing or no finite number
     * @param around  what the corners were taken around, where it has no {@code <bndbox>} of its own; otherwise null
     * @param crowd   this project's own mark of COCO's {@code iscrowd}
     */
    record Rectangle(String name, String written, Optional<List<BigDecimal>> corners, String around, boolean crowd) {

        private boolean isFromZero() {
            return around == null && corners.isPresent() && corners.get().stream().limit(2).anyMatch(corner -> corner.compareTo(BigDecimal.ONE) < 0);
        }
    }

    /** @throws XMLStreamException if it is no well-formed XML, not VOC, or has a document type declaration, which is never read */
    static VocXml parse(byte[] xml) throws XMLStreamException {
        return new Parse().run(XmlText.reader(new ByteArrayInputStream(xml)));
    }

    private static final class Parse {

        private final Deque<String> path = new ArrayDeque<>();
        private final StringBuilder text = new StringBuilder();
        private final List<Rectangle> objects = new ArrayList<>();
        /** Of the document. */
        private final Map<String, String> values = new HashMap<>();
        /** Of the object that is being read, by their paths within it. */
        private final Map<String, String> own = new HashMap<>();
        /** x, y, x, y... */
        private final List<String> points = new ArrayList<>();

        VocXml run(XMLStreamReader xml) throws XMLStreamException {
            while (xml.hasNext()) {
                int event = xml.next();
                XmlText.refuseDocumentType(xml, event);
                switch (event) {
                    case XMLStreamConstants.START_ELEMENT -> start(xml);
                    case XMLStreamConstants.CHARACTERS -> text.append(xml.getText());
                    case XMLStreamConstants.END_ELEMENT -> end();
                    default -> { }
                }
            }
            return new VocXml(Optional.ofNullable(values.get("filename")).filter(f -> !f.isEmpty()), size(), objects, writer());
        }

        private void start(XMLStreamReader xml) throws XMLStreamException {
            if (path.isEmpty() && !xml.getLocalName().equals("annotation")) {
                throw new XMLStreamException("its outermost element is <" + xml.getLocalName() + ">; expected <annotation>", xml.getLocation());
            }
            path.addLast(xml.getLocalName().toLowerCase(Locale.ROOT));
            text.setLength(0);
        }

        private void end() {
            String value = text.toString().strip();
            String place = String.join("/", path);
            switch (place) {
                case "annotation/filename", "annotation/owner/name", "annotation/size/width", "annotation/size/height", "annotation/source/database",
                     "annotation/source/annotation", "annotation/source/image" -> values.put(place.substring("annotation/".length()), value);
                case "annotation/object" -> object();
                default -> {
                    if (place.startsWith("annotation/object/")) {
                        ofObject(place.substring("annotation/object/".length()), value);
                    }
                }
            }
            path.removeLast();
            text.setLength(0);
        }

        private void ofObject(String place, String value) {
            if (POINT.matcher(place).matches()) {
                points.add(value);
            } else if (place.equals("attributes/attribute/value")) {
                own.put("attributes/" + own.get("attributes/attribute/name"), value);
            } else if (!place.startsWith("part/")) {
                own.put(place, value);
            }
        }

        private void object() {
            String[] corners = Stream.of("xmin", "ymin", "xmax", "ymax").map(corner -> own.get("bndbox/" + corner)).toArray(String[]::new);
            String written = Stream.of(corners).map(String::valueOf).toList().toString();
            Optional<List<BigDecimal>> numbers = Decimals.numbers(Stream.of(corners));
            String around = null;
            if (Stream.of(corners).allMatch(corner -> corner == null)) {
                around = points.isEmpty() ? "turned box" : "polygon";
                numbers = points.isEmpty() ? turned() : Decimals.numbers(points.stream()).filter(n -> n.size() >= 6 && n.size() % 2 == 0).map(Decimals::around);
            } else if (numbers.isPresent() && Math.abs(number(own.get("attributes/rotation")) % 360) > 0) {
                // Datumaro, through which CVAT exports, writes a turned box as it was before.
                double degrees = number(own.get("attributes/rotation"));
                around = "box turned by " + degrees + " degrees";
                numbers = numbers.map(n -> Decimals.corners(Decimals.turned(Decimals.between(n), degrees)));
            }
            objects.add(new Rectangle(own.get("name"), written, numbers, around, "1".equals(own.get("crowd"))));
            own.clear();
            points.clear();
        }

        /** The corners around what roLabelImg writes: a middle, a size, and an angle in radians. */
        private Optional<List<BigDecimal>> turned() {
            return Decimals.numbers(Stream.of("cx", "cy", "w", "h", "angle").map(number -> own.get("robndbox/" + number))).map(n -> {
                double x = n.get(0).doubleValue();
                double y = n.get(1).doubleValue();
                double width = n.get(2).doubleValue();
                double height = n.get(3).doubleValue();
                return Decimals.corners(Decimals.turned(Box.xywh(x - width / 2, y - height / 2, width, height),
                        Math.toDegrees(n.get(4).doubleValue()), x, y));
            });
        }

        private Writer writer() {
            boolean datumaro = Stream.of("database", "annotation", "image").allMatch(field -> UNKNOWN.equals(values.get("source/" + field)));
            return datumaro || LABEL_STUDIO.equals(values.get("owner/name")) ? Writer.EDGES
                    : objects.stream().anyMatch(Rectangle::isFromZero) ? Writer.EDGES_BY_ZERO : Writer.VOC;
        }

        private Optional<PixelSize> size() {
            double w = number(values.get("size/width"));
            double h = number(values.get("size/height"));
            return w >= 1 && h >= 1 && w <= Integer.MAX_VALUE && h <= Integer.MAX_VALUE
                    ? Optional.of(new PixelSize((int) w, (int) h)) : Optional.empty();
        }

        /** NaN when there is no number. */
        private static double number(String text) {
            try {
                return text == null ? Double.NaN : Double.parseDouble(text);
            } catch (NumberFormatException e) {
                return Double.NaN;
            }
        }
    }
}

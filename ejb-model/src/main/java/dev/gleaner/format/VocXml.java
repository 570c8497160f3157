package dev.gleaner.format;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One PASCAL VOC annotation file. Parts of objects (a person's head and hands) have boxes of their own; they are passed over.
 *
 * @param fileName    the image it says it belongs to
 * @param size        empty when it gives none, or zeros
 * @param labelStudio whether Label Studio wrote it, which counts from 0 and ends behind the last pixel, unlike VOC
 */
record VocXml(Optional<String> fileName, Optional<PixelSize> size, List<Rectangle> objects, boolean labelStudio) {

    private static final String LABEL_STUDIO = "Label Studio";

    /**
     * An object.
     *
     * @param written its corners as written
     * @param corners xmin, ymin, xmax, ymax; empty if one is missing or no finite number
     * @param crowd   this project's own mark of COCO's {@code iscrowd}
     */
    record Rectangle(String name, String written, Optional<List<BigDecimal>> corners, boolean crowd) {
    }

    /** @throws XMLStreamException if it is no well-formed XML, not VOC, or has a document type declaration, which is never read */
    static VocXml parse(byte[] xml) throws XMLStreamException {
        return new Parse().run(XmlText.reader(new ByteArrayInputStream(xml)));
    }

    private static final class Parse {

        private final Deque<String> path = new ArrayDeque<>();
        private final StringBuilder text = new StringBuilder();
        private final List<Rectangle> objects = new ArrayList<>();
        private String fileName;
        private String owner;
        private String width;
        private String height;
        private String name;
        private String crowd;
        private String[] corners = new String[4];

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
            return new VocXml(Optional.ofNullable(fileName).filter(f -> !f.isEmpty()), size(), objects, LABEL_STUDIO.equals(owner));
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
            switch (String.join("/", path)) {
                case "annotation/filename" -> fileName = value;
                case "annotation/owner/name" -> owner = value;
                case "annotation/size/width" -> width = value;
                case "annotation/size/height" -> height = value;
                case "annotation/object/name" -> name = value;
                case "annotation/object/crowd" -> crowd = value;
                case "annotation/object/bndbox/xmin" -> corners[0] = value;
                case "annotation/object/bndbox/ymin" -> corners[1] = value;
                case "annotation/object/bndbox/xmax" -> corners[2] = value;
                case "annotation/object/bndbox/ymax" -> corners[3] = value;
                case "annotation/object" -> object();
                default -> { }
            }
            path.removeLast();
            text.setLength(0);
        }

        private void object() {
            objects.add(new Rectangle(name, Stream.of(corners).map(String::valueOf).toList().toString(), Decimals.numbers(Stream.of(corners)),
                    "1".equals(crowd)));
            name = null;
            crowd = null;
            corners = new String[4];
        }

        private Optional<PixelSize> size() {
            double w = number(width);
            double h = number(height);
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

package dev.gleaner.format;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One PASCAL VOC annotation file. Parts of objects (a person's head and hands) have boxes of their own; they are passed over.
 *
 * @param fileName the image it says it belongs to
 * @param size     empty when it gives none, or zeros
 */
record VocXml(Optional<String> fileName, Optional<PixelSize> size, List<Rectangle> objects) {

    /** An object's corners as written, 1-based and inclusive; a null is a missing element. */
    record Rectangle(String name, String written, double xmin, double ymin, double xmax, double ymax) {

        boolean isFinite() {
            return Double.isFinite(xmin + ymin + xmax + ymax);
        }
    }

    /** @throws XMLStreamException if it is no well-formed XML, not VOC, or has a document type declaration, which is never read */
    static VocXml parse(byte[] xml) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return new Parse().run(factory.createXMLStreamReader(new ByteArrayInputStream(xml)));
    }

    private static final class Parse {

        private final Deque<String> path = new ArrayDeque<>();
        private final StringBuilder text = new StringBuilder();
        private final List<Rectangle> objects = new ArrayList<>();
        private String fileName;
        private String width;
        private String height;
        private String name;
        private String[] corners = new String[4];

        VocXml run(XMLStreamReader xml) throws XMLStreamException {
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamConstants.DTD ->
                            throw new XMLStreamException("it has a document type declaration; expected none", xml.getLocation());
                    case XMLStreamConstants.START_ELEMENT -> start(xml);
                    case XMLStreamConstants.CHARACTERS -> text.append(xml.getText());
                    case XMLStreamConstants.END_ELEMENT -> end();
                    default -> { }
                }
            }
            return new VocXml(Optional.ofNullable(fileName).filter(f -> !f.isEmpty()), size(), objects);
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
                case "annotation/size/width" -> width = value;
                case "annotation/size/height" -> height = value;
                case "annotation/object/name" -> name = value;
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
            objects.add(new Rectangle(name, List.of(String.valueOf(corners[0]), String.valueOf(corners[1]),
                    String.valueOf(corners[2]), String.valueOf(corners[3])).toString(),
                    number(corners[0]), number(corners[1]), number(corners[2]), number(corners[3])));
            name = null;
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

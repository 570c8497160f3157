package dev.gleaner.format;

import java.io.InputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** XML as the formats here have it: read without document types and entities of others, written so that all text comes back. */
final class XmlText {

    private XmlText() {
    }

    /** A reader that fetches nothing. Its caller gives every event to {@link #refuseDocumentType}. */
    static XMLStreamReader reader(InputStream in) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory.createXMLStreamReader(in);
    }

    /** @throws XMLStreamException if the event is a document type declaration */
    static void refuseDocumentType(XMLStreamReader xml, int event) throws XMLStreamException {
        if (event == XMLStreamConstants.DTD) {
            throw new XMLStreamException("it has a document type declaration; expected none", xml.getLocation());
        }
    }

    /** Text for an element or an attribute in double quotes. XML has no place for most control characters: they become U+FFFD. */
    static String of(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                // As they are, an attribute would give them back as blanks.
                case '\t', '\n', '\r' -> escaped.append("&#").append(character).append(';');
                default -> escaped.appendCodePoint(isAllowed(character) ? character : 0xfffd);
            }
        });
        return escaped.toString();
    }

    private static boolean isAllowed(int character) {
        return character >= 0x20 && character <= 0xd7ff || character >= 0xe000 && character <= 0xfffd || character >= 0x10000;
    }
}

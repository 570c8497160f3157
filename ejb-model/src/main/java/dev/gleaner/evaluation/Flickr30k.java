package dev.gleaner.evaluation;

import dev.gleaner.evaluation.GroundedSentence.Phrase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The Flickr30k Entities data set: {@code Sentences/IMAGE.txt} marks phrases in sentences ({@code [/EN#7/people two boys]}),
 * {@code Annotations/IMAGE.xml} has the boxes of the things the numbers stand for, and {@code test.txt} and its like list
 * images.
 */
public final class Flickr30k {

    private static final Pattern PHRASE = Pattern.compile("\\[/EN#(\\d+)/(\\S+)");

    private Flickr30k() {
    }

    /**
     * The sentences of a subset, each with its phrases that have boxes, which may be none.
     *
     * @param subset {@code train}, {@code val} or {@code test}
     * @throws IOException if a file is missing or cannot be used; the message names it
     */
    public static List<GroundedSentence> read(Path folder, String subset) throws IOException {
        List<GroundedSentence> sentences = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(subset + ".txt"))) {
            String image = line.strip();
            if (!image.isEmpty()) {
                sentences.addAll(sentences(folder, image));
            }
        }
        return sentences;
    }

    private static List<GroundedSentence> sentences(Path folder, String image) throws IOException {
        Map<String, List<Corners>> things = things(folder.resolve("Annotations").resolve(image + ".xml"));
        List<GroundedSentence> sentences = new ArrayList<>();
        for (String sentence : Files.readAllLines(folder.resolve("Sentences").resolve(image + ".txt"))) {
            if (!sentence.isEmpty()) {
                sentences.add(new GroundedSentence(image, sentences.size(), phrases(sentence, things)));
            }
        }
        return sentences;
    }

    private static List<Phrase> phrases(String sentence, Map<String, List<Corners>> things) {
        List<Phrase> phrases = new ArrayList<>();
        Matcher marks = PHRASE.matcher(sentence);
        while (marks.find()) {
            List<Corners> boxes = things.get(marks.group(1));
            if (boxes != null) {
                phrases.add(new Phrase(List.of(marks.group(2).split("/")), boxes));
            }
        }
        return phrases;
    }

    /** The boxes of each thing, by its number. */
    private static Map<String, List<Corners>> things(Path file) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try (InputStream bytes = Files.newInputStream(file)) {
            return things(factory.createXMLStreamReader(bytes));
        } catch (XMLStreamException | IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, List<Corners>> things(XMLStreamReader xml) throws XMLStreamException {
        Map<String, List<Corners>> things = new HashMap<>();
        List<String> names = new ArrayList<>();
        Map<String, Integer> corners = new HashMap<>();
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.DTD) {
                throw new XMLStreamException("it has a document type declaration; expected none", xml.getLocation());
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                switch (xml.getLocalName()) {
                    case "name" -> names.add(xml.getElementText().strip());
                    case "xmin", "ymin", "xmax", "ymax" -> corners.put(xml.getLocalName(), pixel(xml));
                    default -> { }
                }
            } else if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("object")) {
                if (!corners.isEmpty()) {
                    Corners box = box(corners, xml);
                    names.forEach(name -> things.computeIfAbsent(name, any -> new ArrayList<>()).add(box));
                }
                names.clear();
                corners.clear();
            }
        }
        return things;
    }

    /** As written: the official evaluation does not shift the pixels, although they are counted from 1 there. */
    private static int pixel(XMLStreamReader xml) throws XMLStreamException {
        String name = xml.getLocalName();
        String text = xml.getElementText().strip();
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new XMLStreamException(name + " is \"" + text + "\"; expected a whole number", xml.getLocation());
        }
    }

    private static Corners box(Map<String, Integer> corners, XMLStreamReader xml) throws XMLStreamException {
        if (corners.size() < 4) {
            throw new XMLStreamException("a box has only " + corners.keySet() + "; expected xmin, ymin, xmax and ymax", xml.getLocation());
        }
        return new Corners(corners.get("xmin"), corners.get("ymin"), corners.get("xmax"), corners.get("ymax"));
    }
}

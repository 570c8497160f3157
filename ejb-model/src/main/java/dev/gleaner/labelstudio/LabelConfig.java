package dev.gleaner.labelstudio;

import dev.gleaner.InvalidInput;
import dev.gleaner.glip.Prompt;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * What a project of Label Studio looks for, read from its label configuration (XML).
 *
 * @param images    by the name of its {@code Image} tag, the field of a task's data that holds the image's address
 * @param controls  its {@code RectangleLabels} tags that label one of these images
 * @param prompts   names of its {@code TextArea} tags that belong to one of these images
 * @param numbers   names of its {@code Number} tags that stand for a threshold
 * @param threshold the least score of a box where the configuration says so, 0 to 1
 */
public record LabelConfig(Map<String, String> images, List<Control> controls, Set<String> prompts, Set<String> numbers, Optional<Double> threshold) {

    private static final int LONGEST = 1 << 20;

    /**
     * A {@code RectangleLabels} tag.
     *
     * @param toName the images it labels
     */
    public record Control(String name, List<String> toName, List<Label> labels) {

        /** What to look for: each phrase of each label. */
        public List<Prompt> prompts() {
            return labels.stream().flatMap(label -> label.phrases().stream().map(phrase -> new Prompt(label.name(), phrase))).distinct().toList();
        }
    }

    /**
     * A {@code Label} tag.
     *
     * @param name    as it stands in results: its alias, if it has one
     * @param phrases what a model is asked for: its {@code predicted_values}, if it has any, or else its value
     */
    public record Label(String name, List<String> phrases) {

        /** Whether these words mean this label. */
        boolean means(String words) {
            return name.equalsIgnoreCase(words) || phrases.stream().anyMatch(words::equalsIgnoreCase);
        }
    }

    /**
     * Reads a label configuration.
     *
     * @throws InvalidInput if it is no XML, declares a document type, or has no {@code RectangleLabels} for an {@code Image}; names the field
     *                      {@code label_config}
     */
    public static LabelConfig parse(String xml) {
        Element root = root(xml);
        Map<String, String> images = new LinkedHashMap<>();
        for (Element image : all(root, "Image")) {
            String value = image.getAttribute("value");
            if (!value.isBlank()) {
                images.put(image.getAttribute("name"), value.strip().replaceFirst("^\\$", ""));
            }
        }
        List<Control> controls = new ArrayList<>();
        Optional<Double> threshold = Optional.empty();
        for (Element tag : all(root, "RectangleLabels")) {
            List<String> toName = names(tag, images);
            List<Label> labels = labels(tag);
            if (!toName.isEmpty() && !labels.isEmpty()) {
                controls.add(new Control(tag.getAttribute("name"), toName, labels));
                threshold = threshold.isPresent() ? threshold : score(tag.getAttribute("model_score_threshold"));
            }
        }
        if (controls.isEmpty()) {
            throw new InvalidInput("label_config", null, "a RectangleLabels tag with labels, whose toName is an Image with a value");
        }
        Set<String> prompts = new LinkedHashSet<>();
        for (Element area : all(root, "TextArea")) {
            if (!names(area, images).isEmpty()) {
                prompts.add(area.getAttribute("name"));
            }
        }
        Set<String> numbers = new LinkedHashSet<>();
        Optional<Double> given = Optional.empty();
        for (Element number : all(root, "Number")) {
            if (isThreshold(number.getAttribute("name"))) {
                numbers.add(number.getAttribute("name"));
                given = given.isPresent() ? given : score(number.getAttribute("defaultValue"));
            }
        }
        threshold = given.isPresent() ? given : threshold;
        return new LabelConfig(images, controls, prompts, numbers, threshold);
    }

    /** Of boxes: the back ends for Grounding DINO know one of words beside it, {@code text_threshold}, which no score of a box is compared with. */
    private static boolean isThreshold(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !lower.contains("text") && (lower.contains("threshold") || lower.contains("score") || lower.contains("confidence"));
    }

    /** A score between 0 and 1; empty of anything else. */
    static Optional<Double> score(String text) {
        try {
            double score = Double.parseDouble(text.strip());
            return score >= 0 && score <= 1 ? Optional.of(score) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static List<String> names(Element tag, Map<String, String> images) {
        return Arrays.stream(tag.getAttribute("toName").split(",")).map(String::strip).filter(images::containsKey).distinct().toList();
    }

    private static List<Label> labels(Element control) {
        Map<String, Set<String>> labels = new LinkedHashMap<>();
        for (Element tag : all(control, "Label")) {
            String value = tag.getAttribute("value").strip();
            String alias = tag.getAttribute("alias").strip();
            String name = alias.isEmpty() ? value : alias;
            if (name.isEmpty()) {
                continue;
            }
            List<String> predicted = Arrays.stream(tag.getAttribute("predicted_values").split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
            Set<String> phrases = labels.computeIfAbsent(name, any -> new LinkedHashSet<>());
            if (predicted.isEmpty()) {
                phrases.add(value.isEmpty() ? name : value);
            } else {
                phrases.addAll(predicted);
            }
        }
        return labels.entrySet().stream().map(entry -> new Label(entry.getKey(), List.copyOf(entry.getValue()))).toList();
    }

    private static List<Element> all(Element root, String tag) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = root.getElementsByTagName("*");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element element = (Element) nodes.item(i);
            // Label Studio knows its tags in any case.
            if (element.getTagName().equalsIgnoreCase(tag)) {
                found.add(element);
            }
        }
        return found;
    }

    private static Element root(String xml) {
        if (xml == null || xml.isBlank() || xml.length() > LONGEST) {
            throw new InvalidInput("label_config", xml == null || xml.isBlank() ? null : xml.length() + " characters", "up to " + LONGEST + " characters of XML");
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            // It is a stranger's: neither files nor other servers are read for it.
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            return builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
        } catch (SAXException e) {
            throw new InvalidInput("label_config", xml.length() > 80 ? xml.substring(0, 80) + "..." : xml, "well-formed XML without a DOCTYPE; " + e.getMessage());
        } catch (ParserConfigurationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What somebody typed into a prompt, split into phrases: at full stops, commas, semicolons and ends of lines.
     *
     * @return each phrase filed under the label that it names, or else under {@code chosen}
     */
    static List<Prompt> prompts(String text, Control control, String chosen) {
        return Arrays.stream(text.split("[.,;\\n]")).map(String::strip).filter(phrase -> !phrase.isEmpty()).distinct()
                .map(phrase -> new Prompt(control.labels().stream().filter(label -> label.means(phrase)).map(Label::name).findFirst().orElse(chosen), phrase))
                .toList();
    }
}

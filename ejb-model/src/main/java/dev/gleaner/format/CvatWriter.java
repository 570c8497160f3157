package dev.gleaner.format;

import dev.gleaner.format.LabeledImage.LabeledBox;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes "CVAT for images 1.1": one XML file. Frames count from 0. What a model proposed has the source {@code auto}; a crowd has the
 * attribute {@code is_crowd}.
 */
final class CvatWriter implements DatasetWriter {

    private final Writer xml;
    private long frame;

    /** @param out stays open */
    CvatWriter(OutputStream out, String description, List<String> categories) throws IOException {
        xml = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        xml.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    <task>\n      <name>"
                + XmlText.of(description) + "</name>\n      <labels>\n");
        for (String category : categories) {
            xml.write("        <label><name>" + XmlText.of(category) + "</name><attributes><attribute><name>is_crowd</name><mutable>False</mutable>"
                    + "<input_type>checkbox</input_type><default_value>false</default_value><values></values></attribute></attributes></label>\n");
        }
        xml.write("      </labels>\n    </task>\n  </meta>\n");
    }

    @Override
    public void image(LabeledImage image) throws IOException {
        xml.write("  <image id=\"" + frame++ + "\" name=\"" + XmlText.of(image.fileName()) + "\" width=\"" + image.size().width() + "\" height=\""
                + image.size().height() + "\">\n");
        for (LabeledBox box : image.boxes()) {
            List<BigDecimal> edges = Decimals.edges(box.box());
            xml.write("    <box label=\"" + XmlText.of(box.category()) + "\" source=\"" + (box.proposed() ? "auto" : "manual") + "\" occluded=\"0\" xtl=\""
                    + edges.get(0).toPlainString() + "\" ytl=\"" + edges.get(1).toPlainString() + "\" xbr=\"" + edges.get(2).toPlainString() + "\" ybr=\""
                    + edges.get(3).toPlainString() + "\" z_order=\"0\"><attribute name=\"is_crowd\">" + box.crowd() + "</attribute></box>\n");
        }
        xml.write("  </image>\n");
    }

    @Override
    public void end() throws IOException {
        xml.write("</annotations>\n");
        xml.flush();
    }
}

package dev.gleaner.format;

import dev.gleaner.format.LabeledImage.LabeledBox;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes PASCAL VOC files into an archive, one for each image, pixels counted from 1 with the last one included, and the list of them, without which
 * Datumaro and CVAT see no dataset. Corners are whole numbers where the box is of whole pixels, and have the decimals they need where not.
 *
 * <p>VOC has no crowds: such a box is marked {@code difficult}, which evaluations pass over, and with an element {@code crowd} of
 * this project's own.
 */
final class VocWriter implements DatasetWriter {

    private final ZipFiles zip;
    private final Set<String> taken = new HashSet<>();
    private final ZippedList list = new ZippedList();

    /** @throws IOException if there is no place for temporary files */
    VocWriter(ZipFiles zip) throws IOException {
        this.zip = zip;
    }

    @Override
    public void image(LabeledImage image) throws IOException {
        String name = YoloLayout.withExtension(image.fileName(), "xml");
        if (!taken.add(name)) {
            name = image.fileName() + ".xml";
            taken.add(name);
        }
        StringBuilder xml = new StringBuilder("<annotation>\n  <folder>JPEGImages</folder>\n  <filename>").append(XmlText.of(image.fileName()))
                .append("</filename>\n  <size><width>").append(image.size().width()).append("</width><height>").append(image.size().height())
                .append("</height><depth>3</depth></size>\n  <segmented>0</segmented>\n");
        for (LabeledBox box : image.boxes()) {
            List<BigDecimal> corners = Decimals.pixels(box.box());
            xml.append("  <object>\n    <name>").append(XmlText.of(box.category())).append("</name>\n    <pose>Unspecified</pose>\n")
                    .append("    <truncated>0</truncated>\n    <difficult>").append(box.crowd() ? 1 : 0).append("</difficult>\n")
                    .append(box.crowd() ? "    <crowd>1</crowd>\n" : "")
                    .append("    <bndbox><xmin>").append(corners.get(0).toPlainString()).append("</xmin><ymin>").append(corners.get(1).toPlainString())
                    .append("</ymin><xmax>").append(corners.get(2).toPlainString()).append("</xmax><ymax>").append(corners.get(3).toPlainString())
                    .append("</ymax></bndbox>\n  </object>\n");
        }
        zip.text("Annotations/" + name, xml.append("</annotation>\n").toString());
        list.add(name.substring(0, name.length() - ".xml".length()));
    }

    @Override
    public void end() throws IOException {
        list.into(zip, "ImageSets/Main/trainval.txt");
    }

    @Override
    public void close() throws IOException {
        list.close();
    }
}

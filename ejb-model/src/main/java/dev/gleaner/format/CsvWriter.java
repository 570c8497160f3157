package dev.gleaner.format;

import dev.gleaner.format.LabeledImage.LabeledBox;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Writes a table as RFC 4180 has it, in UTF-8: a row for each box, with the columns {@link CsvReader} names, and one without a
 * category for an image that has no box.
 */
final class CsvWriter implements DatasetWriter {

    static final String[] COLUMNS = {"image", "image_width", "image_height", "category", "x", "y", "width", "height", "iscrowd", "proposed", "score"};

    private final CSVPrinter csv;

    /** @param out stays open */
    CsvWriter(OutputStream out) throws IOException {
        csv = new CSVPrinter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)), CSVFormat.RFC4180);
        csv.printRecord((Object[]) COLUMNS);
    }

    @Override
    public void image(LabeledImage image) throws IOException {
        String name = image.address().orElse(image.fileName());
        if (image.boxes().isEmpty()) {
            csv.printRecord(name, image.size().width(), image.size().height(), "", "", "", "", "", "", "", "");
        }
        for (LabeledBox box : image.boxes()) {
            csv.printRecord(name, image.size().width(), image.size().height(), box.category(), plain(box.box().x()), plain(box.box().y()),
                    plain(box.box().width()), plain(box.box().height()), box.crowd() ? 1 : 0, box.proposed() ? 1 : 0,
                    box.score().isPresent() ? plain(box.score().getAsDouble()) : "");
        }
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).toPlainString();
    }

    @Override
    public void end() throws IOException {
        csv.flush();
    }
}

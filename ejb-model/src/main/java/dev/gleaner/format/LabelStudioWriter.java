package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.gleaner.format.LabeledImage.LabeledBox;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes Label Studio's JSON: a list of tasks, whose images are local files below Label Studio's document root, or elsewhere. Boxes that people
 * vouch for are an annotation, what a model proposed is a prediction. A crowd has {@code iscrowd} in the text of its region.
 */
final class LabelStudioWriter implements DatasetWriter {

    static final String LOCAL_FILES = "/data/local-files/?d=";
    static final String CROWD = "iscrowd";

    private static final JsonFactory JSON = JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private final JsonGenerator json;

    /** @param out stays open */
    LabelStudioWriter(OutputStream out) throws IOException {
        json = JSON.createGenerator(out, JsonEncoding.UTF8);
        json.writeStartArray();
    }

    @Override
    public void image(LabeledImage image) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", image.id());
        json.writeObjectFieldStart("data");
        json.writeStringField("image", image.address().orElseGet(() -> LOCAL_FILES + Stream.of(image.fileName().split("/", -1))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20")).collect(Collectors.joining("/"))));
        json.writeEndObject();
        List<LabeledBox> vouched = image.boxes().stream().filter(box -> !box.proposed()).toList();
        json.writeArrayFieldStart("annotations");
        if (!vouched.isEmpty()) {
            json.writeStartObject();
            json.writeBooleanField("was_cancelled", false);
            json.writeBooleanField("ground_truth", false);
            regions(image, vouched);
            json.writeEndObject();
        }
        json.writeEndArray();
        List<LabeledBox> proposed = image.boxes().stream().filter(LabeledBox::proposed).toList();
        json.writeArrayFieldStart("predictions");
        if (!proposed.isEmpty()) {
            json.writeStartObject();
            json.writeStringField("model_version", "gleaner");
            json.writeNumberField("score", proposed.stream().mapToDouble(box -> box.score().orElse(0)).average().orElse(0));
            regions(image, proposed);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void regions(LabeledImage image, List<LabeledBox> boxes) throws IOException {
        json.writeArrayFieldStart("result");
        for (LabeledBox box : boxes) {
            List<BigDecimal> percent = RelativeBox.Convention.PERCENT.write(box.box(), image.size());
            json.writeStartObject();
            json.writeStringField("id", "gleaner-" + box.id());
            json.writeStringField("from_name", "label");
            json.writeStringField("to_name", "image");
            json.writeStringField("type", "rectanglelabels");
            json.writeNumberField("original_width", image.size().width());
            json.writeNumberField("original_height", image.size().height());
            json.writeNumberField("image_rotation", 0);
            if (box.score().isPresent()) {
                json.writeNumberField("score", box.score().getAsDouble());
            }
            if (box.crowd()) {
                json.writeObjectFieldStart("meta");
                json.writeArrayFieldStart("text");
                json.writeString(CROWD);
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeObjectFieldStart("value");
            json.writeNumberField("x", percent.get(0));
            json.writeNumberField("y", percent.get(1));
            json.writeNumberField("width", percent.get(2));
            json.writeNumberField("height", percent.get(3));
            json.writeNumberField("rotation", 0);
            json.writeArrayFieldStart("rectanglelabels");
            json.writeString(box.category());
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    @Override
    public void end() throws IOException {
        json.writeEndArray();
        json.flush();
    }
}

package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.io.OutputStream;

/** Writes detections as a stream in COCO's format of results, which its evaluation reads. */
public final class CocoResultWriter {

    private static final JsonFactory JSON = JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator json;

    /** @param out stays open */
    public CocoResultWriter(OutputStream out) throws IOException {
        json = JSON.createGenerator(out, JsonEncoding.UTF8);
        json.writeStartArray();
    }

    /** @param box in pixels of the upright image */
    public void detection(long imageId, long categoryId, Box box, double score) throws IOException {
        json.writeStartObject();
        json.writeNumberField("image_id", imageId);
        json.writeNumberField("category_id", categoryId);
        json.writeArrayFieldStart("bbox");
        json.writeNumber(box.x());
        json.writeNumber(box.y());
        json.writeNumber(box.width());
        json.writeNumber(box.height());
        json.writeEndArray();
        json.writeNumberField("score", score);
        json.writeEndObject();
    }

    /** Completes the list. One that was not ended, because something broke, does not parse. */
    public void end() throws IOException {
        json.writeEndArray();
        json.flush();
    }
}

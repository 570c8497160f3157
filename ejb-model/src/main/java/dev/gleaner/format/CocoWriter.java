package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Writes a COCO detection file as a stream: first categories, then images, then boxes. Ids are above 0, because COCO's
 * evaluation takes a match with the annotation 0 for no match.
 */
public final class CocoWriter {

    private static final JsonFactory JSON = JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private enum Section { categories, images, annotations }

    private final JsonGenerator json;
    private Section section = Section.categories;

    /** @param out stays open */
    public CocoWriter(OutputStream out, String description) throws IOException {
        json = JSON.createGenerator(out, JsonEncoding.UTF8);
        json.writeStartObject();
        json.writeObjectFieldStart("info");
        json.writeStringField("description", description);
        json.writeEndObject();
        json.writeArrayFieldStart("licenses");
        json.writeEndArray();
        json.writeArrayFieldStart(section.name());
    }

    public void category(long id, String name) throws IOException {
        category(id, name, Optional.empty());
    }

    /** @param frequency LVIS's {@code r}, {@code c} or {@code f} */
    public void category(long id, String name, Optional<String> frequency) throws IOException {
        enter(Section.categories);
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeStringField("name", name);
        if (frequency.isPresent()) {
            json.writeStringField("frequency", frequency.get());
        }
        json.writeEndObject();
    }

    /** @param size upright, in pixels */
    public void image(long id, String fileName, PixelSize size) throws IOException {
        image(id, fileName, size, Optional.empty());
    }

    /**
     * Of LVIS's federated annotation.
     *
     * @param absent        categories known not to be there
     * @param notExhaustive categories of which only some objects have boxes
     */
    public record Known(long[] absent, long[] notExhaustive) {
    }

    /** @param known what it tells of categories it has no box of; empty where its boxes tell all there is */
    public void image(long id, String fileName, PixelSize size, Optional<Known> known) throws IOException {
        image(id, fileName, size, known, Optional.empty());
    }

    /** @param url where the image is, if not in a file */
    public void image(long id, String fileName, PixelSize size, Optional<Known> known, Optional<String> url) throws IOException {
        enter(Section.images);
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeStringField("file_name", fileName);
        if (url.isPresent()) {
            json.writeStringField("coco_url", url.get());
        }
        json.writeNumberField("width", size.width());
        json.writeNumberField("height", size.height());
        if (known.isPresent()) {
            json.writeFieldName("neg_category_ids");
            json.writeArray(known.get().absent(), 0, known.get().absent().length);
            json.writeFieldName("not_exhaustive_category_ids");
            json.writeArray(known.get().notExhaustive(), 0, known.get().notExhaustive().length);
        }
        json.writeEndObject();
    }

    /**
     * A box of an image and a category written before.
     *
     * @param box   in pixels of the upright image
     * @param score of a proposal; empty for boxes that no model made
     */
    public void box(long id, long imageId, long categoryId, Box box, boolean crowd, OptionalDouble score) throws IOException {
        enter(Section.annotations);
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeNumberField("image_id", imageId);
        json.writeNumberField("category_id", categoryId);
        json.writeArrayFieldStart("bbox");
        json.writeNumber(box.x());
        json.writeNumber(box.y());
        json.writeNumber(box.width());
        json.writeNumber(box.height());
        json.writeEndArray();
        json.writeNumberField("area", box.area());
        json.writeNumberField("iscrowd", crowd ? 1 : 0);
        // Present but empty: readers that ask for it find it, and none takes the box for a drawn outline.
        json.writeArrayFieldStart("segmentation");
        json.writeEndArray();
        if (score.isPresent()) {
            json.writeNumberField("score", score.getAsDouble());
        }
        json.writeEndObject();
    }

    private void enter(Section wanted) throws IOException {
        if (wanted.ordinal() < section.ordinal()) {
            throw new IllegalStateException(wanted + " after " + section);
        }
        while (section != wanted) {
            section = Section.values()[section.ordinal() + 1];
            json.writeEndArray();
            json.writeArrayFieldStart(section.name());
        }
    }

    /** Completes the document. One that was not ended, because something broke, does not parse. */
    public void end() throws IOException {
        enter(Section.annotations);
        json.writeEndArray();
        json.writeEndObject();
        json.flush();
    }
}

package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * A file that Label Studio exported as JSON or JSON-MIN: a list of tasks, read one at a time. Regions are in percent of the image.
 *
 * <p>Of several annotations of a task the one marked as ground truth counts, or else the latest; skipped ones do not. Of turned
 * rectangles, polygons and ellipses the upright box around them is taken. Choices, texts, points, brushes and predictions have no
 * place in a dataset.
 */
public final class LabelStudioReader implements SourceReader {

    private final LabelStudioTasks tasks;
    private final DigestInputStream bytes;
    private final JsonParser json;
    private final Queue<SourceItem> found = new ArrayDeque<>();
    private boolean started;
    private boolean ended;

    /** @throws IOException if the file cannot be opened */
    public LabelStudioReader(Path file, ImageFiles images) throws IOException {
        this.bytes = new DigestInputStream(Files.newInputStream(file), Sha256.digest());
        this.json = LabelStudioTasks.JSON.createParser(bytes);
        this.tasks = new LabelStudioTasks(images, found);
    }

    @Override
    public Optional<SourceItem> next() throws IOException {
        while (found.isEmpty() && !ended) {
            try {
                advance();
            } catch (JsonProcessingException e) {
                refuse(e.getLocation(), e.getOriginalMessage());
            }
        }
        return Optional.ofNullable(found.poll());
    }

    private void refuse(JsonLocation where, String why) {
        ended = true;
        found.add(new Finding(Code.MALFORMED_DOCUMENT, null, (where == null ? "" : "line " + where.getLineNr() + ", column " + where.getColumnNr() + ": ") + why));
    }

    private void advance() throws IOException {
        JsonToken token = json.nextToken();
        if (!started) {
            started = true;
            if (token != JsonToken.START_ARRAY) {
                refuse(json.currentTokenLocation(), "it begins with " + json.getText() + "; expected a list of tasks, as Label Studio exports it as JSON");
            }
        } else if (token == JsonToken.END_ARRAY) {
            ended = true;
            bytes.transferTo(OutputStream.nullOutputStream());
            found.add(new SourceDocument("", Sha256.hex(bytes.getMessageDigest())));
            tasks.end();
        } else if (token == null) {
            refuse(json.currentLocation(), "it ends within the list of tasks");
        } else if (token == JsonToken.START_OBJECT) {
            tasks.task(LabelStudioTasks.JSON.readTree(json));
        } else {
            tasks.malformed(json.getText());
            json.skipChildren();
        }
    }

    @Override
    public void close() throws IOException {
        json.close();
        bytes.close();
    }
}

package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Captions as folders of images have them: {@code NAME.txt} beside {@code NAME.jpg}, with the caption as its first line; a table
 * {@code captions.txt} of names and captions, as Flickr's sets come; or COCO's {@code captions*.json}. What stands beside an image comes first,
 * and of several the first counts. None of it keeps a folder out: what cannot be taken is told and left out.
 */
final class FolderCaptions {

    private static final JsonFactory JSON = new JsonFactory();
    private static final String TABLE = "captions.txt";
    private static final Pattern DOCUMENT = Pattern.compile("(?i)captions.*[.]json");
    private static final long MOST_BYTES = 1 << 16;
    private static final long MOST_TABLE_BYTES = 64L << 20;
    /** YOLO's labels lie where captions do. */
    private static final Pattern NUMBERS = Pattern.compile("[-+0-9.eE\\s]+");
    private static final Pattern ROW = Pattern.compile("(?<name>[^\\t]+?[.](?i:jpe?g|png|bmp|gif|tiff?|webp))(#\\d+)?\\s*[,\\t|]\\s*(?<caption>.*)");

    private final ImageFiles images;
    private final Queue<SourceItem> found;
    private long beside;
    private long listed;

    FolderCaptions(ImageFiles images, Queue<SourceItem> found) {
        this.images = images;
        this.found = found;
    }

    /** What stands beside an image. @param image its name as the source has it */
    void beside(Path file, String image) throws IOException {
        Path text = file.resolveSibling(YoloLayout.withExtension(file.getFileName().toString(), "txt"));
        if (text.getFileName().toString().equals(TABLE) || !Files.isRegularFile(text) || images.real(text).isEmpty()) {
            return;
        }
        String name = images.nameOf(text);
        Optional<String> content = read(text, name, MOST_BYTES);
        List<String> lines = content.map(FolderCaptions::lines).orElse(List.of());
        if (!lines.isEmpty() && NUMBERS.matcher(content.get()).matches()) {
            found.add(new Finding(Code.NOT_TAKEN, name, "it holds \"" + lines.get(0) + "\", numbers as YOLO's labels have them; expected a caption"));
        } else if (!lines.isEmpty() && caption(image, lines.get(0), name)) {
            beside++;
            if (lines.size() > 1) {
                found.add(new Finding(Code.NOT_TAKEN, name, "it has " + lines.size() + " lines; the first one was taken as the caption"));
            }
        }
    }

    /** All images were walked over: what lies in the folder itself, and what it came to. */
    void end() throws IOException {
        Path table = images.folder().resolve(TABLE);
        if (Files.isRegularFile(table) && images.real(table).isPresent()) {
            table(table);
        }
        TreeSet<Path> documents = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(images.folder(), file -> DOCUMENT.matcher(file.getFileName().toString()).matches())) {
            files.forEach(documents::add);
        }
        for (Path document : documents) {
            if (Files.isRegularFile(document) && images.real(document).isPresent()) {
                coco(document);
            }
        }
        if (beside > 0) {
            found.add(new Finding(Code.CAPTIONS_TAKEN, null, beside + " images have a text of their name beside them; it was taken as their caption"));
        }
        if (listed > 0) {
            found.add(new Finding(Code.CAPTIONS_TAKEN, null, listed + " captions were taken from the lists in the folder; of several of one image the first counts"));
        }
    }

    private void table(Path table) throws IOException {
        Optional<String> content = read(table, TABLE, MOST_TABLE_BYTES);
        int number = 0;
        for (String line : content.map(FolderCaptions::lines).orElse(List.of())) {
            number++;
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String caption = row.group("caption");
                boolean quoted = caption.length() > 1 && caption.startsWith("\"") && caption.endsWith("\"");
                listed(row.group("name"), quoted ? caption.substring(1, caption.length() - 1).replace("\"\"", "\"") : caption, TABLE);
            } else if (number > 1) {
                found.add(new Finding(Code.NOT_TAKEN, TABLE, "line " + number + " is \"" + shortened(line) + "\"; expected the name of an image and a caption"));
            }
        }
    }

    /** Images and captions may come in any order, so captions wait for the end. */
    private void coco(Path document) throws IOException {
        String name = images.nameOf(document);
        Map<String, String> names = new HashMap<>();
        List<String[]> captions = new ArrayList<>();
        try (JsonParser json = JSON.createParser(document.toFile())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                found.add(new Finding(Code.NOT_TAKEN, name, "it begins with " + json.getText() + "; expected the lists \"images\" and \"annotations\""));
                return;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String list = json.currentName();
                if (json.nextToken() == JsonToken.START_ARRAY && (list.equals("images") || list.equals("annotations"))) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        Map<String, String> entry = entry(json);
                        if (list.equals("images")) {
                            names.put(entry.get("id"), entry.get("file_name"));
                        } else if (entry.containsKey("caption")) {
                            captions.add(new String[] {entry.get("image_id"), entry.get("caption")});
                        }
                    }
                } else {
                    json.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            found.add(new Finding(Code.NOT_TAKEN, name, "line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage() + "; expected COCO's captions"));
            return;
        }
        found.add(new SourceDocument(name, Sha256.of(Files.readAllBytes(document))));
        for (String[] caption : captions) {
            if (names.get(caption[0]) == null) {
                found.add(new Finding(Code.NOT_TAKEN, name, "image_id is " + caption[0] + " of the caption \"" + shortened(caption[1]) + "\"; expected the id of an image"));
            } else {
                listed(names.get(caption[0]), caption[1], name);
            }
        }
    }

    /** The plain values of an object. */
    private static Map<String, String> entry(JsonParser json) throws IOException {
        Map<String, String> entry = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            if (json.nextToken().isScalarValue()) {
                entry.put(field, json.getText());
            } else {
                json.skipChildren();
            }
        }
        return entry;
    }

    private void listed(String image, String caption, String file) {
        ImageFiles.Lookup lookup = images.find(image, image);
        if (lookup.file().isEmpty()) {
            found.add(new Finding(Code.NOT_TAKEN, file, "the image \"" + image + "\" of the caption \"" + shortened(caption) + "\" is not there; expected one of the folder"));
        } else if (caption(lookup.fileName(), caption, file)) {
            listed++;
        }
    }

    /** @return whether it could be taken */
    private boolean caption(String image, String caption, String file) {
        String storable = caption.replace('\0', '\ufffd').strip();
        if (storable.isEmpty() || storable.length() > SourceCaption.MAX_LENGTH) {
            found.add(new Finding(Code.NOT_TAKEN, file, "the caption of " + image + " has " + storable.length() + " characters; expected 1 to " + SourceCaption.MAX_LENGTH));
            return false;
        }
        found.add(new SourceCaption(image, storable));
        return true;
    }

    private Optional<String> read(Path text, String name, long most) throws IOException {
        if (Files.size(text) > most) {
            found.add(new Finding(Code.NOT_TAKEN, name, "it is " + Files.size(text) + " bytes long; expected captions in at most " + most));
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(text);
        found.add(new SourceDocument(name, Sha256.of(bytes)));
        try {
            return Optional.of(YoloLayout.withoutMark(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()));
        } catch (CharacterCodingException e) {
            found.add(new Finding(Code.NOT_TAKEN, name, "it is no UTF-8; expected a caption in that"));
            return Optional.empty();
        }
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}

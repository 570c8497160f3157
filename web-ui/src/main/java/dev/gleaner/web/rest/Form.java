package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.core.EntityPart;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The parts of a multipart form, by name. */
final class Form {

    private final Map<String, EntityPart> parts = new HashMap<>();

    /** @throws InvalidInput if a part is there twice, or its name is none of these */
    Form(List<EntityPart> parts, String... names) {
        for (EntityPart part : parts) {
            if (!List.of(names).contains(part.getName())) {
                throw new InvalidInput(part.getName(), "a part of the form", "no such part, but one of " + String.join(", ", sorted(names)));
            }
            if (this.parts.put(part.getName(), part) != null) {
                throw new InvalidInput(part.getName(), "two parts of the form", "one part of this name");
            }
        }
    }

    private static String[] sorted(String[] names) {
        return Arrays.stream(names).sorted().toArray(String[]::new);
    }

    boolean has(String name) {
        return parts.containsKey(name);
    }

    /** The part's bytes, null without it; 413 if there are more than {@code most}. */
    byte[] bytes(String name, int most) {
        if (!has(name)) {
            return null;
        }
        try (InputStream content = parts.get(name).getContent()) {
            byte[] bytes = content.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new ClientErrorException("The part " + name + " has more than the " + most + " bytes expected at most.", 413);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The part as text, null without it. */
    String text(String name) {
        byte[] bytes = bytes(name, JsonBody.MOST_BYTES);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** The part as the reader makes it, null without it. */
    <T> T read(String name, Function<byte[], T> reader) {
        byte[] bytes = bytes(name, JsonBody.MOST_BYTES);
        return bytes == null ? null : reader.apply(bytes);
    }

    /** The part as an id, null without it. */
    Long id(String name) {
        String text = text(name);
        try {
            return text == null ? null : Long.valueOf(text.strip());
        } catch (NumberFormatException e) {
            throw new InvalidInput(name, text, "a whole number");
        }
    }

    /** Writes the part to a file of the folder, however long it is; null without it. */
    Path file(String name, UploadFolder folder) {
        if (!has(name)) {
            return null;
        }
        EntityPart part = parts.get(name);
        try (InputStream content = part.getContent()) {
            Path file = folder.file(name, part.getFileName().orElse(name));
            Files.copy(content, file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

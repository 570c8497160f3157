package dev.gleaner.web.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.gleaner.InvalidInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * JSON in and out. What comes in is read strictly: a field nobody knows, a field given twice, or a value of another type is
 * refused by name, not guessed at. Fields that are null are left out of what goes out.
 */
final class Json {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, text -> text
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .addModule(new SimpleModule().addSerializer(Instant.class, new StdDelegatingSerializer(Instant.class, new ToMillis())))
            .build();

    private static final int SHOWN = 80;

    /** ISO 8601, and no finer than the database keeps it, so that a thing shows the same time whenever it is asked. */
    private static final class ToMillis extends StdConverter<Instant, String> {

        @Override
        public String convert(Instant instant) {
            return instant.truncatedTo(ChronoUnit.MILLIS).toString();
        }
    }

    private Json() {
    }

    /**
     * Reads one value.
     *
     * @param field what the text as a whole is called in messages: {@code body}, or the name of a form's part
     * @throws InvalidInput if the text is not JSON or does not fit the type; names the field within
     */
    static <T> T read(String field, byte[] text, JavaType type) {
        JsonNode tree = parse(field, text);
        if (tree.isNull()) {
            throw new InvalidInput(field, null, expected(type.getRawClass()));
        }
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (UnrecognizedPropertyException e) {
            throw new InvalidInput(path(field, e), value(tree, e), "no such field, but one of " + names(e.getKnownPropertyIds()));
        } catch (MismatchedInputException e) {
            throw new InvalidInput(path(field, e), value(tree, e), expected(e.getTargetType()));
        } catch (JsonMappingException e) {
            throw new InvalidInput(path(field, e), value(tree, e), "a number that is not as large");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is no text that could be malformed", e);
        }
    }

    private static JsonNode parse(String field, byte[] text) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            if (tree.isMissingNode()) {
                throw new InvalidInput(field, null, "JSON");
            }
            return tree;
        } catch (JsonProcessingException e) {
            JsonLocation place = e.getLocation();
            throw new InvalidInput(field, start(text), "well-formed JSON; at line " + place.getLineNr() + ", column "
                    + place.getColumnNr() + ": " + e.getOriginalMessage().replaceFirst(" \\(start marker.*", ""));
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
    }

    private static String start(byte[] text) {
        String all = new String(text, StandardCharsets.UTF_8);
        return all.length() <= SHOWN ? all : all.substring(0, SHOWN) + "...";
    }

    /** What the tree has at the place of the fault; null where it has nothing. */
    private static Object value(JsonNode tree, JsonMappingException e) {
        JsonNode node = tree;
        for (JsonMappingException.Reference step : e.getPath()) {
            node = step.getFieldName() == null ? node.path(step.getIndex()) : node.path(step.getFieldName());
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    private static String names(Collection<Object> names) {
        return names.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    }

    /** {@code prompts[2].phrase}; the name of the whole where nothing within it is to blame. */
    private static String path(String whole, JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        if (path.isEmpty()) {
            return whole;
        }
        return whole.equals("body") ? path.toString() : whole + (path.charAt(0) == '[' ? "" : ".") + path;
    }

    private static String expected(Class<?> type) {
        if (type == null) {
            return "another kind of JSON value";
        } else if (type == String.class) {
            return "a text";
        } else if (type == Long.class || type == long.class || type == Integer.class || type == int.class) {
            return "a whole number";
        } else if (type == Double.class || type == double.class) {
            return "a number";
        } else if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        } else if (List.class.isAssignableFrom(type)) {
            return "a list";
        } else if (type.isRecord() || Map.class.isAssignableFrom(type)) {
            return "an object";
        }
        return "another kind of JSON value";
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads numbers and switches in paths and queries. JAX-RS alone would answer 404 to what is none, and not say which. */
@Provider
public class StrictParams implements ParamConverterProvider {

    @Override
    public <T> ParamConverter<T> getConverter(Class<T> rawType, Type genericType, Annotation[] annotations) {
        String name = nameIn(annotations);
        if (rawType == long.class || rawType == Long.class) {
            return cast(new Param<>(name, "a whole number", Long::valueOf));
        } else if (rawType == int.class || rawType == Integer.class) {
            return cast(new Param<>(name, "a whole number", Integer::valueOf));
        } else if (rawType == double.class || rawType == Double.class) {
            return cast(new Param<>(name, "a number", Double::valueOf));
        } else if (rawType == boolean.class) {
            return cast(new Param<>(name, "true or false", StrictParams::trueOrFalse));
        }
        return null;
    }

    private static Boolean trueOrFalse(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException(text);
    }

    @SuppressWarnings("unchecked")
    private static <T> ParamConverter<T> cast(ParamConverter<?> converter) {
        return (ParamConverter<T>) converter;
    }

    private static String nameIn(Annotation[] annotations) {
        return Arrays.stream(annotations).flatMap(annotation -> {
            if (annotation instanceof PathParam path) {
                return Stream.of(path.value());
            }
            return annotation instanceof QueryParam query ? Stream.of(query.value()) : Stream.empty();
        }).findFirst().orElse("parameter");
    }

    private record Param<T>(String name, String expected, Function<String, T> parse) implements ParamConverter<T> {

        @Override
        public T fromString(String text) {
            if (text == null) {
                return null;
            }
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new InvalidInput(name, text, expected);
            }
        }

        @Override
        public String toString(T value) {
            return value.toString();
        }
    }
}

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

/** Reads the numbers in paths and queries. JAX-RS alone would answer 404 to those that are none, and not say which. */
@Provider
public class NumberParams implements ParamConverterProvider {

    @Override
    public <T> ParamConverter<T> getConverter(Class<T> rawType, Type genericType, Annotation[] annotations) {
        if (rawType == long.class || rawType == Long.class) {
            return cast(new NumberParam<>(nameIn(annotations), Long::valueOf));
        } else if (rawType == int.class || rawType == Integer.class) {
            return cast(new NumberParam<>(nameIn(annotations), Integer::valueOf));
        }
        return null;
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

    private record NumberParam<N extends Number>(String name, Function<String, N> parse) implements ParamConverter<N> {

        @Override
        public N fromString(String text) {
            try {
                return parse.apply(text);
            } catch (NumberFormatException e) {
                throw new InvalidInput(name, text, "a whole number");
            }
        }

        @Override
        public String toString(N number) {
            return number.toString();
        }
    }
}

package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What the official implementation computes for one image and one route ({@code classes} or {@code grounding}) of one
 * model of a reference folder.
 *
 * <p>An array of the compact copy is either whole or a sample: then {@code NAME.sample} holds the values at the flat
 * indices {@link #sampleIndex}, {@code NAME.shape} the shape and {@code NAME.largest} the largest absolute value.
 */
public final class ReferenceCase {

    /** Largest difference allowed, as a share of the largest absolute value of the reference. */
    public static final double TOLERANCE = 1e-4;

    private final Path model;
    private final String image;
    private final String route;
    private final Map<String, Npz.Array> arrays;

    ReferenceCase(Path model, String image, String route) {
        this.model = model;
        this.image = image;
        this.route = route;
        arrays = Npz.read(model.resolve(image + "_" + route + ".npz"));
    }

    /** Flat index of the k-th sampled element of n: a fixed walk through all of them. */
    public static int sampleIndex(long k, long n) {
        return (int) (k * 2654435761L % n);
    }

    /** The folder of the model: weights, configuration, vocabulary and cases. */
    public Path model() {
        return model;
    }

    public Path imageFile() {
        return model.resolve(image + ".png");
    }

    /** {@code classes} or {@code grounding}. */
    public String route() {
        return route;
    }

    /** Caption, tokens and, for classes, the map from labels to tokens. */
    public JsonNode text() {
        return json("_text.json");
    }

    /** A JSON file of this case, by what follows image and route in its name. */
    public JsonNode json(String suffix) {
        try {
            return new ObjectMapper().readTree(model.resolve(image + "_" + route + suffix).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the whole arrays, and of the sampled ones with their suffixes. */
    public Set<String> names() {
        return arrays.keySet();
    }

    /** Whether there is such an array, whole or sampled. */
    public boolean has(String name) {
        return arrays.containsKey(name) || arrays.containsKey(name + ".sample");
    }

    /** Whether there is such an array, with all its values. */
    public boolean isWhole(String name) {
        return arrays.containsKey(name);
    }

    /** An array that is not sampled in any copy: integers and what belongs to single detections. */
    public Npz.Array whole(String name) {
        assertThat(arrays).as("arrays of %s", this).containsKey(name);
        return arrays.get(name);
    }

    /** Asserts shape and values, within {@link #TOLERANCE} of the reference's largest absolute value. */
    public void assertMatches(String name, NDArray actual) {
        assertMatches(name, actual.getShape().getShape(), actual.toType(DataType.FLOAT32, false).toFloatArray());
    }

    /** Asserts shape and values, within {@link #TOLERANCE} of the reference's largest absolute value. */
    public void assertMatches(String name, long[] shape, float[] actual) {
        assertMatches(name, shape, actual, TOLERANCE);
    }

    /** Asserts shape and values; a tolerance of 0 asks for the same bits. */
    public void assertMatches(String name, long[] shape, float[] actual, double tolerance) {
        boolean sampled = !arrays.containsKey(name);
        Npz.Array expected = whole(sampled ? name + ".sample" : name);
        long[] expectedShape = sampled ? whole(name + ".shape").longs() : expected.shape();
        double largest = sampled ? whole(name + ".largest").values()[0] : expected.largest();
        assertThat(shape).as("shape of %s in %s", name, this).isEqualTo(expectedShape);
        double worst = 0;
        int worstIndex = 0;
        for (int k = 0; k < expected.values().length; k++) {
            int index = sampled ? sampleIndex(k, actual.length) : k;
            double difference = Math.abs(actual[index] - expected.values()[k]);
            if (!(difference <= worst)) {
                worst = difference;
                worstIndex = index;
            }
        }
        assertThat(worst).as("largest difference of %s in %s, at flat index %d of %d", name, this, worstIndex, actual.length)
                .isLessThanOrEqualTo(tolerance * largest);
    }

    @Override
    public String toString() {
        return model.getFileName() + "/" + image + "_" + route;
    }
}

package dev.gleaner.cvat;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/**
 * A project's champion, as CVAT calls it.
 *
 * @param project      the project's id
 * @param modelVersion the champion's id
 * @param labels       that it answers with, each once
 */
public record CvatFunction(long project, String projectName, long modelVersion, String modelName, List<String> labels) {

    private static final int LONGEST_SLUG = 40;

    public CvatFunction {
        labels = List.copyOf(labels);
    }

    /**
     * By which CVAT knows it: letters of the Latin alphabet without accents, digits and hyphens of the project's name, then its id, which keeps
     * two names apart that differ in other signs only, {@code street-scenes-7}.
     */
    public String id() {
        String slug = Normalizer.normalize(projectName, Normalizer.Form.NFKD).replaceAll("\\p{M}", "").toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String cut = slug.length() > LONGEST_SLUG ? slug.substring(0, LONGEST_SLUG).replaceAll("-$", "") : slug;
        return (cut.isEmpty() ? "project" : cut) + "-" + project;
    }
}

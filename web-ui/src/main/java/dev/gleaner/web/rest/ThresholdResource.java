package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.review.ReviewQualityService;
import dev.gleaner.review.ThresholdCurve;
import dev.gleaner.round.ReviewedThresholds;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;

/** Thresholds of a project's categories: those that are set, and those that follow from what reviewers decided. */
@Path("projects/{id}/thresholds")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ThresholdResource {

    private static final String PRECISION = "0.8";
    private static final String FEWEST = "10";

    public record ThresholdPoint(double threshold, int kept, double precision, double low, double recall) {

        private static ThresholdPoint of(ThresholdCurve.Point point) {
            return new ThresholdPoint(point.threshold(), point.kept(), point.precision(), point.low(), point.recall());
        }
    }

    public record CategoryThreshold(String category, Double threshold, Double fitted, int decisions, int accepted, List<ThresholdPoint> curve) {

        private static CategoryThreshold of(ThresholdCurve curve) {
            return new CategoryThreshold(curve.category(), curve.threshold(), curve.fitted(), curve.decisions(), curve.accepted(),
                    curve.points().stream().map(ThresholdPoint::of).toList());
        }
    }

    public record ThresholdsView(double precision, int fewest, double fallback, List<CategoryThreshold> categories) {
    }

    public record ThresholdOrder(Map<String, Double> thresholds) {
    }

    @Inject
    private ReviewQualityService quality;

    @GET
    public ThresholdsView get(@PathParam("id") long id, @QueryParam("precision") @DefaultValue(PRECISION) double precision,
            @QueryParam("fewest") @DefaultValue(FEWEST) int fewest) {
        if (!(precision > 0 && precision < 1)) {
            throw new InvalidInput("precision", precision, "a number between 0 and 1");
        }
        if (fewest < 1) {
            throw new InvalidInput("fewest", fewest, "1 or more");
        }
        return new ThresholdsView(precision, fewest, LabelingRules.DEFAULT_THRESHOLD,
                quality.thresholds(id, new ReviewedThresholds(precision, fewest)).stream().map(CategoryThreshold::of).toList());
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    public ThresholdsView put(@PathParam("id") long id, ThresholdOrder order) {
        quality.apply(id, order.thresholds());
        return get(id, Double.parseDouble(PRECISION), Integer.parseInt(FEWEST));
    }
}

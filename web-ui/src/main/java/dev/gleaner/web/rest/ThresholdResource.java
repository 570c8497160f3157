package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.project.ProjectService;
import dev.gleaner.project.ThresholdChange;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Instant;
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

    /** Left out is the default. */
    public record ThresholdChangeView(long id, String category, Double before, Double after, String changedBy, Instant changedAt) {

        private static ThresholdChangeView of(ThresholdChange change) {
            return new ThresholdChangeView(change.id(), change.category(), change.before().orElse(null), change.after().orElse(null), change.changedBy(),
                    change.changedAt());
        }
    }

    public record ThresholdChangePage(List<ThresholdChangeView> items, Long next) {
    }

    @Inject
    private ReviewQualityService quality;
    @Inject
    private ProjectService projects;

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
    public ThresholdsView put(@PathParam("id") long id, ThresholdOrder order, @Context SecurityContext caller) {
        quality.apply(id, order.thresholds(), caller.getUserPrincipal().getName());
        return get(id, Double.parseDouble(PRECISION), Integer.parseInt(FEWEST));
    }

    /** Who changed them, newest first. */
    @GET
    @Path("changes")
    public ThresholdChangePage changes(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(projects.thresholdChanges(id, paging.before(), paging.limitAndOne()), ThresholdChange::id, ThresholdChangeView::of,
                ThresholdChangePage::new);
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.review.BoxAgreement;
import dev.gleaner.review.ReviewQuality;
import dev.gleaner.review.ReviewQualityService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** How well reviewing goes. */
@Path("projects/{id}/review-quality")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ReviewQualityResource {

    /** How far answers and truth agree: {@code missed} is only in the truth, {@code made} only in the answers. */
    public record ChecksJson(int items, int right, int missed, int made, Double f1) {

        private static ChecksJson of(int items, BoxAgreement checks) {
            return new ChecksJson(items, checks.both(), checks.second(), checks.first(), checks.f1());
        }
    }

    /** How far reviewers agree who saw the same images. */
    public record AgreementJson(int agreed, int differing, Double f1) {

        private static AgreementJson of(BoxAgreement agreement) {
            return new AgreementJson(agreement.both(), agreement.first() + agreement.second(), agreement.f1());
        }
    }

    public record ReviewerQuality(String reviewer, int items, int skipped, Double medianSeconds, int accepted, int corrected, int rejected, int drawn,
            ChecksJson checks, AgreementJson agreement) {

        private static ReviewerQuality of(ReviewQuality.OfReviewer row) {
            return new ReviewerQuality(row.reviewer(), row.items(), row.skipped(), row.medianSeconds(), row.accepted(), row.corrected(), row.rejected(),
                    row.drawn(), ChecksJson.of(row.checkedItems(), row.checks()), AgreementJson.of(row.agreement()));
        }
    }

    public record CategoryQuality(String category, BoxesJson checks, AgreementJson agreement) {

        private static CategoryQuality of(ReviewQuality.OfCategory row) {
            return new CategoryQuality(row.category(), new BoxesJson(row.checks().both(), row.checks().second(), row.checks().first(), row.checks().f1()),
                    AgreementJson.of(row.agreement()));
        }
    }

    /** As {@link ChecksJson}, of boxes of one category. */
    public record BoxesJson(int right, int missed, int made, Double f1) {
    }

    public record AcceptanceRow(long modelVersion, String category, int accepted, int corrected, int rejected, Double acceptance) {

        private static AcceptanceRow of(ReviewQuality.OfModel row) {
            return new AcceptanceRow(row.modelVersion(), row.category(), row.accepted(), row.corrected(), row.rejected(), row.acceptance());
        }
    }

    /** An image about which the reviewers who saw it differ. */
    public record DifferingImage(long queue, long image, List<String> reviewers, AgreementJson agreement) {

        private static DifferingImage of(ReviewQuality.Differing row) {
            return new DifferingImage(row.queue(), row.image(), row.reviewers(), AgreementJson.of(row.agreement()));
        }
    }

    public record ReviewQualityView(int days, Integer newest, List<ReviewerQuality> reviewers, List<CategoryQuality> categories, List<AcceptanceRow> models,
            List<DifferingImage> differing) {
    }

    @Inject
    private ReviewQualityService quality;

    @GET
    public ReviewQualityView get(@PathParam("id") long id, @QueryParam("days") @DefaultValue("30") int days) {
        ReviewQuality found = quality.quality(id, days);
        return new ReviewQualityView(days, found.newest(), found.reviewers().stream().map(ReviewerQuality::of).toList(),
                found.categories().stream().map(CategoryQuality::of).toList(), found.models().stream().map(AcceptanceRow::of).toList(),
                found.differing().stream().map(DifferingImage::of).toList());
    }
}

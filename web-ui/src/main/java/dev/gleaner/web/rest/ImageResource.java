package dev.gleaner.web.rest;

import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationService;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.Picture;
import dev.gleaner.dataset.Pictures;
import dev.gleaner.review.ReviewQualityService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Single images, their boxes and their pictures. */
@Path("images/{id}")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ImageResource {

    private static final Duration FRESH = Duration.ofHours(1);

    @Inject
    private DatasetService datasets;
    @Inject
    private AnnotationService annotations;
    @Inject
    private Pictures pictures;
    @Inject
    private ReviewQualityService quality;

    /** The image with its boxes of these statuses. */
    @GET
    public ImageJson get(@PathParam("id") long id, @QueryParam("status") List<String> status) {
        Image image = datasets.image(id);
        return ImageJson.of(image, annotations.ofImage(id, AnnotationService.statuses(status, Status.STANDING)));
    }

    /** An entry of the image's history; checks and second opinions do not count: they changed no box. */
    public record HistoryEntry(boolean counts, DecisionView decision) {
    }

    public record HistoryPage(List<HistoryEntry> items, Long next) {
    }

    /** What was decided about the image, newest first. */
    @GET
    @Path("history")
    public HistoryPage history(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        Map<Long, String> categories = quality.categories(id);
        return paging.page(quality.history(id, paging.before(), paging.limitAndOne()), entry -> entry.decision().id(),
                entry -> new HistoryEntry(entry.decision().counts(), DecisionView.of(entry, categories)), HistoryPage::new);
    }

    @GET
    @Path("picture")
    @Produces("image/*")
    public Response picture(@PathParam("id") long id, @Context Request request) {
        return answer(id, "whole", request, pictures::whole);
    }

    @GET
    @Path("thumbnail")
    @Produces("image/*")
    public Response thumbnail(@PathParam("id") long id, @Context Request request) {
        return answer(id, "thumbnail", request, pictures::thumbnail);
    }

    /** An image's bytes never change, so its digest tells whether the browser has the picture already. */
    private Response answer(long id, String kind, Request request, LongFunction<Picture> pictures) {
        EntityTag tag = new EntityTag(datasets.image(id).sha256() + "-" + kind);
        Response.ResponseBuilder answer = request.evaluatePreconditions(tag);
        if (answer == null) {
            Picture picture = pictures.apply(id);
            answer = Response.ok(picture.file().toFile(), picture.mediaType());
        }
        CacheControl caching = new CacheControl();
        caching.setPrivate(true);
        caching.setMaxAge((int) FRESH.toSeconds());
        return answer.tag(tag).cacheControl(caching).build();
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.review.Crop;
import dev.gleaner.review.GalleryService;
import dev.gleaner.review.GalleryService.Sorting;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;

/** Open proposals of one category side by side. */
@Path("datasets/{id}/crops")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class CropResource {

    /** An open proposal, with what is needed to cut it out of its picture. */
    public record CropJson(long annotation, int version, List<Double> bbox, Double score, double rank, long image, int imageWidth, int imageHeight,
            String phrase, Long modelVersion) {

        private static CropJson of(Crop crop) {
            return new CropJson(crop.annotation().id(), crop.annotation().version(), AnnotationJson.bbox(crop.annotation().box()),
                    crop.annotation().score().orElse(null), crop.rank(), crop.image().id(), crop.image().width(), crop.image().height(),
                    crop.annotation().phrase().orElse(null), crop.annotation().modelVersionId().orElse(null));
        }
    }

    public record CropPage(List<CropJson> items, Long total, String next) {
    }

    @Inject
    private GalleryService gallery;

    @GET
    public CropPage list(@PathParam("id") long id, @QueryParam("category") String category, @QueryParam("order") @DefaultValue("lowest") String order,
            @QueryParam("after") String after, @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Sorting sorting = Arrays.stream(Sorting.values()).filter(choice -> ReviewQueueOrder.label(choice).equals(order)).findFirst()
                .orElseThrow(() -> new InvalidInput("order", order, "lowest, highest or unlike"));
        GalleryService.Page page = gallery.page(id, category, sorting, after, new Paging(0, limit).limit());
        return new CropPage(page.crops().stream().map(CropJson::of).toList(), page.total(), page.next());
    }
}

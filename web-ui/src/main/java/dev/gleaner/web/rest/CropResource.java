package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.review.Crop;
import dev.gleaner.review.GalleryService;
import dev.gleaner.review.GalleryService.Sorting;
import dev.gleaner.review.GalleryService.Wanted;
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

    /** Where whole pages end, so that any page can be read without those before it. */
    public record CropPlaces(long total, List<String> ends) {
    }

    /** @param more whether there are more than {@code open} */
    public record CropCategory(String category, int open, boolean more) {
    }

    public record CropCategories(List<CropCategory> items) {
    }

    @Inject
    private GalleryService gallery;

    @GET
    public CropPage list(@PathParam("id") long id, @QueryParam("category") String category, @QueryParam("order") @DefaultValue("lowest") String order,
            @QueryParam("least") Double least, @QueryParam("most") Double most, @QueryParam("after") String after, @QueryParam("until") String until,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        GalleryService.Page page = gallery.page(id, new Wanted(category, sorting(order), least, most), after, until, new Paging(0, limit).limit());
        return new CropPage(page.crops().stream().map(CropJson::of).toList(), page.total(), page.next());
    }

    @GET
    @Path("places")
    public CropPlaces places(@PathParam("id") long id, @QueryParam("category") String category, @QueryParam("order") @DefaultValue("lowest") String order,
            @QueryParam("least") Double least, @QueryParam("most") Double most, @QueryParam("size") @DefaultValue(Paging.DEFAULT_LIMIT) int size) {
        GalleryService.Places places = gallery.places(id, new Wanted(category, sorting(order), least, most), size);
        return new CropPlaces(places.total(), places.ends());
    }

    @GET
    @Path("categories")
    public CropCategories categories(@PathParam("id") long id) {
        return new CropCategories(gallery.categoriesOf(id).stream().map(row -> new CropCategory(row.category(), row.open(), row.more())).toList());
    }

    private static Sorting sorting(String order) {
        return Arrays.stream(Sorting.values()).filter(choice -> ReviewQueueOrder.label(choice).equals(order)).findFirst()
                .orElseThrow(() -> new InvalidInput("order", order, "lowest, highest or unlike"));
    }
}

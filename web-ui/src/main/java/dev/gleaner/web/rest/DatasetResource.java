package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.AnnotationService;
import dev.gleaner.annotation.BoxStatistics;
import dev.gleaner.annotation.DatasetStatistics;
import dev.gleaner.annotation.FiledBox;
import dev.gleaner.annotation.StatisticsService;
import dev.gleaner.dataset.CaptionService;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.DatasetSource;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.Preflight;
import dev.gleaner.transfer.ExportService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sets of images, with the boxes on them. */
@Path("datasets")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class DatasetResource {

    public record NewDataset(String name, String project, Source source) {
    }

    public record Source(String type, String path, String images, Boolean lenient) {

        static Source of(DatasetSource source) {
            return new Source(source.format().label(), source.place(), source.store().isPresent() ? source.place() : source.images().toString(), source.lenient());
        }

        RequestedSource read() {
            return new RequestedSource(type, path, images, Boolean.TRUE.equals(lenient));
        }
    }

    /** How far the import has come; {@code total} is null while the source is still being read. */
    public record ImportProgress(int done, Integer total) {
    }

    public record DatasetView(long id, String name, Dataset.Status status, long project, Source source, int images, int annotations,
            ImportProgress progress, Preflight preflight, Long duplicateOf, Instant createdAt, Instant readyAt) {

        static DatasetView of(Dataset dataset) {
            return new DatasetView(dataset.id(), dataset.name(), dataset.status(), dataset.projectId(), Source.of(dataset.source()),
                    dataset.imageCount(), dataset.annotationCount(),
                    new ImportProgress(dataset.progressDone(), dataset.progressTotal().orElse(null)),
                    dataset.preflight().orElse(null), dataset.duplicateOf().orElse(null),
                    dataset.createdAt(), dataset.readyAt().orElse(null));
        }
    }

    public record DatasetPage(List<DatasetView> items, Long next) {
    }

    public record ImagePage(List<ImageJson> items, Long next) {
    }

    public record AnnotationPage(List<AnnotationJson> items, Long next) {
    }

    @Inject
    private DatasetService datasets;
    @Inject
    private AnnotationService annotations;
    @Inject
    private StatisticsService statistics;
    @Inject
    private ExportService exports;
    @Inject
    private CaptionService captions;

    @GET
    public DatasetPage list(@QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(datasets.newest(paging.before(), paging.limitAndOne()), Dataset::id, DatasetView::of, DatasetPage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response register(NewDataset request) {
        Dataset dataset = datasets.register(request.project(), request.name(), request.source() == null ? null : request.source().read());
        return Answers.accepted("datasets", dataset.id(), DatasetView.of(dataset));
    }

    @GET
    @Path("{id}")
    public DatasetView get(@PathParam("id") long id) {
        return DatasetView.of(datasets.get(id));
    }

    /** How a dataset's boxes are spread over its categories, and when that was counted. */
    public record StatisticsView(Instant countedAt, List<CategoryStatistics> categories) {

        static StatisticsView of(DatasetStatistics counted) {
            return new StatisticsView(counted.countedAt(), counted.statistics().categories().stream().map(CategoryStatistics::of).toList());
        }
    }

    public record CategoryStatistics(String category, long imported, long proposed, long accepted, long corrected, long rejected, SizeCounts sizes,
            List<Long> scores) {

        private static CategoryStatistics of(BoxStatistics.OfCategory of) {
            return new CategoryStatistics(of.category(), of.imported(), of.proposed(), of.accepted(), of.corrected(), of.rejected(),
                    new SizeCounts(of.small(), of.medium(), of.large()), of.scores());
        }
    }

    public record SizeCounts(long small, long medium, long large) {
    }

    @GET
    @Path("{id}/statistics")
    public StatisticsView statistics(@PathParam("id") long id) {
        return StatisticsView.of(statistics.ofDataset(id));
    }

    /** Images, of all or only of those that have a box of one of these statuses, or one of these names. */
    @GET
    @Path("{id}/images")
    public ImagePage images(@PathParam("id") long id, @QueryParam("status") List<String> status, @QueryParam("fileName") List<String> fileNames,
            @QueryParam("boxes") @DefaultValue("false") boolean withBoxes, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        Set<Status> statuses = AnnotationService.statuses(status, Status.STANDING);
        if (!fileNames.isEmpty() && !status.isEmpty()) {
            throw new InvalidInput("fileName", fileNames.get(0), "either names or statuses");
        }
        List<Image> images = !fileNames.isEmpty() ? datasets.imagesNamed(id, fileNames).stream().filter(image -> image.id() > paging.after())
                .limit(paging.limitAndOne()).toList() : status.isEmpty() ? datasets.images(id, paging.after(), paging.limitAndOne())
                : annotations.imagesWith(id, statuses, paging.after(), paging.limitAndOne());
        if (!withBoxes) {
            return paging.page(images, Image::id, ImageJson::of, ImagePage::new);
        }
        Map<Long, List<FiledBox>> boxes = annotations.ofImages(images, statuses);
        return paging.page(images, Image::id, image -> ImageJson.of(image, boxes.getOrDefault(image.id(), List.of())), ImagePage::new);
    }

    @GET
    @Path("{id}/annotations")
    public AnnotationPage annotations(@PathParam("id") long id, @QueryParam("status") List<String> status,
            @QueryParam("after") @DefaultValue("0") long after, @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        Set<Status> statuses = AnnotationService.statuses(status, Status.STANDING);
        return paging.page(annotations.ofDataset(id, statuses, paging.after(), paging.limitAndOne()),
                box -> box.annotation().id(), AnnotationJson::of, AnnotationPage::new);
    }

    public record CaptionJson(String file, String caption) {

        static CaptionService.Given read(CaptionJson json) {
            return json == null ? null : new CaptionService.Given(json.file, json.caption);
        }
    }

    /** A caption of an image, and who gave it. */
    public record CaptionView(long image, String file, String caption, String setBy, Instant setAt) {

        static CaptionView of(CaptionService.Captioned captioned) {
            return new CaptionView(captioned.image().id(), captioned.image().fileName(), captioned.caption().caption(), captioned.caption().setBy(),
                    captioned.caption().setAt());
        }
    }

    public record CaptionPage(List<CaptionView> items, Long next) {
    }

    @GET
    @Path("{id}/captions")
    public CaptionPage captions(@PathParam("id") long id, @QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(captions.captions(id, paging.after(), paging.limitAndOne()), captioned -> captioned.image().id(), CaptionView::of, CaptionPage::new);
    }

    @PUT
    @Path("{id}/captions")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response putCaptions(@PathParam("id") long id, List<CaptionJson> given, @Context SecurityContext caller) {
        captions.put(id, given.stream().map(CaptionJson::read).toList(), caller.getUserPrincipal().getName());
        return Response.noContent().build();
    }

    /** The dataset in a format of others: one file, or an archive where the format has many or the image files are to come along. */
    @GET
    @Path("{id}/export")
    @Produces({MediaType.APPLICATION_JSON, "application/zip", "application/xml", "text/csv"})
    public Response export(@PathParam("id") long id, @QueryParam("format") @DefaultValue("coco") String format,
            @QueryParam("images") @DefaultValue("false") boolean withImages, @QueryParam("status") List<String> status) {
        ExportService.Export export = exports.check(id, format, AnnotationService.statuses(status, Status.STANDING), withImages);
        StreamingOutput written = out -> exports.write(export, out);
        return Response.ok(written, export.mediaType()).header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + export.fileName() + "\"").build();
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The models that label, with what made them. */
@Path("model-versions")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Model versions")
public class ModelVersionResource {

    @Schema(name = "ModelVersion")
    public record ModelVersionView(long id, String name, ModelVersion.Status status,
            @Schema(description = "The project's id.") long project,
            @Schema(description = "A, B, C, T or L.") String architecture,
            @Schema(description = "Over the bundle's files.") String sha256,
            @Schema(description = "Its weights were drawn at random; its boxes mean nothing.") boolean untrained,
            @Schema(description = "What made it: the files it was read from and their digests, or the seed.") Map<String, Object> provenance,
            @Schema(description = "The version it was trained from.") Long parent,
            Instant createdAt, Instant promotedAt) {

        static ModelVersionView of(ModelVersion version) {
            return new ModelVersionView(version.id(), version.name(), version.status(), version.projectId(), version.architecture(),
                    version.sha256(), version.isUntrained(), version.provenance(), version.parentId().orElse(null),
                    version.createdAt(), version.promotedAt().orElse(null));
        }
    }

    public record ModelVersionPage(List<ModelVersionView> items, Long next) {
    }

    @Inject
    private ModelVersionService versions;

    @GET
    @Operation(summary = "List the model versions")
    public ModelVersionPage list(
            @Parameter(description = Paging.AFTER) @QueryParam("after") @DefaultValue("0") long after,
            @Parameter(description = Paging.LIMIT) @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(versions.all(paging.after(), paging.limitAndOne()),
                ModelVersion::id, ModelVersionView::of, ModelVersionPage::new);
    }

    @GET
    @Path("{id}")
    @Operation(summary = "Show a model version and what made it")
    public ModelVersionView get(@PathParam("id") long id) {
        return ModelVersionView.of(versions.get(id));
    }

    @POST
    @Path("{id}/promote")
    @Operation(summary = "Make a model version the champion of its project", description = """
            The champion is what a project labels with unless told otherwise. The champion of the day retires.""")
    public ModelVersionView promote(@PathParam("id") long id) {
        return ModelVersionView.of(versions.promote(id));
    }

    @POST
    @Path("{id}/rollback")
    @Operation(summary = "Withdraw the champion and reinstate the one before it", description = "Answers with the champion there is now.")
    public ModelVersionView rollback(@PathParam("id") long id) {
        return ModelVersionView.of(versions.rollback(id));
    }
}

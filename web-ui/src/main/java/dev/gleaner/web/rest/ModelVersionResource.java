package dev.gleaner.web.rest;

import dev.gleaner.Settings;
import dev.gleaner.glip.checkpoint.OfficialModel;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.modelversion.ModelImport;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.modelversion.NewModelVersion;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;

/** The models that label, with what made them. */
@Path("model-versions")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ModelVersionResource {

    public record ModelVersionView(long id, String name, ModelVersion.Status status, long project, String architecture,
            String sha256, boolean tunedPrompt, Provenance provenance, Long parent, Instant createdAt, Instant promotedAt) {

        static ModelVersionView of(ModelVersion version) {
            return new ModelVersionView(version.id(), version.name(), version.status(), version.projectId(), version.architecture(),
                    version.sha256(), version.promptDelta().isPresent(), version.provenance(), version.parentId().orElse(null),
                    version.createdAt(), version.promotedAt().orElse(null));
        }
    }

    public record ModelVersionPage(List<ModelVersionView> items, Long next) {
    }

    public record NewVersion(String name, String project, String checkpoint, String config, String vocabulary, String languageConfig) {
    }

    @Inject
    private ModelVersionService versions;
    @Inject
    private ModelImport models;
    @Inject
    private Settings settings;

    @GET
    public ModelVersionPage list(@QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(versions.all(paging.after(), paging.limitAndOne()),
                ModelVersion::id, ModelVersionView::of, ModelVersionPage::new);
    }

    @GET
    @Path("{id}")
    public ModelVersionView get(@PathParam("id") long id) {
        return ModelVersionView.of(versions.get(id));
    }

    /** Imports files that lie on the server. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(NewVersion request) {
        return created(new NewModelVersion(request.project(), request.name(),
                models.onServer(request.checkpoint(), request.config(), request.vocabulary(), request.languageConfig())));
    }

    /** Imports files that come with the request. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Response upload(List<EntityPart> parts) {
        Form form = new Form(parts, "name", "project", "checkpoint", "config", "vocabulary", "languageConfig");
        try (UploadFolder folder = new UploadFolder(settings.home())) {
            return created(new NewModelVersion(form.text("project"), form.text("name"), new OfficialModel(
                    form.file("checkpoint", folder), form.file("config", folder), form.file("vocabulary", folder),
                    form.file("languageConfig", folder))));
        }
    }

    private Response created(NewModelVersion wanted) {
        ModelVersion version = models.importOfficial(wanted);
        return Answers.created("model-versions", version.id(), ModelVersionView.of(version));
    }

    @POST
    @Path("{id}/promote")
    public ModelVersionView promote(@PathParam("id") long id) {
        return ModelVersionView.of(versions.promote(id));
    }

    @POST
    @Path("{id}/rollback")
    public ModelVersionView rollback(@PathParam("id") long id) {
        return ModelVersionView.of(versions.rollback(id));
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.labelstudio.LabelStudioPlatform;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Projects of Label Studio that work with projects here. */
@Path("label-studio-projects")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class LabelStudioProjectResource {

    private static final String NAME = LabelStudioPlatform.NAME;

    /**
     * @param project the project's name; the default project if it is left out
     * @param url     where Label Studio is
     * @param token   of Label Studio
     * @param number  of its project
     */
    public record LabelStudioOrder(String project, String url, String token, Long number) {
    }

    /**
     * @param number of the project in Label Studio
     * @param tasks  how many there are, by what is to be done about them
     */
    public record LabelStudioProjectView(long id, long project, long number, String title, String url, boolean hasToken, Long dataset, Map<String, Long> tasks,
            String lastEvent, Instant lastEventAt, String error, Instant errorAt) {
    }

    public record LabelStudioProjectList(List<LabelStudioProjectView> items) {
    }

    /** How many tasks something will be done about. */
    public record TaskCount(int tasks) {
    }

    @Inject
    private PlatformService platforms;

    @GET
    public LabelStudioProjectList list() {
        return new LabelStudioProjectList(platforms.all(NAME).stream().map(this::view).toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response connect(LabelStudioOrder order) {
        PlatformConnection connected = platforms.connect(NAME, order.project(), order.url(), order.token(),
                order.number() == null ? "" : order.number().toString());
        return Answers.created("label-studio-projects", connected.id(), view(connected));
    }

    @GET
    @Path("{id}")
    public LabelStudioProjectView get(@PathParam("id") long id) {
        return view(platforms.get(NAME, id));
    }

    @DELETE
    @Path("{id}")
    public void disconnect(@PathParam("id") long id) {
        platforms.disconnect(NAME, id);
    }

    /** Lists the tasks; their images become a dataset one after the other. */
    @POST
    @Path("{id}/import")
    public Response importTasks(@PathParam("id") long id) {
        return Response.accepted(new TaskCount(platforms.importTasks(NAME, id))).build();
    }

    /** Sends what is proposed for the images, where Label Studio does not have it. */
    @POST
    @Path("{id}/push")
    public Response push(@PathParam("id") long id) {
        return Response.accepted(new TaskCount(platforms.push(NAME, id))).build();
    }

    private LabelStudioProjectView view(PlatformConnection one) {
        return new LabelStudioProjectView(one.id(), one.projectId(), LabelStudioPlatform.number(one.identity()), one.title().orElse(null), one.address().orElse(null), one.hasToken(),
                one.datasetId().orElse(null), platforms.counts(one.id()), one.lastEvent().orElse(null), one.lastEventAt().orElse(null),
                one.error().orElse(null), one.errorAt().orElse(null));
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformService;
import dev.gleaner.web.rest.LabelStudioProjectResource.TaskCount;
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

/** Projects of any platform that work with projects here. */
@Path("platform-connections")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class PlatformConnectionResource {

    /**
     * @param project the project's name; the default project if it is left out
     * @param url     where the platform is
     * @param remote  the project there
     * @param secret  that the platform signs its events with; null if none are taken
     */
    public record NewPlatformConnection(String platform, String project, String url, String token, String remote, String secret) {

        /** Without what is secret. */
        @Override
        public String toString() {
            return "NewPlatformConnection[" + platform + ", " + project + ", " + url + "]";
        }
    }

    /** @param tasks how many there are, by what is to be done about them */
    public record PlatformConnectionView(long id, String platform, long project, String identity, String title, String url, boolean hasToken, boolean hasSecret,
            Long dataset, Map<String, Long> tasks, String lastEvent, Instant lastEventAt, String error, Instant errorAt) {
    }

    public record PlatformConnectionList(List<PlatformConnectionView> items) {
    }

    @Inject
    private PlatformService platforms;

    @GET
    public PlatformConnectionList list() {
        return new PlatformConnectionList(platforms.all().stream().map(this::view).toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response connect(NewPlatformConnection order) {
        PlatformConnection connected = platforms.connect(order.platform(), order.project(), order.url(), order.token(), order.remote(),
                order.secret());
        return Answers.created("platform-connections", connected.id(), view(connected));
    }

    @GET
    @Path("{id}")
    public PlatformConnectionView get(@PathParam("id") long id) {
        return view(platforms.get(id));
    }

    @DELETE
    @Path("{id}")
    public void disconnect(@PathParam("id") long id) {
        platforms.disconnect(id);
    }

    /** Lists the tasks; their images become a dataset one after the other. */
    @POST
    @Path("{id}/import")
    public Response importTasks(@PathParam("id") long id) {
        return Response.accepted(new TaskCount(platforms.importTasks(id))).build();
    }

    /** Sends what is proposed for the images, where the platform does not have it. */
    @POST
    @Path("{id}/push")
    public Response push(@PathParam("id") long id) {
        return Response.accepted(new TaskCount(platforms.push(id))).build();
    }

    /** Looks soon through what people decided there. */
    @POST
    @Path("{id}/pull")
    public Response pull(@PathParam("id") long id) {
        platforms.pull(id);
        return Response.accepted().build();
    }

    private PlatformConnectionView view(PlatformConnection one) {
        return new PlatformConnectionView(one.id(), one.platform(), one.projectId(), one.identity(), one.title().orElse(null), one.address().orElse(null),
                one.hasToken(), one.hasSecret(), one.datasetId().orElse(null), platforms.counts(one.id()), one.lastEvent().orElse(null), one.lastEventAt().orElse(null),
                one.error().orElse(null), one.errorAt().orElse(null));
    }
}

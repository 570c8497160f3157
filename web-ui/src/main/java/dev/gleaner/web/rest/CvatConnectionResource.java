package dev.gleaner.web.rest;

import dev.gleaner.cvat.CvatConnection;
import dev.gleaner.cvat.CvatConnectionService;
import dev.gleaner.cvat.CvatConnectionService.NewCvatConnection;
import dev.gleaner.cvat.CvatTask;
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

/** CVATs that work with projects here. */
@Path("cvat-connections")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class CvatConnectionResource {

    /**
     * @param project       the project's name; the default project if it is left out
     * @param url           where CVAT is
     * @param token         of CVAT
     * @param function      whose annotation requests are taken, by its number there; null for none
     * @param webhookSecret that CVAT signs its events with; null if none are taken
     */
    public record CvatOrder(String project, String url, String token, Long function, String webhookSecret) {
    }

    /**
     * @param frames how many it has; null while nobody has looked
     * @param images how many of them are here
     * @param error  why it could not be done at the last attempt; null if it could
     */
    public record CvatTaskView(long task, String name, Integer frames, long images, String status, String error) {
    }

    /** @param function the function in CVAT whose annotation requests are taken; null if none are */
    public record CvatConnectionView(long id, long project, String url, Long function, boolean hasWebhookSecret, Long dataset, List<CvatTaskView> tasks,
            String lastEvent, Instant lastEventAt, String error, Instant errorAt) {
    }

    public record CvatConnectionList(List<CvatConnectionView> items) {
    }

    /** @param task its number in CVAT */
    public record CvatTaskOrder(Long task) {
    }

    @Inject
    private CvatConnectionService platform;

    @GET
    public CvatConnectionList list() {
        return new CvatConnectionList(platform.all().stream().map(this::view).toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response connect(CvatOrder order) {
        CvatConnection connected = platform.connect(new NewCvatConnection(order.project(), order.url(), order.token(), order.function(), order.webhookSecret()));
        return Answers.created("cvat-connections", connected.id(), view(connected));
    }

    @GET
    @Path("{id}")
    public CvatConnectionView get(@PathParam("id") long id) {
        return view(platform.get(id));
    }

    @DELETE
    @Path("{id}")
    public void disconnect(@PathParam("id") long id) {
        platform.disconnect(id);
    }

    /** The images of its frames become part of the dataset one after the other. */
    @POST
    @Path("{id}/tasks")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response importTask(@PathParam("id") long id, CvatTaskOrder order) {
        return Response.accepted(view(platform.importTask(id, order.task()), platform.frameCounts(id))).build();
    }

    /** Sends what is proposed for the images, where CVAT has nothing of the kind. */
    @POST
    @Path("{id}/push")
    public Response push(@PathParam("id") long id) {
        return Response.accepted(new TaskCount(platform.push(id))).build();
    }

    /** Makes reviews of what people finished. */
    @POST
    @Path("{id}/pull")
    public Response pull(@PathParam("id") long id) {
        return Response.accepted(new TaskCount(platform.pull(id))).build();
    }

    private static CvatTaskView view(CvatTask task, Map<Long, Long> images) {
        return new CvatTaskView(task.task(), task.name().orElse(null), task.frames().orElse(null), images.getOrDefault(task.task(), 0L),
                task.status().name(), task.error().orElse(null));
    }

    private CvatConnectionView view(CvatConnection one) {
        Map<Long, Long> images = platform.frameCounts(one.id());
        return new CvatConnectionView(one.id(), one.projectId(), one.url(), one.functionId().orElse(null), one.hasWebhookSecret(),
                one.datasetId().orElse(null), platform.tasks(one.id()).stream().map(task -> view(task, images)).toList(),
                one.lastEvent().orElse(null), one.lastEventAt().orElse(null), one.error().orElse(null), one.errorAt().orElse(null));
    }
}

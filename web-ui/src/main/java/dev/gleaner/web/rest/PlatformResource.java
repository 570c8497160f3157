package dev.gleaner.web.rest;

import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The labeling platforms that this server can work with. */
@Path("platforms")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class PlatformResource {

    /** A platform, and what somebody who connects a project of it gives for these fields; null for what is not needed, or cannot be. */
    public record PlatformView(String name, String title, String url, String token, String remote, String secret) {

        static PlatformView of(LabelingPlatform platform) {
            LabelingPlatform.Needs needs = platform.needs();
            return new PlatformView(platform.name(), platform.title(), needs.address(), needs.token(), needs.project(), needs.secret());
        }
    }

    public record PlatformList(List<PlatformView> items) {
    }

    @Inject
    private PlatformService platforms;

    @GET
    public PlatformList list() {
        return new PlatformList(platforms.platforms().stream().map(PlatformView::of).toList());
    }
}

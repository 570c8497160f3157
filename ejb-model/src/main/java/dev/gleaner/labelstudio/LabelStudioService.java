package dev.gleaner.labelstudio;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.labelstudio.BackEndJson.Event;
import dev.gleaner.labelstudio.BackEndJson.Setup;
import dev.gleaner.platform.LabelingPlatform.Described;
import dev.gleaner.platform.PlatformConnections;
import dev.gleaner.platform.PlatformConnections.Introduction;
import dev.gleaner.platform.PlatformInbox;
import dev.gleaner.platform.PlatformModels;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;

/** What Label Studio tells by its own calls. They are let in by {@code LabelStudioBackend}, which has seen their token. */
@Stateless
public class LabelStudioService {

    @Inject
    private PlatformConnections connections;
    @Inject
    private PlatformInbox inbox;
    @Inject
    private PlatformModels models;

    protected LabelStudioService() {
    }

    public LabelStudioService(PlatformConnections connections, PlatformInbox inbox, PlatformModels models) {
        this.connections = connections;
        this.inbox = inbox;
        this.models = models;
    }

    /**
     * Label Studio introduces a project of its own.
     *
     * @param mayConnect whether its token is of somebody who may connect platforms: then it is asked at the address that it says it is at
     * @return how it shall know the champion
     * @throws Conflict     if there is no champion
     * @throws InvalidInput if its label configuration labels no image with rectangles
     */
    @PermitAll
    public String setUp(long project, Setup setup, boolean mayConnect) {
        String version = PlatformModels.versionName(models.champion(project));
        if (setup.labelConfig() != null) {
            LabelConfig.parse(setup.labelConfig());
        }
        connections.introduce(project, LabelStudioPlatform.NAME,
                new Introduction(setup.project(), setup.hostname(), mayConnect, setup.labelConfig(), setup.token(), setup.threshold().orElse(null)));
        return version;
    }

    /**
     * Takes an event; it is handled later.
     *
     * @throws InvalidInput if it is none
     */
    @PermitAll
    public void receive(long project, byte[] body) {
        Event event = BackEndJson.event(body);
        boolean told = !event.annotations().isEmpty() || !event.deleted().isEmpty();
        inbox.receive(project, LabelStudioPlatform.NAME, new Described(event.project(), event.title(), event.labelConfig()), event.action(),
                told ? BackEndJson.withoutSecrets(body) : null);
    }
}

package dev.gleaner.platform;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What people do with projects of platforms: connect them, import their tasks, and have proposals sent. */
@Stateless
@RolesAllowed({"administrator", "engineer"})
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PlatformService {

    private static final System.Logger LOG = System.getLogger(PlatformService.class.getName());

    private static final int LONGEST_SECRET = 1000;

    @Inject
    private Platforms platforms;
    @Inject
    private PlatformConnections connections;
    @Inject
    private PlatformTasks tasks;
    @Inject
    private ProjectService projects;

    protected PlatformService() {
    }

    public PlatformService(Platforms platforms, PlatformConnections connections, PlatformTasks tasks, ProjectService projects) {
        this.platforms = platforms;
        this.connections = connections;
        this.tasks = tasks;
        this.projects = projects;
    }

    /** All that there are, by title. */
    @PermitAll
    public List<LabelingPlatform> platforms() {
        return platforms.all();
    }

    /** Those of all platforms, by id. */
    @PermitAll
    public List<PlatformConnection> all() {
        return connections.all();
    }

    /** @throws NotFound if there is none of this id */
    @PermitAll
    public PlatformConnection get(long id) {
        return connections.get(id);
    }

    /** Those of a platform, by id. */
    @PermitAll
    public List<PlatformConnection> all(String platform) {
        return connections.all().stream().filter(known -> known.platform().equals(platform)).toList();
    }

    /** @throws NotFound if the platform has none of this id */
    @PermitAll
    public PlatformConnection get(String platform, long id) {
        PlatformConnection known = connections.get(id);
        if (!known.platform().equals(platform)) {
            throw new NotFound(PlatformConnection.KIND, id);
        }
        return known;
    }

    /** How many of its tasks there are of each status. */
    @PermitAll
    public Map<String, Long> counts(long id) {
        return tasks.counts(id);
    }

    /** Connects a project of a platform whose events are not signed, see {@link #connect(String, String, String, String, String, String)}. */
    public PlatformConnection connect(String platform, String project, String address, String token, String remote) {
        return connect(platform, project, address, token, remote, null);
    }

    /**
     * Connects a project of a platform.
     *
     * @param project name of the project here; null for the default one
     * @param remote  the project there, as the platform asks for it
     * @param secret  that the platform signs its events with; null if none are taken
     * @throws InvalidInput if there is no such platform, a field cannot be taken, or the platform does not answer as it should
     */
    public PlatformConnection connect(String platform, String project, String address, String token, String remote, String secret) {
        LabelingPlatform asked = platforms.find(platform).orElseThrow(() -> new InvalidInput("platform",
                platform, "one of " + platforms.all().stream().map(LabelingPlatform::name).collect(Collectors.joining(", "))));
        LabelingPlatform.Needs needs = asked.needs();
        if (needs.address() != null && (address == null || !address.strip().matches("https?://[^\\s/]+.*"))) {
            throw new InvalidInput("url", address, needs.address());
        }
        if (needs.token() != null && (token == null || token.isBlank())) {
            throw new InvalidInput("token", null, needs.token());
        }
        if (needs.project() != null && remote == null) {
            throw new InvalidInput("remote", null, needs.project());
        }
        // It is not shown, even if it is refused.
        if (secret != null && (needs.secret() == null || secret.isBlank() || secret.length() > LONGEST_SECRET)) {
            throw new InvalidInput("secret", null, needs.secret() == null ? "none: " + asked.title() + " signs no events"
                    : needs.secret() + ", 1 to " + LONGEST_SECRET + " characters");
        }
        long own = projects.named(project).id();
        PlatformAccess access = new PlatformAccess(Optional.ofNullable(address).map(given -> given.strip().replaceFirst("/+$", "")),
                Optional.ofNullable(token).map(String::strip));
        try {
            return connections.connect(own, platform, access, secret, asked.describe(access, remote));
        } catch (IOException e) {
            throw new InvalidInput("url", address, "a " + asked.title() + " that has this project for this token; " + e.getMessage());
        }
    }

    /**
     * Lists the tasks of a project; their images are fetched later, where they are not here.
     *
     * @return how many
     * @throws NotFound if the platform has no such project
     * @throws Conflict if the platform does not answer as it should
     */
    public int importTasks(String platform, long id) {
        LabelingPlatform asked = platforms.get(get(platform, id).platform());
        PlatformProject project = connections.project(id);
        int[] count = {0};
        try {
            asked.tasks(project, found -> {
                tasks.fetchLater(id, found);
                count[0] += found.size();
            });
            connections.report(id, "found " + count[0] + " tasks", null);
            return count[0];
        } catch (IOException e) {
            throw new Conflict(asked.title() + " does not tell its tasks: " + e.getMessage());
        }
    }

    /** As {@link #importTasks(String, long)}, whatever its platform is. */
    public int importTasks(long id) {
        return importTasks(get(id).platform(), id);
    }

    /**
     * Has sent what is proposed for the images of a project, where the platform does not have it.
     *
     * @return how many tasks are looked at
     * @throws NotFound if the platform has no such project
     * @throws Conflict if nobody told its address or its token
     */
    public int push(String platform, long id) {
        get(platform, id);
        return push(id);
    }

    /** As {@link #push(String, long)}, whatever its platform is. */
    public int push(long id) {
        refresh(id);
        return tasks.pushAll(id);
    }

    /** Labels may have been renamed there or removed. */
    private void refresh(long id) {
        LabelingPlatform asked = platforms.get(connections.get(id).platform());
        try {
            asked.current(connections.project(id)).ifPresent(now -> connections.described(id, now));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.INFO, () -> asked.title() + " does not say what it labels: " + e.getMessage());
        }
    }

    /**
     * Has what people decided there looked through soon, rather than within minutes.
     *
     * @throws NotFound if there is no such project
     */
    public void pull(long id) {
        connections.pollSoon(id);
    }

    /**
     * Forgets a project: its dataset and what was decided about it stay.
     *
     * @throws NotFound if the platform has none of this id
     */
    public void disconnect(String platform, long id) {
        get(platform, id);
        connections.disconnect(id);
    }

    /** As {@link #disconnect(String, long)}, whatever its platform is. */
    public void disconnect(long id) {
        connections.disconnect(id);
    }
}

package dev.gleaner.labelstudio;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.labelstudio.LabelStudioJson.Task;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people do with projects of Label Studio: connect them, import their tasks, and have proposals sent. */
@Stateless
@RolesAllowed({"administrator", "engineer"})
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class LabelStudioConnectionService {

    @Inject
    private LabelStudioService platform;
    @Inject
    private LabelStudioClient client;
    @Inject
    private ProjectService projects;

    protected LabelStudioConnectionService() {
    }

    public LabelStudioConnectionService(LabelStudioService platform, LabelStudioClient client, ProjectService projects) {
        this.platform = platform;
        this.client = client;
        this.projects = projects;
    }

    /** By id. */
    @PermitAll
    public List<LabelStudioProject> all() {
        return platform.all();
    }

    /** @throws NotFound if there is none of this id */
    @PermitAll
    public LabelStudioProject get(long id) {
        return platform.get(id);
    }

    /** How many of its tasks there are of each status. */
    @PermitAll
    public Map<String, Long> counts(long id) {
        return platform.counts(id);
    }

    /**
     * Connects a project of Label Studio.
     *
     * @param project name of the project here; null for the default one
     * @param number  of the project there
     * @throws InvalidInput if a field cannot be taken, or Label Studio does not answer as it should
     */
    public LabelStudioProject connect(String project, String address, String token, Long number) {
        if (address == null || !address.strip().matches("https?://[^\\s/]+.*")) {
            throw new InvalidInput("url", address, "the address of Label Studio, such as http://label-studio.example:8080");
        }
        if (token == null || token.isBlank()) {
            throw new InvalidInput("token", null, "an access token of Label Studio");
        }
        if (number == null || number < 1) {
            throw new InvalidInput("number", number, "the number of a project in Label Studio, as its address has it");
        }
        long own = projects.named(project).id();
        LabelStudioAccess access = new LabelStudioAccess(Optional.of(address.strip().replaceFirst("/+$", "")), Optional.of(token.strip()));
        LabelStudioJson.Project described;
        try {
            described = client.project(access, number);
        } catch (IOException e) {
            throw new InvalidInput("url", address, "a Label Studio that has this project for this token; " + e.getMessage());
        }
        LabelConfig.parse(described.labelConfig());
        return platform.connect(own, access, described);
    }

    /**
     * Lists the tasks of a project; their images are fetched later, where they are not here.
     *
     * @return how many
     * @throws NotFound if there is no such project
     * @throws Conflict if Label Studio does not answer as it should
     */
    public int importTasks(long id) {
        LabelStudioProject known = platform.get(id);
        LabelStudioAccess access = platform.access(id);
        int count = 0;
        try {
            for (int page = 1;; page++) {
                List<Task> tasks = client.tasks(access, known.number(), page);
                if (tasks.isEmpty()) {
                    platform.report(id, "found " + count + " tasks", null);
                    return count;
                }
                platform.fetchLater(id, tasks);
                count += tasks.size();
            }
        } catch (IOException e) {
            throw new Conflict("Label Studio does not tell its tasks: " + e.getMessage());
        }
    }

    /**
     * Has sent what is proposed for the images of a project, where Label Studio does not have it.
     *
     * @return how many tasks are looked at
     * @throws NotFound if there is no such project
     * @throws Conflict if nobody told its address or its token
     */
    public int push(long id) {
        return platform.pushAll(id);
    }

    /**
     * Forgets a project: its dataset and what was decided about it stay.
     *
     * @throws NotFound if there is none of this id
     */
    public void disconnect(long id) {
        platform.disconnect(id);
    }
}

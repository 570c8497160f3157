package dev.gleaner.cvat;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What people do with CVAT: connect it, import tasks, have proposals sent and decisions fetched. */
@Stateless
@RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class CvatConnectionService {

    private static final int LONGEST_SECRET = 1000;

    @Inject
    private CvatService platform;
    @Inject
    private CvatClient client;
    @Inject
    private ProjectService projects;

    protected CvatConnectionService() {
    }

    public CvatConnectionService(CvatService platform, CvatClient client, ProjectService projects) {
        this.platform = platform;
        this.client = client;
        this.projects = projects;
    }

    /** By id. */
    @PermitAll
    public List<CvatConnection> all() {
        return platform.all();
    }

    /** @throws NotFound if there is none of this id */
    @PermitAll
    public CvatConnection get(long id) {
        return platform.get(id);
    }

    /** Its tasks that are known here, by number. */
    @PermitAll
    public List<CvatTask> tasks(long id) {
        return platform.tasks(id);
    }

    /** How many frames of each task are here. */
    @PermitAll
    public Map<Long, Long> frameCounts(long id) {
        return platform.frameCounts(id);
    }

    /**
     * What somebody says of a CVAT.
     *
     * @param project       name of the project here; null for the default one
     * @param function      whose annotation requests this server takes, by its number in CVAT; null for none
     * @param webhookSecret that CVAT signs its events with; null if none are taken
     */
    public record NewCvatConnection(String project, String url, String token, Long function, String webhookSecret) {

        /** Without what is secret. */
        @Override
        public String toString() {
            return "NewCvatConnection[" + project + ", " + url + ", " + function + "]";
        }
    }

    /**
     * Connects a project to a CVAT. One that is connected to this address already gets the new token, function and secret.
     *
     * @throws InvalidInput if a field cannot be taken, or CVAT does not answer as it should
     */
    public CvatConnection connect(NewCvatConnection wanted) {
        List<Fault> faults = new ArrayList<>();
        if (wanted.url() == null || !wanted.url().strip().matches("https?://[^\\s/?#@]+(/[^\\s?#]*)?")) {
            faults.add(new Fault("url", wanted.url(), "the address of CVAT, such as https://cvat.example"));
        }
        // Neither is shown, even if it is refused.
        if (wanted.token() == null || !wanted.token().strip().matches("[!-~]{1," + LONGEST_SECRET + "}")) {
            faults.add(new Fault("token", null, "a personal access token of CVAT"));
        }
        if (wanted.webhookSecret() != null && (wanted.webhookSecret().isBlank() || wanted.webhookSecret().length() > LONGEST_SECRET)) {
            faults.add(new Fault("webhookSecret", null, "the secret of a webhook in CVAT, 1 to " + LONGEST_SECRET + " characters"));
        }
        if (wanted.function() != null && wanted.function() < 1) {
            faults.add(new Fault("function", wanted.function(), "the number of a function in CVAT"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        long own = projects.named(wanted.project()).id();
        CvatAccess access = new CvatAccess(wanted.url().strip().replaceFirst("/+$", ""), wanted.token().strip());
        try {
            client.requireLetIn(access);
        } catch (IOException e) {
            throw new InvalidInput("url", wanted.url(), "a CVAT that lets this token in; " + e.getMessage());
        }
        if (wanted.function() != null) {
            try {
                client.requireFunction(access, wanted.function());
            } catch (IOException e) {
                throw new InvalidInput("function", wanted.function(), "the number of a function that this token may serve; " + e.getMessage());
            }
        }
        return platform.connect(own, access, wanted.webhookSecret(), wanted.function());
    }

    /**
     * Has the images of a task's frames fetched, where they are not here.
     *
     * @param task its number in CVAT
     * @throws NotFound     if there is no such connection
     * @throws InvalidInput if CVAT has no such task, naming the field {@code task}
     */
    public CvatTask importTask(long id, Long task) {
        CvatAccess access = platform.access(id);
        if (task == null || task < 1) {
            throw new InvalidInput("task", task, "the number of a task in CVAT, as its address has it");
        }
        try {
            return platform.fetchLater(id, client.task(access, task));
        } catch (IOException e) {
            throw new InvalidInput("task", task, "the number of a task that this connection's token may read; " + e.getMessage());
        }
    }

    /**
     * Has sent what is proposed for the images of all its tasks.
     *
     * @return how many tasks are looked at
     * @throws NotFound if there is no such connection
     */
    public int push(long id) {
        return platform.pushAll(id);
    }

    /**
     * Has fetched what people finished in all its tasks.
     *
     * @return how many tasks are looked at
     * @throws NotFound if there is no such connection
     */
    public int pull(long id) {
        return platform.pullAll(id);
    }

    /**
     * Forgets a connection: its dataset and what was decided about it stay.
     *
     * @throws NotFound if there is none of this id
     */
    public void disconnect(long id) {
        platform.disconnect(id);
    }
}

package dev.gleaner.modelversion;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import dev.gleaner.event.ChampionChanged;
import dev.gleaner.event.Events;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Model versions of the projects: which there are, and which one is the champion. */
@Stateless
public class ModelVersionService {

    @Inject
    private ModelVersionRepository versions;
    @Inject
    private ProjectService projects;

    @Inject
    private Events events = new Events();

    protected ModelVersionService() {
    }

    public ModelVersionService(ModelVersionRepository versions, ProjectService projects) {
        this.versions = versions;
        this.projects = projects;
    }

    /**
     * Records a bundle as a candidate.
     *
     * @throws Conflict if the project has a version of this name
     */
    public ModelVersion add(String project, String name, StoredBundle bundle) {
        Project owner = projects.named(project);
        versions.lockVersions(owner.id());
        requireFree(project, name);
        ModelVersion version = new ModelVersion(owner, name, bundle);
        versions.add(version);
        return version;
    }

    /**
     * Records a bundle that was trained from a version as a candidate of its project. Should the name have been taken meanwhile,
     * {@code otherwise} is its name: nobody trains again for that.
     */
    public ModelVersion add(ModelVersion parent, String name, String otherwise, StoredBundle bundle) {
        Project owner = projects.get(parent.projectId());
        versions.lockVersions(owner.id());
        ModelVersion version = new ModelVersion(owner, versions.isTaken(owner.id(), name) ? otherwise : name, bundle);
        version.trainedFrom(parent);
        versions.add(version);
        return version;
    }

    /** @throws Conflict if the project has a version of this name */
    public void requireFree(String project, String name) {
        if (versions.isTaken(projects.named(project).id(), name)) {
            throw new Conflict("project \"" + project + "\" has a model version \"" + name + "\"; expected another name");
        }
    }

    /** @throws NotFound if there is none of this id */
    @PermitAll
    public ModelVersion get(long id) {
        return versions.find(id).orElseThrow(() -> new NotFound("model version", id));
    }

    /** Versions with ids above {@code after}, by id, at most {@code limit} of them. */
    @PermitAll
    public List<ModelVersion> all(long after, int limit) {
        return versions.all(after, limit);
    }

    /**
     * The version somebody chose for a project's images.
     *
     * @param id null stands for the project's champion
     * @throws InvalidInput if there is none, or it is another project's, naming the field {@code modelVersion}
     */
    @PermitAll
    public ModelVersion chosen(Long id, long project) {
        if (id == null) {
            return versions.champion(project)
                    .orElseThrow(() -> new InvalidInput("modelVersion", null, "the id of a model version, since the project has no champion"));
        }
        return versions.find(id).filter(version -> version.projectId() == project)
                .orElseThrow(() -> new InvalidInput("modelVersion", id, "the id of a model version of the same project"));
    }

    /** What the project labels with; empty if nothing was promoted yet. */
    @PermitAll
    public Optional<ModelVersion> champion(long project) {
        return versions.champion(project);
    }

    /** Until the transaction ends, nobody else adds a version to the project or changes who is its champion. */
    public void lockVersions(long project) {
        versions.lockVersions(project);
    }

    /** @throws InvalidInput if there is none of this id, naming the field {@code modelVersion} */
    @PermitAll
    public ModelVersion chosen(long id) {
        return versions.find(id).orElseThrow(() -> new InvalidInput("modelVersion", id, "the id of a model version"));
    }

    /**
     * The names of the only categories that a version detects; none for one that reads text.
     *
     * @throws UncheckedIOException if its bundle cannot be read
     */
    @PermitAll
    public List<String> classes(ModelVersion version) {
        if (!version.hasFixedClasses()) {
            return List.of();
        }
        try {
            return Bundle.open(version.bundle()).categories();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes a version what its project labels with, and retires the champion of the day.
     *
     * @throws NotFound if there is none of this id
     * @throws Conflict if it was rejected, or is the champion already
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public ModelVersion promote(long id) {
        return promoteByServer(id);
    }

    /** As {@link #promote}, for what the server does by itself: a round whose gate lets its candidate through, the demo. */
    public ModelVersion promoteByServer(long id) {
        ModelVersion version = locked(id);
        version.checkPromotable();
        Optional<ModelVersion> before = versions.champion(version.projectId());
        before.ifPresent(ModelVersion::retire);
        versions.flush();
        version.promote();
        events.fire(new ChampionChanged(version.projectId(), id, before.map(ModelVersion::id).orElse(null), false));
        return version;
    }

    /**
     * Takes the championship away from a version and gives it back to the one that had it before.
     *
     * @return the champion there is now
     * @throws NotFound if there is none of this id
     * @throws Conflict if it is not the champion, or the first one its project ever had
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public ModelVersion rollback(long id) {
        ModelVersion version = locked(id);
        version.checkChampion();
        ModelVersion previous = versions.previousChampion(version.projectId())
                .orElseThrow(() -> new Conflict("model version " + id + " is the first champion of its project; there is none to go back to"));
        version.withdraw();
        versions.flush();
        previous.reinstate();
        events.fire(new ChampionChanged(version.projectId(), previous.id(), id, true));
        return previous;
    }

    /**
     * A gate refuses a candidate: it can never be promoted.
     *
     * @throws NotFound if there is none of this id
     * @throws Conflict if it is no candidate
     */
    public ModelVersion reject(long id) {
        ModelVersion version = locked(id);
        version.reject();
        return version;
    }

    private ModelVersion locked(long id) {
        return versions.lock(id).orElseThrow(() -> new NotFound("model version", id));
    }
}

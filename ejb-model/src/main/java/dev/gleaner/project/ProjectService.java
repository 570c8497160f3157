package dev.gleaner.project;

import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.NotFound;
import dev.gleaner.account.Roles;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes projects and finds them. */
@Stateless
public class ProjectService {

    @Inject
    private ProjectRepository projects;

    protected ProjectService() {
    }

    public ProjectService(ProjectRepository projects) {
        this.projects = projects;
    }

    /**
     * Makes a project.
     *
     * @throws InvalidInput if the name is blank, longer than 200 characters or taken
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public Project create(String name) {
        if (name == null || name.isBlank() || name.length() > 200) {
            throw new InvalidInput("name", name, "1 to 200 characters, not all of them blank");
        }
        if (projects.findByName(name).isPresent()) {
            throw new InvalidInput("name", name, "a name that no other project has");
        }
        Project project = new Project(name);
        projects.add(project);
        return project;
    }

    @PermitAll
    public List<Project> all() {
        return projects.all();
    }

    /** @throws NotFound if there is none of this id */
    @PermitAll
    public Project get(long id) {
        return projects.find(id).orElseThrow(() -> new NotFound("project", id));
    }

    /**
     * The project of this name.
     *
     * @param name null stands for {@value Project#DEFAULT}
     * @throws InvalidInput if there is none, naming the field {@code project}
     */
    @PermitAll
    public Project named(String name) {
        String wanted = name == null ? Project.DEFAULT : name;
        return projects.findByName(wanted)
                .orElseThrow(() -> new InvalidInput("project", wanted, "the name of an existing project"));
    }

    /** The project's categories in the order in which they were made. */
    @PermitAll
    public List<Category> categories(long projectId) {
        return projects.categories(get(projectId).id());
    }

    /**
     * Sets the least scores at which labeling runs propose boxes, where their order does not say, and writes down what was before.
     *
     * @param thresholds by category; null gives a category the default again; categories that are not named keep theirs
     * @param changedBy  whose order it is
     * @throws NotFound     if there is no such project
     * @throws InvalidInput naming every category that the project lacks and every score outside [0, 1]
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public List<Category> setThresholds(long projectId, Map<String, Double> thresholds, String changedBy) {
        List<Category> all = categories(projectId);
        Map<String, Category> named = all.stream().collect(Collectors.toMap(Category::name, Function.identity()));
        List<Fault> faults = new ArrayList<>();
        thresholds.forEach((name, score) -> {
            if (!named.containsKey(name)) {
                faults.add(new Fault("thresholds", name, "a category of the project"));
            } else if (score != null && !(score >= 0 && score <= 1)) {
                faults.add(new Fault("thresholds." + name, score, "a number from 0 to 1, or null for the default"));
            }
        });
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        Instant now = Instant.now();
        new TreeMap<>(thresholds).forEach((name, score) -> {
            Category category = named.get(name);
            if (!Objects.equals(category.threshold().orElse(null), score)) {
                projects.add(new ThresholdChange(category, score, changedBy, now));
                category.propose(score);
            }
        });
        return all;
    }

    /**
     * Who changed the project's thresholds, newest first, of entries with ids below {@code before}, at most {@code limit}.
     *
     * @throws NotFound if there is no such project
     */
    @PermitAll
    public List<ThresholdChange> thresholdChanges(long projectId, long before, int limit) {
        return projects.thresholdChanges(get(projectId).id(), before, limit);
    }
}

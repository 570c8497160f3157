package dev.gleaner.platform;

import dev.gleaner.Conflict;
import dev.gleaner.NotFound;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectRepository;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which models platforms get to know, and by which names. */
@Stateless
public class PlatformModels {

    @Inject
    private ModelVersionService models;
    @Inject
    private ProjectRepository projects;

    protected PlatformModels() {
    }

    public PlatformModels(ModelVersionService models, ProjectRepository projects) {
        this.models = models;
        this.projects = projects;
    }

    /**
     * The project that an address names.
     *
     * @param name its name or its id; null for the default project
     * @throws NotFound if there is none
     */
    @PermitAll
    public Project project(String name) {
        String wanted = name == null ? Project.DEFAULT : name;
        return projects.findByName(wanted).or(() -> wanted.matches("[0-9]{1,18}") ? projects.find(Long.parseLong(wanted)) : Optional.empty())
                .orElseThrow(() -> new NotFound("project", wanted));
    }

    /** How platforms know a model version: what they have stored under this name is not asked for again. */
    public static String versionName(ModelVersion version) {
        return version.name() + " (Gleaner " + version.id() + ")";
    }

    /** The name of the model version of this id. */
    public String versionName(long id) {
        return versionName(models.get(id));
    }

    /** @throws Conflict if the project has none */
    public ModelVersion champion(long project) {
        return models.champion(project).orElseThrow(() -> new Conflict("the project has no champion: import a model and promote it"));
    }

    /** The champion first, then what was champion before. */
    @PermitAll
    public List<String> versions(long project) {
        List<ModelVersion> all = models.all(0, Integer.MAX_VALUE).stream().filter(version -> version.projectId() == project && version.promotedAt().isPresent())
                .sorted((a, b) -> b.promotedAt().get().compareTo(a.promotedAt().get())).toList();
        List<ModelVersion> sorted = new ArrayList<>(all.stream().filter(version -> version.status() == ModelVersion.Status.CHAMPION).toList());
        all.stream().filter(version -> version.status() != ModelVersion.Status.CHAMPION).forEach(sorted::add);
        return sorted.stream().map(PlatformModels::versionName).toList();
    }
}

package dev.gleaner.modelversion;

import dev.gleaner.Settings;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;

/** At the first start with the demo, makes the model that the demo labels with: an untrained one, always the same. */
@Singleton
@Startup
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DemoModel {

    public static final String NAME = "demo";

    private static final long SEED = 7;

    @Inject
    private Settings settings;
    @Inject
    private ProjectService projects;
    @Inject
    private ModelVersionRepository versions;
    @Inject
    private ModelImport models;

    @PostConstruct
    void makeIfMissing() {
        String project = projects.named(null).name();
        if (settings.demo() && !versions.isTaken(projects.named(project).id(), NAME)) {
            models.untrained(project, NAME, List.of("red", "green", "blue", "yellow", "circle", "square", "triangle"), SEED);
        }
    }
}

package dev.gleaner.modelversion;

import dev.gleaner.Settings;
import dev.gleaner.project.ProjectService;
import dev.gleaner.scene.SceneSet;
import dev.gleaner.scene.SceneSettings;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * At the first start with the demo, makes what it needs: the starter model, which the project trained on scenes that it draws, as a
 * model version and the project's champion, and such scenes as a set to register.
 */
@Singleton
@Startup
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DemoModel {

    public static final String NAME = "starter";

    /** The starter model saw scenes of other seeds, and none of these compositions of texture, colour and kind. */
    private static final long SEED = 20_260_101;
    private static final int SCENES = 32;

    @Inject
    private Settings settings;
    @Inject
    private ProjectService projects;
    @Inject
    private ModelVersionRepository versions;
    @Inject
    private ModelImport models;
    @Inject
    private ModelVersionService service;

    @PostConstruct
    void makeIfMissing() {
        if (!settings.demo()) {
            return;
        }
        try {
            SceneSet.write(settings.home().resolve("demo"), SceneSettings.TEST, SEED, SCENES);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo set cannot be written", e);
        }
        String project = projects.named(null).name();
        if (!versions.isTaken(projects.named(project).id(), NAME)) {
            ModelVersion starter = models.starter(project, NAME);
            if (versions.champion(starter.projectId()).isEmpty()) {
                service.promoteByServer(starter.id());
            }
        }
    }
}

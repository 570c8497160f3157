package dev.gleaner.modelversion;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.InvalidInput.Fault;
import dev.gleaner.Settings;
import dev.gleaner.account.Roles;
import dev.gleaner.dataset.ImportRoots;
import dev.gleaner.glip.checkpoint.CheckpointException;
import dev.gleaner.glip.checkpoint.OfficialModel;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings models in. Reading and writing weights takes from seconds to minutes and stands outside any transaction; the version is
 * recorded when its bundle is complete.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ModelImport {

    private static final int LONGEST_NAME = 200;

    @Inject
    private ProjectService projects;
    @Inject
    private ModelVersionService versions;
    @Inject
    private BundleStore bundles;
    @Inject
    private ImportRoots roots;
    @Inject
    private Settings settings;

    /**
     * An official model's files by their paths on this server.
     *
     * @param languageConfig null for bert-base-uncased
     * @throws InvalidInput naming every path that is missing, is no file or lies outside the import roots
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public OfficialModel onServer(String checkpoint, String config, String vocabulary, String languageConfig) {
        List<Fault> faults = new ArrayList<>();
        OfficialModel files = new OfficialModel(real(faults, "checkpoint", checkpoint), real(faults, "config", config),
                real(faults, "vocabulary", vocabulary), languageConfig == null ? null : real(faults, "languageConfig", languageConfig));
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
        return files;
    }

    private Path real(List<Fault> faults, String field, String path) {
        try {
            return roots.real(field, path);
        } catch (InvalidInput e) {
            faults.addAll(e.faults());
            return null;
        }
    }

    /**
     * Imports an official model of any architecture.
     *
     * @return the new version, a candidate
     * @throws InvalidInput if the name or the project cannot be taken, or a file is missing, cannot be read or does not fit the
     *                      others; every missing, surplus and misshapen parameter is listed. Nothing is stored then
     * @throws Conflict     if the project has a version of this name
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public ModelVersion importOfficial(NewModelVersion wanted) {
        checkFiles(wanted.files());
        String project = check(wanted.project(), wanted.name());
        try {
            return versions.add(project, wanted.name(), bundles.importOfficial(wanted.files()));
        } catch (CheckpointException e) {
            throw unusable(wanted.files(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes a version of the starter model that comes with the program.
     *
     * @return the new version, a candidate
     * @throws Conflict if the project has a version of this name
     */
    public ModelVersion starter(String project, String name) {
        String owner = check(project, name);
        try {
            return versions.add(owner, name, bundles.trained(StarterModel::write));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Before the work begins; whether the name is still free is asked again at its end. */
    private String check(String project, String name) {
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            throw new InvalidInput("name", name, "1 to " + LONGEST_NAME + " characters, not all of them blank");
        }
        String owner = projects.named(project).name();
        versions.requireFree(owner, name);
        return owner;
    }

    private static void checkFiles(OfficialModel files) {
        List<Fault> faults = new ArrayList<>();
        fields(files).forEach((field, file) -> {
            if (file == null && !field.equals("languageConfig")) {
                faults.add(new Fault(field, null, "a file"));
            } else if (file != null && !Files.isRegularFile(file)) {
                faults.add(new Fault(field, file, "a file"));
            }
        });
        if (!faults.isEmpty()) {
            throw new InvalidInput(faults);
        }
    }

    private static Map<String, Path> fields(OfficialModel files) {
        Map<String, Path> fields = new LinkedHashMap<>();
        fields.put("checkpoint", files.checkpoint());
        fields.put("config", files.config());
        fields.put("vocabulary", files.vocabulary());
        fields.put("languageConfig", files.languageConfig());
        return fields;
    }

    /** The message of a {@link CheckpointException} names the file it is about before any other. */
    private InvalidInput unusable(OfficialModel files, CheckpointException fault) {
        String message = fault.getMessage();
        Map.Entry<String, Path> field = fields(files).entrySet().stream()
                .filter(entry -> entry.getValue() != null && message.contains(entry.getValue().getFileName().toString()))
                .min((a, b) -> Integer.compare(message.indexOf(a.getValue().getFileName().toString()),
                        message.indexOf(b.getValue().getFileName().toString())))
                .orElse(Map.entry("checkpoint", files.checkpoint()));
        // An upload's place on this server says nothing to its sender.
        Path shown = field.getValue().startsWith(settings.home()) ? field.getValue().getFileName() : field.getValue();
        return new InvalidInput(field.getKey(), shown, "files of one official model; " + message);
    }
}

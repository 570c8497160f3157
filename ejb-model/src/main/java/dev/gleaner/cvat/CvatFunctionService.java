package dev.gleaner.cvat;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.format.ImageInspection;
import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.ClassNames;
import dev.gleaner.labeling.DetectService;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.modelversion.ModelVersion;
import dev.gleaner.modelversion.ModelVersionService;
import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectService;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Labels frames of CVAT's: a function for each project that has a champion. Nothing is stored.
 *
 * <p>Boxes are in pixels of the upright image, whatever its EXIF orientation. That is what CVAT shows: it turns images upright itself where it
 * encodes them anew, and then they carry no orientation any more; original files come as they are, and their widths and heights are those of the
 * upright image in CVAT.
 */
@Stateless
@PermitAll
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class CvatFunctionService {

    private static final String KIND = "function";

    @Inject
    private ProjectService projects;
    @Inject
    private ModelVersionService models;
    @Inject
    private DetectService detector;

    protected CvatFunctionService() {
    }

    public CvatFunctionService(ProjectService projects, ModelVersionService models, DetectService detector) {
        this.projects = projects;
        this.models = models;
        this.detector = detector;
    }

    /** By the projects' names. */
    public List<CvatFunction> all() {
        return projects.all().stream().flatMap(project -> models.champion(project.id()).map(model -> function(project, model)).stream()).toList();
    }

    /** @throws NotFound if there is none of this id */
    public CvatFunction get(String id) {
        return all().stream().filter(function -> function.id().equals(id)).findFirst().orElseThrow(() -> new NotFound(KIND, id));
    }

    private CvatFunction function(Project project, ModelVersion model) {
        return new CvatFunction(project.id(), project.name(), model.id(), model.name(), labels(projects.categories(project.id()), model));
    }

    /** The project's categories that the model can find; those of a model with fixed classes if the project has none yet. */
    private List<String> labels(List<Category> categories, ModelVersion model) {
        List<String> classes = models.classes(model);
        if (classes.isEmpty()) {
            return categories.stream().map(Category::name).toList();
        }
        if (categories.isEmpty()) {
            return classes.stream().distinct().toList();
        }
        ClassNames names = new ClassNames(classes);
        return categories.stream().map(Category::name).filter(name -> names.indexOf(name) >= 0).toList();
    }

    /**
     * What the function of this id finds on an image.
     *
     * @param threshold the least score of all labels; empty where the project's own hold
     * @throws NotFound     if there is no such function
     * @throws InvalidInput if the image cannot be decoded
     * @throws Conflict     if the function has no labels
     */
    public List<CvatBox.Found> invoke(String id, byte[] image, Optional<Double> threshold) {
        return detect(get(id), image, threshold, null);
    }

    /**
     * What a project's champion finds on an image.
     *
     * @param wanted the labels to look for, of those the function has; null for all
     * @throws Conflict if the project has no champion
     */
    public List<CvatBox.Found> detect(long project, byte[] image, Optional<Double> threshold, Set<String> wanted) {
        ModelVersion model = models.champion(project).orElseThrow(() -> new Conflict("the project has no champion: import a model and promote it"));
        return detect(function(projects.get(project), model), image, threshold, wanted);
    }

    private List<CvatBox.Found> detect(CvatFunction function, byte[] image, Optional<Double> threshold, Set<String> wanted) {
        if (function.labels().isEmpty()) {
            throw new Conflict("the project " + function.projectName() + " has no category that its champion can find; label a dataset of it first");
        }
        List<Prompt> prompts = new ArrayList<>();
        function.labels().stream().filter(label -> wanted == null || wanted.contains(label)).forEach(label -> prompts.add(Prompt.of(label)));
        if (prompts.isEmpty()) {
            return List.of();
        }
        PixelSize size = sizeOf(image);
        Thresholds thresholds = threshold.map(Thresholds::all).orElseGet(() -> LabelingRules.thresholds(thresholds(function.project()), prompts));
        return CvatBox.Found.of(detector.detect(image, function.modelVersion(), prompts, thresholds), size);
    }

    private Map<String, Double> thresholds(long project) {
        Map<String, Double> set = new HashMap<>();
        projects.categories(project).forEach(category -> category.threshold().ifPresent(threshold -> set.put(category.name(), threshold)));
        return set;
    }

    /** Looked at row by row before it is decoded as a whole: nobody vouches for what CVAT's port is sent. */
    private PixelSize sizeOf(byte[] image) {
        ImageInspection inspected = ImageInspection.of(image);
        PixelSize size = inspected.picture().map(ImageInspection.Picture::upright).orElseThrow(() -> new InvalidInput("image", image.length + " bytes",
                "an image that can be decoded; " + inspected.problem().orElse("")));
        if ((long) size.width() * size.height() > mostPixels()) {
            throw new InvalidInput("image", size + " pixels", "at most " + mostPixels() + " pixels, as this server's memory allows");
        }
        return size;
    }

    /** A decoded image takes some eight bytes a pixel; four of them fit into half of the heap. */
    long mostPixels() {
        return Runtime.getRuntime().maxMemory() / 2 / 4 / 8;
    }
}

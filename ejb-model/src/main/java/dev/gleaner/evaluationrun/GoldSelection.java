package dev.gleaner.evaluationrun;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.Split;
import dev.gleaner.glip.Prompt;
import dev.gleaner.labeling.LabelingRules;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which images and categories of a dataset humans vouch for. Of a dataset that came without boxes only those images count on
 * which a reviewer has decided about a box: of the others nobody knows what is there.
 */
@ApplicationScoped
public class GoldSelection {

    @Inject
    private EvaluationRepository evaluations;
    @Inject
    private ProjectService projects;

    protected GoldSelection() {
    }

    public GoldSelection(EvaluationRepository evaluations, ProjectService projects) {
        this.evaluations = evaluations;
        this.projects = projects;
    }

    /** The prompts as they are, or each category that has gold by its own name. */
    public List<Prompt> prompts(List<Prompt> wanted, Dataset dataset) {
        if (wanted != null) {
            LabelingRules.checkPrompts(wanted);
            return wanted;
        }
        List<Category> categories = evaluations.goldCategories(dataset.id());
        if (categories.isEmpty()) {
            throw new InvalidInput("dataset", dataset.id(), "a dataset that has boxes, imported or decided about");
        }
        return categories.stream().map(category -> Prompt.of(category.name())).toList();
    }

    /**
     * The categories of the prompts, each once.
     *
     * @throws InvalidInput if the project lacks one
     */
    public List<Category> categories(List<Prompt> prompts, Dataset dataset) {
        Map<String, Category> known = projects.categories(dataset.projectId()).stream()
                .collect(Collectors.toMap(Category::name, Function.identity()));
        for (int i = 0; i < prompts.size(); i++) {
            if (!known.containsKey(prompts.get(i).category())) {
                throw new InvalidInput("prompts[" + i + "].category", prompts.get(i).category(), "a category of the dataset's project");
            }
        }
        return prompts.stream().map(prompt -> known.get(prompt.category())).distinct().toList();
    }

    /** All images of which it is known what is there, by id. */
    public List<Image> images(Dataset dataset) {
        List<Image> known = !dataset.source().format().hasAnnotations()
                ? evaluations.reviewedImages(dataset.id()) : evaluations.images(dataset.id());
        if (known.isEmpty()) {
            throw new InvalidInput("dataset", dataset.id(), "a dataset with images on which somebody has decided about a box");
        }
        return known;
    }

    /** Those of the images that are listed, by id and each once. */
    public static List<Image> listed(List<Long> ids, List<Image> known) {
        Map<Long, Image> byId = known.stream().collect(Collectors.toMap(Image::id, Function.identity()));
        if (ids.isEmpty()) {
            throw new InvalidInput("images", ids, "at least one image");
        }
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i) == null || !byId.containsKey(ids.get(i))) {
                throw new InvalidInput("images[" + i + "]", ids.get(i), "the id of an image of the dataset, of which it is known what is there");
            }
        }
        return ids.stream().distinct().sorted().map(byId::get).toList();
    }

    /** Those of the images that a split holds out, by id. */
    public static List<Image> heldOut(Split split, List<Image> known) {
        List<Image> heldOut = split.heldOut(known);
        if (heldOut.isEmpty()) {
            throw new InvalidInput("split.fraction", split.fraction(), "a fraction of " + known.size() + " images that is one image or more");
        }
        return heldOut;
    }
}

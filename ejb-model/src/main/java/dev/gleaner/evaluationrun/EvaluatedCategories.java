package dev.gleaner.evaluationrun;

import dev.gleaner.dataset.DatasetRepository;
import dev.gleaner.glip.Prompt;
import dev.gleaner.project.Category;
import dev.gleaner.project.ProjectRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which categories evaluations are about. */
@ApplicationScoped
public class EvaluatedCategories {

    @Inject
    private DatasetRepository datasets;
    @Inject
    private ProjectRepository projects;

    protected EvaluatedCategories() {
    }

    public EvaluatedCategories(DatasetRepository datasets, ProjectRepository projects) {
        this.datasets = datasets;
        this.projects = projects;
    }

    /**
     * The categories of an evaluation's prompts.
     *
     * @param all       by id
     * @param ofPrompts the id of each prompt's category, in the order of the prompts
     */
    record Asked(List<Category> all, long[] ofPrompts) {
    }

    Asked of(Evaluation evaluation) {
        Set<String> names = evaluation.prompts().stream().map(Prompt::category).collect(Collectors.toSet());
        List<Category> all = projects.categories(datasets.find(evaluation.datasetId()).orElseThrow().projectId()).stream()
                .filter(category -> names.contains(category.name())).toList();
        Map<String, Category> byName = all.stream().collect(Collectors.toMap(Category::name, Function.identity()));
        return new Asked(all, evaluation.prompts().stream().mapToLong(prompt -> byName.get(prompt.category()).id()).toArray());
    }
}

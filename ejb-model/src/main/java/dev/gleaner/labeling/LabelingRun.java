package dev.gleaner.labeling;

import dev.gleaner.dataset.Dataset;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.inference.ImageRun;
import dev.gleaner.modelversion.ModelVersion;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * One pass of a model version over a dataset: what was looked for, with which thresholds, and how far it has come. {@code done}
 * counts the run's rows in {@code labeling_results}.
 */
@Entity
@Table(name = "labeling_runs")
public class LabelingRun extends ImageRun {

    static final String KIND = "labeling run";

    private long datasetId;
    private long modelVersionId;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<Prompt> prompts;
    @JdbcTypeCode(SqlTypes.JSON)
    private Thresholds thresholds;

    protected LabelingRun() {
    }

    public LabelingRun(Dataset dataset, ModelVersion model, List<Prompt> prompts, Thresholds thresholds) {
        super(dataset.imageCount());
        this.datasetId = dataset.id();
        this.modelVersionId = model.id();
        this.prompts = List.copyOf(prompts);
        this.thresholds = thresholds;
    }

    @Override
    protected String kind() {
        return KIND;
    }

    public long datasetId() {
        return datasetId;
    }

    public long modelVersionId() {
        return modelVersionId;
    }

    public List<Prompt> prompts() {
        return prompts;
    }

    public Thresholds thresholds() {
        return thresholds;
    }
}

package dev.gleaner.evaluationrun;

import dev.gleaner.dataset.Dataset;
import dev.gleaner.glip.Prompt;
import dev.gleaner.inference.ImageRun;
import dev.gleaner.modelversion.ModelVersion;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * How well a model version finds what humans vouch for on a dataset's images: what was looked for and how, on exactly which
 * images and gold boxes, and what came of it.
 *
 * <p>The images and their gold are frozen when the evaluation is ordered, so whatever reviewers decide later changes nothing in
 * it; {@link #snapshotSha256} names them. Figures are there once it is {@code COMPLETED}; images in quarantine are left out of
 * them. {@code done} counts the evaluation's rows in {@code evaluation_detections}.
 */
@Entity
@Table(name = "evaluations")
public class Evaluation extends ImageRun {

    static final String KIND = "evaluation";

    private Long familyId;
    private long datasetId;
    private long modelVersionId;
    @Enumerated(EnumType.STRING)
    private EvaluationProtocol protocol;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<Prompt> prompts;
    @JdbcTypeCode(SqlTypes.JSON)
    private EvaluationSettings settings;
    @JdbcTypeCode(SqlTypes.JSON)
    private Subset subset;
    private String snapshotSha256;
    private int gold;
    @JdbcTypeCode(SqlTypes.JSON)
    private Figures figures;
    @JdbcTypeCode(SqlTypes.JSON)
    private Timings timings;
    private Double supervisedAp;
    private String startedBy;

    protected Evaluation() {
    }

    Evaluation(Dataset dataset, ModelVersion model, EvaluationProtocol protocol, List<Prompt> prompts, EvaluationSettings settings,
            Subset subset, int images, String startedBy) {
        super(images);
        this.datasetId = dataset.id();
        this.modelVersionId = model.id();
        this.protocol = protocol;
        this.prompts = List.copyOf(prompts);
        this.settings = settings;
        this.subset = subset;
        this.snapshotSha256 = "";
        this.startedBy = startedBy;
    }

    @Override
    protected String kind() {
        return KIND;
    }

    /** Its images and their gold are written down. */
    void froze(String snapshotSha256, int gold) {
        this.snapshotSha256 = snapshotSha256;
        this.gold = gold;
    }

    /** It is one of a family's. */
    void belongsTo(EvaluationFamily family, Double supervisedAp) {
        this.familyId = family.id();
        this.supervisedAp = supervisedAp;
    }

    void compareWith(Double supervisedAp) {
        this.supervisedAp = supervisedAp;
    }

    void comesTo(Figures figures, Timings timings) {
        this.figures = figures;
        this.timings = timings;
    }

    @Override
    public void restart(int retried) {
        super.restart(retried);
        figures = null;
        timings = null;
    }

    public Optional<Long> familyId() {
        return Optional.ofNullable(familyId);
    }

    public long datasetId() {
        return datasetId;
    }

    public long modelVersionId() {
        return modelVersionId;
    }

    public EvaluationProtocol protocol() {
        return protocol;
    }

    /** What was looked for; their categories are those that are evaluated. */
    public List<Prompt> prompts() {
        return prompts;
    }

    public EvaluationSettings settings() {
        return settings;
    }

    public Subset subset() {
        return subset;
    }

    /** SHA-256 over the ids, contents and gold boxes of its images. */
    public String snapshotSha256() {
        return snapshotSha256;
    }

    /** How many gold boxes of the evaluated categories its images have. */
    public int gold() {
        return gold;
    }

    /** Empty until it is completed. */
    public Optional<Figures> figures() {
        return Optional.ofNullable(figures);
    }

    public Optional<Timings> timings() {
        return Optional.ofNullable(timings);
    }

    /** The AP of a model trained with all labels of the dataset, as somebody entered it. */
    public Optional<Double> supervisedAp() {
        return Optional.ofNullable(supervisedAp);
    }

    /** Whose token ordered it. */
    public String startedBy() {
        return startedBy;
    }
}

package dev.gleaner.web.rest;

import dev.gleaner.InvalidInput;
import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.EvaluationFamily;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.FamilySummary;
import dev.gleaner.evaluationrun.NewEvaluationFamily;
import dev.gleaner.finetune.FewShotService;
import dev.gleaner.finetune.FewShotSummary;
import dev.gleaner.finetune.FineTune;
import dev.gleaner.finetune.NewFewShotFamily;
import dev.gleaner.finetune.NewFineTune;
import dev.gleaner.inference.Progress;
import dev.gleaner.web.rest.EvaluationOrders.SplitJson;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluations of one model version on several datasets, with one table. */
@Path("evaluation-families")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class EvaluationFamilyResource {

    /** With {@code shots} the model version is tuned as well, once for each seed. */
    public record FamilyOrder(String name, Long modelVersion, String protocol, String chunking, Integer detectionsPerImage,
            List<MemberOrder> datasets, Integer shots, List<Long> seeds, TrainingOrder training) {
    }

    public record MemberOrder(Long dataset, List<PromptJson> prompts, SplitJson split, Double supervisedAp, Long trainingDataset) {
    }

    /** By the dataset's id: AP in [0, 1], which null takes back; or an evaluation whose AP it is. */
    public record SupervisedOrder(Map<String, Double> supervisedAp, Map<String, Long> supervisedEvaluation) {
    }

    public record FamilyRow(long evaluation, long dataset, String name, Evaluation.Status status, int done, int total,
            Double ap, Double ap50, Double supervisedAp, String error) {

        static FamilyRow of(FamilySummary.Row row) {
            Evaluation evaluation = row.evaluation();
            Progress progress = evaluation.progress(Instant.now());
            return new FamilyRow(evaluation.id(), evaluation.datasetId(), row.dataset(), progress.status(), progress.done(), progress.total(),
                    row.ap().orElse(null),
                    evaluation.figures().map(figures -> figures.all().ap50()).filter(ap -> ap != DetectionFigures.UNDEFINED).orElse(null),
                    evaluation.supervisedAp().orElse(null), evaluation.error().orElse(null));
        }
    }

    /** Over {@code of} figures. */
    public record AverageJson(double mean, double median, int of) {

        static AverageJson of(FamilySummary.Average average) {
            return new AverageJson(average.mean(), average.median(), average.of());
        }
    }

    /** Over {@code of} figures. */
    public record SpreadJson(double mean, double deviation, int of) {

        static SpreadJson of(FewShotSummary.Spread spread) {
            return new SpreadJson(spread.mean(), spread.deviation(), spread.of());
        }
    }

    /** A fine-tune with one seed, and the evaluation of its result once there is one. */
    public record FewShotRun(long seed, long fineTune, FineTune.Status status, FineTune.Phase phase, int step, int steps, int images,
            Long evaluation, Double ap, String error) {

        static FewShotRun of(FewShotSummary.Run run) {
            FineTune fineTune = run.fineTune();
            return new FewShotRun(fineTune.settings().seed(), fineTune.id(), fineTune.status(), fineTune.phase(), fineTune.step(),
                    fineTune.settings().steps(), fineTune.images(), fineTune.evaluationAfterId().orElse(null), run.ap().orElse(null),
                    fineTune.error().orElse(null));
        }
    }

    public record FewShotRow(long dataset, List<FewShotRun> runs, SpreadJson ap) {

        static FewShotRow of(FewShotSummary.Row row) {
            return new FewShotRow(row.dataset(), row.runs().stream().map(FewShotRun::of).toList(), row.ap().map(SpreadJson::of).orElse(null));
        }
    }

    /** {@code ap} is over the seeds, of each the mean over all datasets. */
    public record FewShotJson(List<FewShotRow> datasets, SpreadJson ap) {

        static FewShotJson of(FewShotSummary summary) {
            return summary.rows().isEmpty() ? null
                    : new FewShotJson(summary.rows().stream().map(FewShotRow::of).toList(), summary.ap().map(SpreadJson::of).orElse(null));
        }
    }

    public record FamilyView(long id, String name, long modelVersion, String protocol, Integer shots, List<FamilyRow> evaluations,
            AverageJson ap, AverageJson supervisedAp, FewShotJson fewShot, String startedBy, Instant createdAt) {

        static FamilyView of(FamilySummary summary, FewShotSummary fewShot) {
            EvaluationFamily family = summary.family();
            return new FamilyView(family.id(), family.name(), family.modelVersionId(), family.protocol().label(), family.shots().orElse(null),
                    summary.rows().stream().map(FamilyRow::of).toList(), summary.ap().map(AverageJson::of).orElse(null),
                    summary.supervisedAp().map(AverageJson::of).orElse(null), FewShotJson.of(fewShot), family.startedBy(), family.createdAt());
        }
    }

    public record FamilyPage(List<FamilyView> items, Long next) {
    }

    @Inject
    private EvaluationService evaluations;
    @Inject
    private FewShotService fewShots;

    private FamilyView view(FamilySummary summary) {
        return FamilyView.of(summary, fewShots.summary(summary));
    }

    @GET
    public FamilyPage list(@QueryParam("after") @DefaultValue("0") long after,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) int limit) {
        Paging paging = new Paging(after, limit);
        return paging.page(evaluations.newestFamilies(paging.before(), paging.limitAndOne()), summary -> summary.family().id(),
                this::view, FamilyPage::new);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(FamilyOrder order, @Context SecurityContext caller) {
        NewEvaluationFamily wanted = new NewEvaluationFamily(order.name(), order.modelVersion(), EvaluationOrders.protocol(order.protocol()),
                EvaluationOrders.chunking(order.chunking()), order.detectionsPerImage(), members(order.datasets()));
        String startedBy = caller.getUserPrincipal().getName();
        EvaluationFamily family = order.shots() == null ? zeroShot(order, wanted, startedBy)
                : fewShots.create(new NewFewShotFamily(wanted, order.shots(), order.seeds(), trainingDatasets(order.datasets()),
                        order.training() == null ? NewFineTune.Training.DEFAULT : order.training().read()), startedBy);
        return Answers.accepted("evaluation-families", family.id(), view(evaluations.family(family.id())));
    }

    private EvaluationFamily zeroShot(FamilyOrder order, NewEvaluationFamily wanted, String startedBy) {
        if (order.seeds() != null) {
            throw new InvalidInput("seeds", order.seeds(), "no seeds without shots");
        }
        if (order.training() != null) {
            throw new InvalidInput("training", "settings", "no settings without shots");
        }
        for (int i = 0; order.datasets() != null && i < order.datasets().size(); i++) {
            Long other = order.datasets().get(i).trainingDataset();
            if (other != null) {
                throw new InvalidInput("datasets[" + i + "].trainingDataset", other, "no dataset to train on without shots");
            }
        }
        return evaluations.createFamily(wanted, startedBy);
    }

    private static List<Long> trainingDatasets(List<MemberOrder> orders) {
        List<Long> datasets = new ArrayList<>();
        if (orders != null) {
            orders.forEach(order -> datasets.add(order.trainingDataset()));
        }
        return datasets;
    }

    /** @return null for null: whether datasets are needed, the service says */
    private static List<NewEvaluationFamily.Member> members(List<MemberOrder> orders) {
        if (orders == null) {
            return null;
        }
        List<NewEvaluationFamily.Member> members = new ArrayList<>();
        for (int i = 0; i < orders.size(); i++) {
            MemberOrder order = orders.get(i);
            String place = "datasets[" + i + "]";
            if (order == null) {
                throw new InvalidInput(place, null, "an object with a dataset");
            }
            try {
                members.add(new NewEvaluationFamily.Member(order.dataset(), PromptJson.read(order.prompts()), SplitJson.read(order.split()),
                        order.supervisedAp()));
            } catch (InvalidInput e) {
                throw e.within(place);
            }
        }
        return members;
    }

    @GET
    @Path("{id}")
    public FamilyView get(@PathParam("id") long id) {
        return view(evaluations.family(id));
    }

    @PUT
    @Path("{id}/supervised")
    @Consumes(MediaType.APPLICATION_JSON)
    public FamilyView compare(@PathParam("id") long id, SupervisedOrder order) {
        if (order.supervisedAp() != null && order.supervisedEvaluation() != null) {
            throw new InvalidInput("supervisedEvaluation", order.supervisedEvaluation().size() + " evaluations", "either supervisedAp or supervisedEvaluation");
        }
        if (order.supervisedEvaluation() != null) {
            return view(evaluations.compareWithEvaluations(id, byDataset("supervisedEvaluation", order.supervisedEvaluation())));
        }
        if (order.supervisedAp() == null) {
            throw new InvalidInput("supervisedAp", null, "an object with an AP by dataset, or supervisedEvaluation");
        }
        return view(evaluations.compare(id, byDataset("supervisedAp", order.supervisedAp())));
    }

    private static <T> Map<Long, T> byDataset(String field, Map<String, T> given) {
        Map<Long, T> byDataset = new LinkedHashMap<>();
        given.forEach((dataset, value) -> byDataset.put(datasetId(field, dataset), value));
        return byDataset;
    }

    private static Long datasetId(String field, String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new InvalidInput(field, text, "the id of a dataset of the family");
        }
    }
}

package dev.gleaner.finetune;

import dev.gleaner.InvalidInput;
import dev.gleaner.account.Roles;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.EvaluationFamily;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.FamilySummary;
import dev.gleaner.evaluationrun.NewEvaluationFamily.Member;
import dev.gleaner.glip.train.FewShotSampler;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The few-shot protocol over several datasets, as ODinW is run: the model version is evaluated as it is, then tuned on a few images
 * of each category, once for each seed, and each result is evaluated by the same gold.
 */
@Stateless
public class FewShotService {

    private static final int MOST_SEEDS = 20;

    @Inject
    private EvaluationService evaluations;
    @Inject
    private FineTuneService fineTunes;
    @Inject
    private FineTuneRepository repository;

    /**
     * Orders the evaluations and the fine-tunes.
     *
     * @throws InvalidInput as for a family and for its fine-tunes; also if there is no seed or one twice, or a dataset has neither a
     *                      split nor another dataset to train on
     */
    @RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER})
    public EvaluationFamily create(NewFewShotFamily wanted, String startedBy) {
        FineTuneDefaults.check(NewFineTune.Training.DEFAULT.with(wanted.shots(), 0));
        try {
            FineTuneDefaults.check(wanted.training());
        } catch (InvalidInput e) {
            throw e.within("training");
        }
        List<Long> seeds = seeds(wanted.seeds());
        for (int i = 0; wanted.family().datasets() != null && i < wanted.family().datasets().size(); i++) {
            Long other = wanted.trainingDatasets().get(i);
            Member member = wanted.family().datasets().get(i);
            if (member.split() == null && (other == null || other.equals(member.dataset()))) {
                throw new InvalidInput("datasets[" + i + "].split", null, "a split whose other images are trained on, or a trainingDataset");
            }
        }
        EvaluationFamily family = evaluations.createFamily(wanted.family(), wanted.shots(), startedBy);
        List<FamilySummary.Row> rows = evaluations.family(family.id()).rows();
        for (int i = 0; i < rows.size(); i++) {
            for (long seed : seeds) {
                order(wanted, family, rows.get(i), i, seed, startedBy);
            }
        }
        return family;
    }

    private static List<Long> seeds(List<Long> wanted) {
        if (wanted == null) {
            return FewShotSampler.SEEDS.stream().map(Integer::longValue).toList();
        }
        if (wanted.isEmpty() || wanted.size() > MOST_SEEDS) {
            throw new InvalidInput("seeds", wanted.size() + " seeds", "1 to " + MOST_SEEDS + " seeds");
        }
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i) == null || !seen.add(wanted.get(i))) {
                throw new InvalidInput("seeds[" + i + "]", wanted.get(i), "a whole number not listed before");
            }
        }
        return wanted;
    }

    private void order(NewFewShotFamily wanted, EvaluationFamily family, FamilySummary.Row row, int place, long seed, String startedBy) {
        Evaluation evaluation = row.evaluation();
        Member member = wanted.family().datasets().get(place);
        Long other = wanted.trainingDatasets().get(place);
        boolean apart = other != null && !other.equals(member.dataset());
        String name = family.name() + ": " + row.dataset() + ", " + wanted.shots() + "-shot, seed " + seed + " (family " + family.id() + ")";
        try {
            fineTunes.create(new NewFineTune(name.length() <= 200 ? name : "family " + family.id() + ": dataset " + evaluation.datasetId() + ", seed " + seed,
                    evaluation.modelVersionId(), apart ? other : member.dataset(), evaluation.prompts(), apart ? null : member.split(), null, null,
                    wanted.training().with(wanted.shots(), seed)), evaluation, startedBy);
        } catch (InvalidInput e) {
            throw e.faults().stream().anyMatch(fault -> fault.field().equals("dataset"))
                    ? new InvalidInput("datasets[" + place + "]." + (apart ? "trainingDataset" : "dataset"), apart ? other : member.dataset(),
                            e.faults().get(0).expected())
                    : e.faults().stream().anyMatch(fault -> fault.field().startsWith("split") || fault.field().startsWith("prompts"))
                    ? e.within("datasets[" + place + "]") : e;
        }
    }

    /** What the family's fine-tunes come to; without rows for a family that is not tuned. */
    @PermitAll
    public FewShotSummary summary(FamilySummary family) {
        List<FineTune> tuned = repository.ofFamily(family.family().id());
        return new FewShotSummary(tuned.isEmpty() ? List.of() : family.rows().stream().map(row -> new FewShotSummary.Row(row.evaluation().datasetId(),
                tuned.stream().filter(fineTune -> fineTune.evaluationBeforeId().equals(Optional.of(row.evaluation().id())))
                        .map(fineTune -> new FewShotSummary.Run(fineTune, fineTune.evaluationAfterId().map(evaluations::get))).toList())).toList());
    }
}

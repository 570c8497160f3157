package dev.gleaner.round;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.evaluationrun.Evaluation;
import dev.gleaner.evaluationrun.EvaluationService;
import dev.gleaner.evaluationrun.MeasuredBoxes;
import dev.gleaner.round.SliceFigures.Comparison;
import dev.gleaner.round.SliceFigures.Resampling;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Compares the candidate with the champion, looks into what it was taught, and lets the gate decide. Doing it again gives the same. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RoundGate {

    /** What can be said without any figures. */
    private static final Gate.Decision NOTHING = new Gate.Decision(false, List.of());

    @Inject
    private RoundWork work;
    @Inject
    private RoundTeaching teaching;
    @Inject
    private EvaluationService evaluations;
    @Inject
    private MeasuredBoxes.Reader boxes;

    /**
     * Decides, and writes down why; does nothing if that was done before.
     *
     * @param stopRequested asked before each image that the teacher looks at again
     * @return whether it is decided; if not, a stop was asked for
     * @throws dev.gleaner.inference.SupersededAttempt if another server has taken the round up; nothing is written
     */
    public boolean decide(long id, int attempt, BooleanSupplier stopRequested) throws IOException {
        TrainingRound round = work.get(id);
        if (round.decision().isPresent()) {
            return true;
        }
        Evaluation before = evaluations.get(round.evaluationBeforeId().orElseThrow());
        List<UnreadImages> unread = new ArrayList<>();
        Comparison heldOut = comparison("the held-out gold", before, evaluations.get(round.evaluationAfterId().orElseThrow()), unread);
        Map<String, Comparison> others = new HashMap<>();
        if (round.guardBeforeId().isPresent()) {
            String domain = work.domain(id).orElseThrow();
            others.put(domain, comparison("domain " + domain, evaluations.get(round.guardBeforeId().get()),
                    evaluations.get(round.guardAfterId().orElseThrow()), unread));
        }
        EnoughGold gold = EnoughGold.of(heldOut.truth());
        Optional<SliceFigures> figures = gold.isAny() ? Optional.of(SliceFigures.of(heldOut, boxes.folders(before), others, Resampling.DEFAULT)) : Optional.empty();
        Gate.Decision decision = gold.applied(figures.map(known -> known.decide(round.settings().gate())).orElse(NOTHING));
        for (UnreadImages images : unread) {
            decision = images.applied(decision);
        }
        Optional<LabelAudit> audit = teaching.audit(id, attempt, stopRequested);
        if (audit.isEmpty()) {
            return false;
        }
        Gate.Decision audited = audit.get().applied(decision);
        work.decide(id, attempt, figures.orElse(null), figures.map(known -> known.telling(guards(round, others.keySet()), audited)).orElse(audited));
        return true;
    }

    /** The slices that somebody asked for by name. */
    private static Set<String> guards(TrainingRound round, Set<String> domains) {
        Set<String> guards = new TreeSet<>(round.settings().gate().allowances().keySet());
        domains.forEach(domain -> guards.add("domain " + domain));
        return guards;
    }

    /** On the images that both could read; how many they could not is added to {@code unread}. */
    private Comparison comparison(String where, Evaluation before, Evaluation after, Collection<UnreadImages> unread) {
        MeasuredBoxes first = boxes.of(before);
        MeasuredBoxes second = boxes.of(after);
        Set<Long> both = ids(first);
        unread.add(UnreadImages.of(where, before.total(), both, ids(second)));
        both.retainAll(ids(second));
        GroundTruth truth = new GroundTruth(first.truth().images().stream().filter(image -> both.contains(image.id())).toList(),
                first.truth().categories(), first.truth().boxes().stream().filter(box -> both.contains(box.imageId())).toList());
        return new Comparison(before.protocol().rules(), truth, in(first.detections(), both), in(second.detections(), both));
    }

    private static Set<Long> ids(MeasuredBoxes measured) {
        return measured.truth().images().stream().map(TruthImage::id).collect(Collectors.toSet());
    }

    private static List<DetectedBox> in(Collection<DetectedBox> found, Set<Long> images) {
        return found.stream().filter(box -> images.contains(box.imageId())).toList();
    }
}

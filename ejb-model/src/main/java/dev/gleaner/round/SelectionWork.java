package dev.gleaner.round;

import dev.gleaner.dataset.DatasetService;
import dev.gleaner.evaluationrun.GoldSelection;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.project.Category;
import dev.gleaner.round.CategorySelection.Chosen;
import dev.gleaner.round.RoundExamples.Human;
import dev.gleaner.round.RoundImage.Role;
import dev.gleaner.round.SelectionRun.Mark;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@link RoundSelecting} reads and writes, each call in a transaction of its own. All images are gone through once for what humans have decided
 * about, and once more for each selection that compares the boxes of all images: it is fixed by what the ones before have left. Figures of
 * that are the same whenever they are asked for, since a box knows which selection dropped it; so nothing but the place among the images has to be
 * remembered.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class SelectionWork {

    /** At a hundred boxes on each image some megabytes. */
    private static final int PAGE = 200;

    @Inject
    private TrainingRoundRepository rounds;
    @Inject
    private SelectionRepository selections;
    @Inject
    private GoldSelection gold;
    @Inject
    private DatasetService datasets;

    protected SelectionWork() {
    }

    /** Public, since the container makes no bean whose constructors are all hidden. */
    public SelectionWork(TrainingRoundRepository rounds, SelectionRepository selections) {
        this.rounds = rounds;
        this.selections = selections;
    }

    /**
     * The selections of a pass over all images.
     *
     * @param number from 0
     * @param chosen all of them fixed
     */
    public record Pass(int number, List<Selection> chosen, boolean last) {
    }

    /** Whether it was all done before. */
    public boolean isDone(long id) {
        return rounds.find(id).orElseThrow().hasSelected();
    }

    /** The pass that the round has come to; none if it is through with all. */
    public Optional<Pass> pass(long id) {
        TrainingRound round = rounds.find(id).orElseThrow();
        int number = round.selecting().pass();
        int passes = passes(round).size();
        return number == passes ? Optional.empty() : Optional.of(new Pass(number, fixed(round, number + 1).get(number), number + 1 == passes));
    }

    /**
     * Goes on with a pass by some images.
     *
     * @return whether images may be left; if not, the next pass has begun
     * @throws SupersededAttempt if another server has taken the round up since this attempt began; nothing is written
     */
    public boolean goOn(long id, int attempt, Pass pass) {
        TrainingRound round = rounds.current(id, attempt);
        if (round.hasSelected() || round.selecting().pass() != pass.number) {
            return false;
        }
        List<RoundImage> images = rounds.images(id, List.of(Role.UNLABELLED), round.selecting().to(), PAGE);
        if (images.isEmpty()) {
            round.selecting().beginAgain();
            return false;
        }
        Map<Long, List<RoundBox>> boxes = rounds.boxes(id, images.stream().map(RoundImage::imageId).toList()).stream()
                .collect(Collectors.groupingBy(RoundBox::imageId));
        FoundBoxes found = new FoundBoxes(0);
        BitSet decided = new BitSet();
        for (RoundImage image : images) {
            // An image for the teacher needs no list of all categories: it is no gold.
            Human human = RoundWork.human(image, List.of());
            for (RoundBox box : boxes.getOrDefault(image.imageId(), List.of())) {
                if (box.droppedBy().isEmpty()) {
                    decided.set(found.size(), pass.number == 0 && !RoundExamples.isOpen(box.found(), human));
                    found.add(box.found(), box.ordinal());
                }
            }
        }
        List<Mark> marks = SelectionRun.of(found, decided, pass.chosen).marks();
        selections.mark(id, pass.last ? marks : marks.stream().filter(mark -> !mark.dropped().equals(SelectionRun.SELECTED)).toList());
        round.selecting().wentTo(images.get(images.size() - 1).imageId(), images.size());
        return true;
    }

    /**
     * Writes down what became of the boxes of each category, and by which thresholds.
     *
     * @throws SupersededAttempt as for {@link #goOn}
     */
    public void finish(long id, int attempt) {
        TrainingRound round = rounds.current(id, attempt);
        if (round.hasSelected()) {
            return;
        }
        Map<Long, String> names = new LinkedHashMap<>();
        gold.categories(round.prompts(), datasets.get(round.datasetId())).forEach((Category category) -> names.put(category.id(), category.name()));
        round.selected(selections.outcome(id, names, thresholds(round, names.keySet())));
    }

    Map<Long, List<Chosen>> thresholds(TrainingRound round, Set<Long> categories) {
        Map<Long, List<Chosen>> thresholds = new HashMap<>();
        for (List<Selection> pass : fixed(round, passes(round).size())) {
            for (Selection selection : pass) {
                selection.thresholds(categories).forEach((category, threshold) -> thresholds.computeIfAbsent(category, id -> new ArrayList<>())
                        .add(new Chosen(selection.name(), threshold.least(), threshold.source())));
            }
        }
        return thresholds;
    }

    /** The rules by pass: each pass but the first begins with one that compares. */
    private static List<List<SelectionRule>> passes(TrainingRound round) {
        List<List<SelectionRule>> passes = new ArrayList<>(List.of(new ArrayList<>()));
        for (SelectionRule rule : round.settings().selection()) {
            if (rule.compares()) {
                passes.add(new ArrayList<>());
            }
            passes.get(passes.size() - 1).add(rule);
        }
        return passes;
    }

    /** The selections of the first passes, as they are once all passes before each are through. */
    private List<List<Selection>> fixed(TrainingRound round, int count) {
        List<String> later = new ArrayList<>(round.settings().selection().stream().map(SelectionRule::strategy).toList());
        List<Selection> before = new ArrayList<>();
        List<List<Selection>> passes = new ArrayList<>();
        for (List<SelectionRule> rules : passes(round).subList(0, count)) {
            List<Selection> pass = new ArrayList<>();
            for (SelectionRule rule : rules) {
                Selection selection = rule.selection(experience(round, before));
                Selection fixed = rule.compares() ? selection.fixedBy(selections.left(round.id(), List.copyOf(later))) : selection;
                pass.add(fixed);
                before.add(fixed);
                later.remove(0);
            }
            passes.add(pass);
        }
        return passes;
    }

    private SelectionRule.Experience experience(TrainingRound round, List<Selection> before) {
        return new SelectionRule.Experience() {
            @Override
            public List<ReviewedThresholds.Decision> decisions() {
                return selections.decisions(round.id());
            }

            @Override
            public Map<Long, Double> shares() {
                return selections.shares(round.id());
            }

            @Override
            public JudgedBoxes judged() {
                return selections.judged(round).after(before);
            }
        };
    }
}

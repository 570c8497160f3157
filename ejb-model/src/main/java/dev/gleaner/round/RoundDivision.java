package dev.gleaner.round;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldSelection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Divides images into those with gold to train on, those held out, and those for the teacher.
 *
 * <p>Gold is what evaluations take for it. Of a dataset that came without boxes an image is gold once reviewers are through with it: no proposal is
 * open, and somebody ended an item of a review queue about it, or handed it in as a whole in a labeling platform, so that what has no box there is
 * background; an image without any box is gold, too, once somebody said so. An image with open proposals, or whose boxes were all decided about one by
 * one in a gallery, is the teacher's, where the decisions win: nobody said that nothing is missing. Of a dataset that came with boxes all images are
 * gold; only if it is named as unlabelled are those without a box the teacher's, unless somebody said that nothing is there. What is gold is no
 * teacher's where another dataset has the same image. Nothing that is measured on is trained on, not even under another name, nor was it for the
 * champion or a version that it comes from. A split reserves images for good: those that are still unlabelled do not go to the teacher, whichever
 * dataset has them, so that what reviewers say of them one day can be measured on.
 */
@ApplicationScoped
public class RoundDivision {

    @Inject
    private TrainingRoundRepository rounds;
    @Inject
    private DatasetService datasets;
    @Inject
    private GoldSelection selection;

    protected RoundDivision() {
    }

    /** Public, since the container makes no bean whose constructors are all hidden. */
    public RoundDivision(TrainingRoundRepository rounds, DatasetService datasets, GoldSelection selection) {
        this.rounds = rounds;
        this.datasets = datasets;
        this.selection = selection;
    }

    /**
     * @param categories ids of the categories to learn
     * @param champion   id of the model version that teaches, and that the student starts from
     * @throws InvalidInput naming what leaves a part without images: nothing to train on at all, or nothing held out
     */
    RoundParts divide(Dataset dataset, Collection<Long> categories, long champion, RoundSettings settings) {
        List<Image> reviewed = reviewed(dataset, categories, settings);
        List<Image> heldOut = heldOut(reviewed, categories, champion, settings);
        List<Image> guard = settings.outOfDomain() == null ? List.of() : unseen(champion, "outOfDomain", settings.outOfDomain(),
                known("outOfDomain", settings.outOfDomain(), categories));
        Set<String> measured = contents(heldOut);
        measured.addAll(contents(guard));
        List<Image> gold = reviewed.stream().filter(image -> !measured.contains(image.sha256())).toList();
        Set<String> seen = new HashSet<>(measured);
        seen.addAll(contents(gold));
        if (settings.split() != null) {
            rounds.images(dataset.id()).stream().filter(settings.split()::reserves).map(Image::sha256).forEach(seen::add);
        }
        List<Image> unlabelled = new ArrayList<>();
        for (Long id : settings.unlabelled()) {
            open(datasets.chosen("unlabelled", id), categories).stream().filter(image -> seen.add(image.sha256())).forEach(unlabelled::add);
        }
        if (gold.isEmpty() && unlabelled.isEmpty()) {
            throw new InvalidInput("dataset", dataset.id(), "a dataset with images to train on beside those that are held out: with gold, or for the"
                    + " teacher to label");
        }
        return new RoundParts(gold, heldOut, unlabelled, guard);
    }

    private List<Image> heldOut(List<Image> reviewed, Collection<Long> categories, long champion, RoundSettings settings) {
        if (settings.gold() != null) {
            return unseen(champion, "gold", settings.gold(), known("gold", settings.gold(), categories));
        }
        List<Image> reserved = reviewed.stream().filter(settings.split()::reserves).toList();
        if (reserved.isEmpty()) {
            throw new InvalidInput("split.fraction", settings.split().fraction(), "a fraction that holds out at least one of the " + reviewed.size()
                    + " images with gold: with seed " + settings.split().seed() + " it holds out none");
        }
        return unseen(champion, "split.fraction", settings.split().fraction(), reserved);
    }

    /** Those of the images that neither the champion was trained on nor a version that it comes from: what was learnt cannot be measured. */
    private List<Image> unseen(long champion, String field, Object value, List<Image> images) {
        Set<String> learnt = rounds.learnt(champion, contents(images));
        List<Image> unseen = images.stream().filter(image -> !learnt.contains(image.sha256())).toList();
        if (unseen.isEmpty()) {
            throw new InvalidInput(field, value, "images to measure on that model version " + champion + " and those it comes from were not trained on:"
                    + " they were on all " + images.size() + " of these");
        }
        return unseen;
    }

    /** The images of another dataset of which humans vouch for all that is there. */
    private List<Image> known(String field, long id, Collection<Long> categories) {
        Dataset dataset = datasets.chosen(field, id);
        if (dataset.source().format().hasAnnotations()) {
            return selection.images(dataset);
        }
        Set<Long> through = rounds.through(id, categories);
        if (through.isEmpty()) {
            throw new InvalidInput(field, id, "a dataset with gold of the categories to learn: with images that reviewers are through with");
        }
        return rounds.images(id).stream().filter(image -> through.contains(image.id())).toList();
    }

    /** The images of which humans vouch for all that is there. */
    private List<Image> reviewed(Dataset dataset, Collection<Long> categories, RoundSettings settings) {
        Set<Long> known = known(dataset, categories);
        if (settings.gold() != null && known.isEmpty()) {
            return List.of();
        }
        if (dataset.source().format().hasAnnotations() && !settings.unlabelled().contains(dataset.id())) {
            return selection.images(dataset);
        }
        // For its complaint where nothing is known at all.
        List<Image> images = known.isEmpty() ? selection.images(dataset) : rounds.images(dataset.id());
        return images.stream().filter(image -> known.contains(image.id())).toList();
    }

    /** The images of which nobody knows all that is there. */
    private List<Image> open(Dataset dataset, Collection<Long> categories) {
        Set<Long> known = known(dataset, categories);
        return rounds.images(dataset.id()).stream().filter(image -> !known.contains(image.id())).toList();
    }

    /** The ids of images of which somebody knows all that is there; of a dataset that came with boxes, also of those with gold. */
    private Set<Long> known(Dataset dataset, Collection<Long> categories) {
        Set<Long> known = new HashSet<>(rounds.through(dataset.id(), categories));
        if (dataset.source().format().hasAnnotations()) {
            known.addAll(rounds.withGold(dataset.id()));
        }
        return known;
    }

    private static Set<String> contents(Collection<Image> images) {
        return images.stream().map(Image::sha256).collect(Collectors.toCollection(HashSet::new));
    }

    /** The datasets whose images the teacher labels where nobody named any: the dataset itself, if it came without boxes. */
    static List<Long> unlabelled(List<Long> wanted, Dataset dataset) {
        if (wanted != null) {
            return wanted;
        }
        return Stream.of(dataset).filter(own -> !own.source().format().hasAnnotations()).map(Dataset::id).toList();
    }
}

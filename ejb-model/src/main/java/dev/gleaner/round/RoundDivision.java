package dev.gleaner.round;

import dev.gleaner.InvalidInput;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.DatasetService;
import dev.gleaner.dataset.Image;
import dev.gleaner.evaluationrun.GoldSelection;
import dev.gleaner.format.SourceFormat;
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
 * <p>Gold is what evaluations take for it. Of a dataset that came without boxes an image is gold once reviewers are through with it;
 * one with decisions and open proposals is the teacher's, where the decisions win. Of a dataset that came with boxes all images are
 * gold; only if it is named as unlabelled are those without a box the teacher's. Nothing that is measured on is trained on,
 * not even under another name.
 */
@ApplicationScoped
public class RoundDivision {

    @Inject
    private TrainingRoundRepository rounds;
    @Inject
    private DatasetService datasets;
    @Inject
    private GoldSelection selection;

    /**
     * @throws InvalidInput naming what leaves a part without images: nothing to train on at all, or nothing held out
     */
    RoundParts divide(Dataset dataset, RoundSettings settings) {
        List<Image> reviewed = reviewed(dataset, settings);
        List<Image> heldOut = settings.gold() == null ? GoldSelection.heldOut(settings.split(), reviewed)
                : selection.images(datasets.chosen("gold", settings.gold()));
        Set<String> measured = contents(heldOut);
        if (settings.outOfDomain() != null) {
            measured.addAll(contents(rounds.images(settings.outOfDomain())));
        }
        List<Image> unlabelled = new ArrayList<>();
        Set<String> seen = new HashSet<>(measured);
        for (Long id : settings.unlabelled()) {
            open(datasets.chosen("unlabelled", id)).stream().filter(image -> seen.add(image.sha256())).forEach(unlabelled::add);
        }
        Set<String> forTeacher = contents(unlabelled);
        List<Image> gold = reviewed.stream().filter(image -> !measured.contains(image.sha256()) && !forTeacher.contains(image.sha256())).toList();
        if (gold.isEmpty() && unlabelled.isEmpty()) {
            throw new InvalidInput("dataset", dataset.id(), "a dataset with images to train on beside those that are held out: with gold, or for the"
                    + " teacher to label");
        }
        return new RoundParts(gold, heldOut, unlabelled);
    }

    /** The images of which humans vouch for all that is there. */
    private List<Image> reviewed(Dataset dataset, RoundSettings settings) {
        if (settings.gold() != null && rounds.withGold(dataset.id()).isEmpty()) {
            return List.of();
        }
        if (dataset.source().format() != SourceFormat.FOLDER && !settings.unlabelled().contains(dataset.id())) {
            return selection.images(dataset);
        }
        Set<Long> open = open(dataset).stream().map(Image::id).collect(Collectors.toSet());
        return selection.images(dataset).stream().filter(image -> !open.contains(image.id())).toList();
    }

    /** The images of which nobody knows all that is there. */
    private List<Image> open(Dataset dataset) {
        Set<Long> known = dataset.source().format() == SourceFormat.FOLDER ? rounds.decided(dataset.id()) : rounds.withGold(dataset.id());
        return rounds.images(dataset.id()).stream().filter(image -> !known.contains(image.id())).toList();
    }

    private static Set<String> contents(Collection<Image> images) {
        return images.stream().map(Image::sha256).collect(Collectors.toCollection(HashSet::new));
    }

    /** The datasets whose images the teacher labels where nobody named any: the dataset itself, if it came without boxes. */
    static List<Long> unlabelled(List<Long> wanted, Dataset dataset) {
        if (wanted != null) {
            return wanted;
        }
        return Stream.of(dataset).filter(own -> own.source().format() == SourceFormat.FOLDER).map(Dataset::id).toList();
    }
}

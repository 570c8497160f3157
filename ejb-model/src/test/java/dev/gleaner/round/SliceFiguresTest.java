package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.Protocol;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.glip.Box;
import dev.gleaner.round.SliceFigures.Comparison;
import dev.gleaner.round.SliceFigures.Kind;
import dev.gleaner.round.SliceFigures.Resampling;
import dev.gleaner.round.SliceFigures.SliceChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SliceFiguresTest {

    private static final long DOG = 1;
    private static final long CAT = 2;
    private static final Box SMALL = Box.xywh(10, 10, 20, 20);
    private static final Box LARGE = Box.xywh(100, 100, 200, 200);
    private static final Box NOTHING = Box.xywh(400, 400, 50, 50);
    private static final Resampling QUICK = new Resampling(10, 200, 0.95, 1);

    /** Twelve images with a small dog each, and a large cat in the first four. */
    private static GroundTruth truth() {
        List<TruthBox> boxes = new ArrayList<>();
        LongStream.range(0, 12).forEach(image -> boxes.add(TruthBox.of(1 + image, image, DOG, SMALL)));
        LongStream.range(0, 4).forEach(image -> boxes.add(TruthBox.of(100 + image, image, CAT, LARGE)));
        return new GroundTruth(LongStream.range(0, 12).mapToObj(TruthImage::of).toList(),
                List.of(TruthCategory.of(DOG, "dog"), TruthCategory.of(CAT, "cat"), TruthCategory.of(3, "bird")), boxes);
    }

    /** One box for each thing, right where asked for and in an empty place elsewhere; right ones are surer. */
    private static List<DetectedBox> found(LongPredicate dogs, LongPredicate cats) {
        List<DetectedBox> found = new ArrayList<>();
        LongStream.range(0, 12).forEach(image -> found.add(new DetectedBox(image, DOG, dogs.test(image) ? SMALL : NOTHING, dogs.test(image) ? 0.9 : 0.2)));
        LongStream.range(0, 4).forEach(image -> found.add(new DetectedBox(image, CAT, cats.test(image) ? LARGE : NOTHING, cats.test(image) ? 0.9 : 0.2)));
        return found;
    }

    private static SliceFigures figures(Map<Long, String> sources, Map<String, Comparison> others) {
        return SliceFigures.of(new Comparison(truth(), found(image -> image < 6, image -> true), found(image -> true, image -> image < 2)), sources,
                others, QUICK);
    }

    /** Half of the dogs found without a mistake above them: 51 of 101 points of the curve; half of the cats likewise. */
    @Test
    void eachSliceHasItsOwnFigures() {
        SliceFigures figures = figures(Map.of(), Map.of());
        double half = 51 / 101.0;
        assertThat(figures.slices()).extracting(SliceChange::label, SliceChange::gold, SliceChange::before, SliceChange::after, SliceChange::guarded)
                .containsExactly(tuple("category dog", 12, half, 1.0, true), tuple("category cat", 4, 1.0, half, false),
                        tuple("size small", 12, half, 1.0, true), tuple("size large", 4, 1.0, half, false));
        assertThat(figures.before()).isCloseTo((half + 1) / 2, within(1e-12));
        assertThat(figures.after()).isCloseTo((half + 1) / 2, within(1e-12));
        assertThat(figures.change().difference()).isCloseTo(0, within(1e-12));
        SliceChange dogs = figures.slices().get(0);
        assertThat(dogs.change().difference()).isCloseTo(1 - half, within(1e-12));
        assertThat(dogs.change().low()).isPositive();
        assertThat(figures.slices().get(3).change().difference()).as("of large objects alone").isCloseTo(half - 1, within(1e-12));
    }

    @Test
    void sourcesAreSlicesWhereThereAreSeveral() {
        Map<Long, String> day = LongStream.range(0, 12).boxed().collect(java.util.stream.Collectors.toMap(image -> image, image -> "day"));
        assertThat(figures(day, Map.of()).slices()).extracting(SliceChange::kind).doesNotContain(Kind.SOURCE);
        // By night there are six dogs, none of which the champion finds.
        LongStream.range(6, 12).forEach(image -> day.put(image, "night"));
        assertThat(figures(day, Map.of()).slices()).filteredOn(slice -> slice.kind() == Kind.SOURCE)
                .extracting(SliceChange::label, SliceChange::gold, SliceChange::before, SliceChange::after)
                .containsExactly(tuple("source day", 10, 1.0, (1 + 51 / 101.0) / 2), tuple("source night", 6, 0.0, 1.0));
    }

    @Test
    void aFallInAGuardedSliceIsSeenByTheGateAndOneInASliceOfFewBoxesIsOnlyReported() {
        Comparison better = new Comparison(truth(), found(image -> image < 2, image -> true), found(image -> true, image -> image < 3));
        assertThat(SliceFigures.of(better, Map.of(), Map.of(), QUICK).decide(Gate.DEFAULT).promoted()).as("4 cats cannot be guarded").isTrue();
        assertThat(SliceFigures.of(better, Map.of(), Map.of(), new Resampling(4, 200, 0.95, 1)).decide(Gate.DEFAULT).reasons())
                .anyMatch(reason -> reason.startsWith("category cat fell from 100.0")).anyMatch(reason -> reason.startsWith("size large fell"));

        Comparison elsewhere = new Comparison(truth(), found(image -> true, image -> true), found(image -> image < 6, image -> true));
        Gate.Decision refused = SliceFigures.of(better, Map.of(), Map.of("street", elsewhere), QUICK).decide(Gate.DEFAULT);
        assertThat(refused.promoted()).isFalse();
        assertThat(refused.reasons()).singleElement().asString().startsWith("domain street fell from 100.0 to 75.2 AP");
        assertThat(SliceFigures.of(better, Map.of(), Map.of("street", elsewhere), QUICK).fates(Gate.DEFAULT)).isEqualTo(Map.of("category dog", Gate.Fate.HELD,
                "size small", Gate.Fate.HELD, "domain street", Gate.Fate.FELL));
    }

    /** Nobody looked for cats beyond the first six images. There the candidate is sure of cats, which may well be there, as the champion is not. */
    @Test
    void whereNobodyLookedForACategoryNothingFoundOfItIsWrong() {
        GroundTruth all = truth();
        List<TruthImage> images = LongStream.range(0, 12).mapToObj(image -> new TruthImage(image, image < 6 ? Set.of(CAT) : Set.of(), Set.of())).toList();
        GroundTruth partly = new GroundTruth(images, all.categories().subList(0, 2), all.boxes());
        List<DetectedBox> champion = found(image -> true, image -> true);
        List<DetectedBox> candidate = new ArrayList<>(champion);
        LongStream.range(6, 12).forEach(image -> candidate.add(new DetectedBox(image, CAT, LARGE, 0.95)));
        SliceFigures federated = SliceFigures.of(new Comparison(Protocol.LVIS, partly, champion, candidate), Map.of(), Map.of(), QUICK);
        assertThat(federated.after()).isEqualTo(federated.before()).isEqualTo(1);
        assertThat(federated.change().low()).isZero();
        assertThat(federated.slices()).allSatisfy(slice -> assertThat(slice.after()).isEqualTo(1));
        assertThat(SliceFigures.of(new Comparison(partly, champion, candidate), Map.of(), Map.of(), QUICK).after()).as("as if all had been looked for").isLessThan(0.8);

        List<DetectedBox> wrong = new ArrayList<>(champion);
        LongStream.range(4, 6).forEach(image -> wrong.add(new DetectedBox(image, CAT, LARGE, 0.95)));
        assertThat(SliceFigures.of(new Comparison(Protocol.LVIS, partly, champion, wrong), Map.of(), Map.of(), QUICK).after())
                .as("where somebody looked and saw no cat").isLessThan(0.9);
    }

    @Test
    void whatSomebodyWantsGuardedAndIsNotIsTold() {
        SliceFigures figures = figures(Map.of(), Map.of());
        Gate.Decision passed = new Gate.Decision(true, List.of("better"));
        assertThat(figures.telling(List.of("category dog"), passed)).isEqualTo(passed);
        assertThat(figures.telling(List.of("category cat", "category dog", "source night"), passed)).isEqualTo(new Gate.Decision(true, List.of("better",
                "category cat was not guarded: of 4 boxes one more or less would move its AP too far",
                "source night was not guarded: there is nothing of it among what is measured on, or nothing else")));
    }

    @Test
    void nothingToFindIsRefused() {
        GroundTruth empty = new GroundTruth(List.of(TruthImage.of(1)), List.of(TruthCategory.of(DOG, "dog")), List.of());
        assertThatIllegalArgumentException().isThrownBy(() -> SliceFigures.of(new Comparison(empty, List.of(), List.of()), Map.of(), Map.of(), QUICK))
                .withMessageContaining("no box to be found");
    }
}

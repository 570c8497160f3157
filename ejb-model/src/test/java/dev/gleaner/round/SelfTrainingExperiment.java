package dev.gleaner.round;

import dev.gleaner.RealPhotos;
import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.DetectionEvaluation;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.train.Raccoons;
import dev.gleaner.round.ExperimentStore.Line;
import dev.gleaner.round.RoundExamples.Human;
import dev.gleaner.round.RoundExamples.HumanBox;
import dev.gleaner.round.RoundExamples.Verdict;
import dev.gleaner.round.SliceFigures.Comparison;
import dev.gleaner.round.SliceFigures.Resampling;
import dev.gleaner.round.Student.Lesson;
import dev.gleaner.scene.SceneSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.opentest4j.TestAbortedException;

/**
 * Shows what self-training rounds do for a model that meets a domain it was not trained on: {@code mvn -Prounds -pl ejb-model -am test}. Killed
 * and started again with the same folder it goes on. Parts:
 *
 * <p><b>Rounds</b> on shifted drawn scenes, of which a tenth is gold. Each round the champion labels the rest, boxes are selected
 * ({@link Selection.Agreement}, then {@link Selection.Gold}), a student is trained from the champion on both, and the gate decides on gold that is
 * held out. The arms: {@code gold} learns from gold alone, as often and as long (what rounds without pseudo labels bring); {@code self} has no
 * people; {@code ranked} has a number of images reviewed by the {@link Oracle} before each training, in the queue's {@link ReviewOrder};
 * {@code random} as many in random order. A review is of an image: the queue's items are images, and the reviewer leaves one when
 * all its boxes are decided about and what was missed is drawn. Every seed has its own scenes, for training, for the gate and for the figures, and
 * the gate is the product's. The ranking is the queue's too, but its inputs are the round's: thresholds fitted to the scores instead of the project's,
 * and agreement of the mirror image instead of that of earlier model versions. Figures are of test scenes that nothing was decided by.
 *
 * <p><b>Tries</b> of the gate: short rounds from the same model, each with other scenes, gold among them, and another seed; each goes through twice, the
 * second time with {@link Poison} in {@value #POISONED} of the selected boxes. The gate decides by the figures and by {@link LabelAudit}, as a round's does;
 * what the figures alone would have said is written down, too.
 *
 * <p><b>Photos</b> of raccoons where there are any: 20 gold, 100 unlabelled, and 40 held out, by which the gate decides and which are
 * reported: there are no others.
 *
 * <p>Each part is sized by system properties, see {@link ExperimentSizes}; {@code rounds.only} is a regular expression of what to work on: series of
 * rounds by setting, arm and seed, as {@code scenes self 3}, and tries, as {@code try clean 7}.
 */
final class SelfTrainingExperiment {

    private static final double POISONED = 0.2;
    private static final long TEST_SEED = 2_000_003;
    private static final long HELD_OUT_SEED = 2_000_033;
    /** Pools of one seed have numbers below this. */
    private static final long POOL_SEED = 3_000_017;
    private static final double LEAST = 0.05;
    private static final double AGREEMENT = 0.5;
    private static final RoundExamples SHOWN = RoundExamples.DEFAULT;

    /** What a round learns from beside gold. */
    private enum Arm { GOLD, SELF, RANKED, RANDOM }

    private final Path folder;
    private final Path start;
    private final String device;
    private final ExperimentSizes sizes;
    private final String only;
    private final ExperimentStore store;
    private final ReviewOrder order;
    private final Map<String, List<DetectedBox>> seen = new HashMap<>();
    private final Map<String, GroundTruth> truths = new HashMap<>();
    private final Map<Integer, List<PseudoBox>> labelled = new HashMap<>();
    private Pool labelledPool;

    SelfTrainingExperiment(Path folder, Path start, String device, ExperimentSizes sizes, String only) throws IOException {
        this.folder = folder;
        this.start = start;
        this.device = device;
        this.sizes = sizes;
        this.only = only;
        order = new ReviewOrder(sizes.reviews(), sizes.least());
        store = new ExperimentStore(folder, sizes.recipe("model " + Bundle.open(start).weightsSha256() + ", "));
    }

    /** The images of one series of rounds. */
    private record Setting(String name, long seed, Pool pool, int gold, int steps, Pool heldOut, Pool test) {

        String measured(String on) {
            return name + " " + on + " " + seed;
        }
    }

    /** What has been decided by people up to now, by image number. */
    private static final class Decided {
        private final Map<Integer, Human> images = new TreeMap<>();

        List<Integer> open(Pool pool) {
            return IntStream.range(0, pool.size()).filter(number -> !images.containsKey(number)).boxed().toList();
        }
    }

    void run() throws IOException {
        for (long seed = 1; seed <= sizes.seeds(); seed++) {
            Setting scenes = scenes(seed, sizes.heldOut(), sizes.test());
            for (Arm arm : Arm.values()) {
                series(scenes, arm, seed);
            }
        }
        for (int number = 1; number <= sizes.tries(); number++) {
            Pool pool = Pool.scenes(SceneSettings.SHIFTED, POOL_SEED + 1000 + number, sizes.tryScenes());
            for (boolean poisoned : new boolean[] {false, true}) {
                attempt(number, pool, poisoned);
            }
        }
        try {
            RealPhotos.raccoons();
        } catch (TestAbortedException missing) {
            System.out.println("no photos of raccoons: " + missing.getMessage());
            return;
        }
        Raccoons all = Raccoons.all();
        Pool heldOut = Pool.raccoons(all.part(120, 160));
        for (long seed = 1; seed <= sizes.photoSeeds(); seed++) {
            Setting photos = new Setting("raccoons", seed, Pool.raccoons(all.part(0, 120)), 20, sizes.photoSteps(), heldOut, heldOut);
            series(photos, Arm.GOLD, seed);
            series(photos, Arm.SELF, seed);
        }
    }

    private Setting scenes(long seed, int heldOut, int test) {
        return new Setting("scenes", seed, Pool.scenes(SceneSettings.SHIFTED, POOL_SEED + seed, sizes.scenes()), sizes.gold(), sizes.steps(),
                Pool.scenes(SceneSettings.SHIFTED, HELD_OUT_SEED + seed, heldOut), Pool.scenes(SceneSettings.SHIFTED, TEST_SEED + seed, test));
    }

    private boolean isWanted(String unit) {
        return unit.matches(only);
    }

    /** All rounds of one arm, from the first that is not done. */
    private void series(Setting setting, Arm arm, long seed) throws IOException {
        String name = setting.name + " " + arm.name().toLowerCase(Locale.ROOT);
        if (!isWanted(name + " " + seed)) {
            return;
        }
        String zero = setting.name + " start " + seed;
        if (store.line(zero).isEmpty()) {
            double ap = ap(setting.measured("test"), setting.test, start);
            store.add(new Line(zero, setting.name + " start", seed, 0, ap, ap, 0, 0, 0, true, true, List.of(), "", List.of(), List.of(), 0, 0, 0, 0));
        }
        double ap = store.line(zero).orElseThrow().ap();
        Decided decided = new Decided();
        Pool pool = setting.pool;
        IntStream.range(0, setting.gold).forEach(number -> decided.images.put(number, Oracle.gold(pool.picture(number), pool.categoryIds())));
        Path champion = start;
        for (int round = 1; round <= sizes.rounds(); round++) {
            String unit = name + " " + seed + " " + round;
            if (store.line(unit).isEmpty()) {
                store.add(round(unit, name, setting, arm, seed, round, champion, ap, decided));
            }
            Line line = store.line(unit).orElseThrow();
            line.reviewed().forEach(number -> decided.images.computeIfAbsent(number, i -> Oracle.gold(pool.picture(i), pool.categoryIds())));
            champion = line.champion().isEmpty() ? start : folder.resolve(line.champion());
            ap = line.ap();
            System.out.printf(Locale.ROOT, "%s: AP %.1f, candidate %.1f, %s %s; %d boxes selected (%.0f %% right), %d dropped, %.0f s%n", unit, 100 * line.ap(),
                    100 * line.candidateAp(), line.promoted() ? "promoted:" : "refused:", line.reasons(), line.selected(), 100 * line.right(),
                    line.dropped(), line.seconds());
        }
    }

    private Line round(String unit, String name, Setting setting, Arm arm, long seed, int round, Path champion, double championAp, Decided decided)
            throws IOException {
        long begin = System.nanoTime();
        Pool pool = setting.pool;
        Map<Integer, List<PseudoBox>> labels = arm == Arm.GOLD ? Map.of() : label(champion, pool, asked(decided.open(pool), seed * 100 + round));
        List<Integer> reviewed = new ArrayList<>();
        int[] decisions = new int[3];
        if (arm == Arm.RANKED || arm == Arm.RANDOM) {
            for (int number : order.of(arm == Arm.RANDOM, pool, labels, decided.images, seed * 100 + round)) {
                List<PseudoBox> shown = order.shown(labels.get(number));
                Oracle.Review review = Oracle.review(pool.picture(number), shown, pool.categoryIds());
                reviewed.add(number);
                decided.images.put(number, Oracle.gold(pool.picture(number), pool.categoryIds()));
                decisions[0] += review.accepted();
                decisions[1] += review.rejected();
                decisions[2] += review.drawn();
            }
        }
        List<PseudoBox> open = decided.open(pool).stream().flatMap(number -> labels.getOrDefault(number, List.of()).stream()).toList();
        List<PseudoBox> selected = open.isEmpty() ? List.of() : select(open, judged(champion, pool, decided));
        List<Lesson> lessons = lessons(pool, decided, open, selected);
        Path work = folder.resolve("work").resolve(unit.replace(' ', '-'));
        Path candidate = student(setting.steps).train(work, Bundle.open(champion), pool, lessons, seed * 100 + round).folder();
        SliceFigures figures = compare(setting.measured("held out"), setting.heldOut, champion, candidate);
        Gate.Decision decision = figures.decide(Gate.DEFAULT);
        double candidateAp = ap(setting.measured("test"), setting.test, candidate);
        String after = decision.promoted() ? folder.relativize(candidate).toString() : champion.equals(start) ? "" : folder.relativize(champion).toString();
        if (!decision.promoted()) {
            AtomicFolder.delete(work);
        }
        return new Line(unit, name, seed, round, decision.promoted() ? candidateAp : championAp, candidateAp, figures.change().difference(),
                figures.change().low(), figures.change().high(), decision.promoted(), decision.promoted(), decision.reasons(), after, reviewed,
                List.of(decisions[0], decisions[1], decisions[2]), selected.size(), open.size() - selected.size(), right(pool, selected), seconds(begin));
    }

    /** A short round whose gate decision is all that matters. */
    private void attempt(int number, Pool pool, boolean poisoned) throws IOException {
        String name = poisoned ? "try poisoned" : "try clean";
        String unit = name + " " + number;
        if (!isWanted(unit)) {
            return;
        }
        if (store.line(unit).isEmpty()) {
            long begin = System.nanoTime();
            Setting setting = scenes(1000 + number, sizes.tryHeldOut(), sizes.tryTest());
            Decided decided = new Decided();
            IntStream.range(0, sizes.tryGold()).forEach(image -> decided.images.put(image, Oracle.gold(pool.picture(image), pool.categoryIds())));
            Map<Integer, List<PseudoBox>> labels = label(start, pool, decided.open(pool));
            List<PseudoBox> open = labels.values().stream().flatMap(List::stream).toList();
            List<PseudoBox> selected = select(open, judged(start, pool, decided));
            List<PseudoBox> shown = poisoned ? Poison.poison(selected, POISONED, pool.categoryIds(), new Random(number)) : selected;
            Set<PseudoBox> kept = new HashSet<>(selected);
            List<PseudoBox> all = new ArrayList<>(shown);
            open.stream().filter(box -> !kept.contains(box)).forEach(all::add);
            Path work = folder.resolve("work").resolve(unit.replace(' ', '-'));
            Path candidate = student(sizes.trySteps()).train(work, Bundle.open(start), pool, lessons(pool, decided, all, shown), number).folder();
            SliceFigures figures = compare(setting.measured("held out"), setting.heldOut, start, candidate);
            Gate.Decision byFigures = figures.decide(new Gate(sizes.margin(), Gate.DEFAULT.allowance(), Map.of()));
            Gate.Decision decision = audit(shown, labels).applied(byFigures);
            double before = ap(setting.measured("test"), setting.test, start);
            double after = ap(setting.measured("test"), setting.test, candidate);
            AtomicFolder.delete(work);
            store.add(new Line(unit, name, number, 1, before, after, figures.change().difference(), figures.change().low(), figures.change().high(),
                    decision.promoted(), byFigures.promoted(), decision.reasons(), "", List.of(), List.of(), selected.size(),
                    open.size() - selected.size(), right(pool, shown), seconds(begin)));
        }
        Line line = store.line(unit).orElseThrow();
        System.out.printf(Locale.ROOT, "%s: %s %s; AP on test %.1f to %.1f; %d boxes selected (%.0f %% right), %.0f s%n", unit,
                line.promoted() ? "promoted:" : "refused:", line.reasons(), 100 * line.ap(), 100 * line.candidateAp(), line.selected(),
                100 * line.right(), line.seconds());
    }

    /** With what the teacher said the first time: it is the same model on the same pixels, and would only say it again. */
    private static LabelAudit audit(List<PseudoBox> shown, Map<Integer, List<PseudoBox>> labels) {
        Map<Long, List<PseudoBox>> learnt = shown.stream().collect(Collectors.groupingBy(PseudoBox::imageId));
        LabelAudit audit = LabelAudit.NONE;
        for (long image : new TreeSet<>(learnt.keySet()).stream().limit(LabelAudit.MOST_IMAGES).toList()) {
            audit = audit.and(learnt.get(image), labels.get((int) (image - 1)));
        }
        return audit;
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private Student student(int steps) {
        return new Student(device, steps, sizes.batch(), sizes.rate(), 0.95);
    }

    /** The images that the teacher is asked about in a round: others in each, and in every arm the same ones as far as they are still open. */
    private List<Integer> asked(List<Integer> open, long seed) {
        List<Integer> order = new ArrayList<>(open);
        order.sort(Comparator.comparingLong(number -> new SplittableRandom(seed << 32 | number).nextLong()));
        return order.subList(0, Math.min(sizes.asked(), order.size())).stream().sorted().toList();
    }

    /** What the model that all begin with says of a pool is remembered: several begin with it. */
    private Map<Integer, List<PseudoBox>> label(Path champion, Pool pool, List<Integer> numbers) throws IOException {
        if (!champion.equals(start)) {
            return labelled(champion, pool, numbers);
        }
        if (!pool.equals(labelledPool)) {
            labelled.clear();
            labelledPool = pool;
        }
        labelled.putAll(labelled(champion, pool, numbers.stream().filter(number -> !labelled.containsKey(number)).toList()));
        return numbers.stream().collect(Collectors.toMap(number -> number, labelled::get, (one, other) -> one, TreeMap::new));
    }

    private Map<Integer, List<PseudoBox>> labelled(Path champion, Pool pool, List<Integer> numbers) throws IOException {
        Map<String, Long> ids = pool.categoryIds().stream().collect(Collectors.toMap(pool::category, id -> id));
        Map<Integer, List<PseudoBox>> labels = new TreeMap<>();
        try (Glip glip = Glip.load(champion, device); Teacher teacher = new Teacher(glip, pool.prompts(), ids, Views.MIRRORED, LEAST)) {
            for (int number : numbers) {
                labels.put(number, teacher.label(Pool.id(number), pool.picture(number).image()));
            }
        }
        return labels;
    }

    /** What the champion finds on images that people have decided about, and which of it is right. */
    private JudgedBoxes judged(Path champion, Pool pool, Decided decided) throws IOException {
        FoundBoxes found = new FoundBoxes(0);
        BitSet right = new BitSet();
        for (Map.Entry<Integer, List<PseudoBox>> image : label(champion, pool, List.copyOf(decided.images.keySet())).entrySet()) {
            List<HumanBox> answers = Oracle.review(pool.picture(image.getKey()), image.getValue(), pool.categoryIds()).human().boxes();
            for (int i = 0; i < image.getValue().size(); i++) {
                right.set(found.size(), answers.get(i).verdict() == Verdict.PRESENT);
                found.add(image.getValue().get(i), i);
            }
        }
        return new JudgedBoxes(found, right, !champion.equals(start));
    }

    /** As a round's default does. */
    private List<PseudoBox> select(List<PseudoBox> boxes, JudgedBoxes judged) {
        Selection agreement = new Selection.Agreement(AGREEMENT);
        Selection.ClassAdaptive fitted = new Selection.ClassAdaptive(Selection.ClassAdaptive.DEFAULT.fewest(), Selection.ClassAdaptive.DEFAULT.fallback(), sizes.least());
        return new Selection.Gold(new GoldThresholds(GoldThresholds.DEFAULT.precision(), sizes.fewest()), judged.after(List.of(agreement)), fitted).select(agreement.select(boxes));
    }

    /**
     * What the student is shown: each image of which something is known. Images that people decided about come so often that every second one
     * is of them.
     */
    private static List<Lesson> lessons(Pool pool, Decided decided, List<PseudoBox> open, List<PseudoBox> selected) {
        Set<PseudoBox> kept = new HashSet<>(selected);
        Map<Long, List<PseudoBox>> good = selected.stream().collect(Collectors.groupingBy(PseudoBox::imageId));
        Map<Long, List<PseudoBox>> bad = open.stream().filter(box -> !kept.contains(box)).collect(Collectors.groupingBy(PseudoBox::imageId));
        List<Lesson> proposed = new ArrayList<>();
        for (int number : decided.open(pool)) {
            SHOWN.targets(pool.categoryIds(), Human.NOTHING, good.getOrDefault(Pool.id(number), List.of()), bad.getOrDefault(Pool.id(number), List.of()))
                    .ifPresent(targets -> proposed.add(new Lesson(number, targets)));
        }
        List<Lesson> lessons = new ArrayList<>(proposed);
        int times = decided.images.isEmpty() ? 0 : Math.max(1, (int) Math.ceil(proposed.size() / (double) decided.images.size()));
        decided.images.forEach((number, human) -> SHOWN.targets(pool.categoryIds(), human, List.of(), List.of())
                .ifPresent(targets -> lessons.addAll(Collections.nCopies(times, new Lesson(number, targets)))));
        return lessons;
    }

    /** The share of boxes that meet a thing of their category. */
    private static double right(Pool pool, List<PseudoBox> boxes) {
        int right = 0;
        Map<Long, List<PseudoBox>> images = boxes.stream().collect(Collectors.groupingBy(PseudoBox::imageId));
        for (Map.Entry<Long, List<PseudoBox>> image : images.entrySet()) {
            right += Oracle.review(pool.picture((int) (image.getKey() - 1)), image.getValue(), pool.categoryIds()).accepted();
        }
        return boxes.isEmpty() ? 0 : right / (double) boxes.size();
    }

    private SliceFigures compare(String what, Pool pool, Path champion, Path candidate) throws IOException {
        return SliceFigures.of(new Comparison(truth(what, pool), detect(what, pool, champion), detect(what, pool, candidate)), Map.of(), Map.of(),
                Resampling.DEFAULT);
    }

    private double ap(String what, Pool pool, Path bundle) throws IOException {
        return DetectionEvaluation.coco(truth(what, pool), detect(what, pool, bundle)).figures().ap();
    }

    private GroundTruth truth(String what, Pool pool) {
        return truths.computeIfAbsent(what, name -> pool.truth());
    }

    /** Remembered: the champion of one round was the candidate of another. */
    private List<DetectedBox> detect(String what, Pool pool, Path bundle) throws IOException {
        String key = what + " " + bundle;
        if (!seen.containsKey(key)) {
            try (Glip glip = Glip.load(bundle, device)) {
                seen.put(key, pool.detect(glip));
            }
        }
        return seen.get(key);
    }

    /** @param arguments a folder for the results, the bundle that all begin with */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        new SelfTrainingExperiment(folder, Path.of(arguments[1]), System.getProperty("device", "cpu"), ExperimentSizes.ofProperties(),
                System.getProperty("rounds.only", ".*")).run();
        ExperimentReport report = new ExperimentReport(new ExperimentStore(folder).lines());
        System.out.println(report.markdown());
        Files.writeString(folder.resolve("rounds.md"), report.markdown());
        Files.writeString(folder.resolve("rounds.svg"), report.svg());
    }
}

package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.gleaner.dataset.Image;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Prompt;
import dev.gleaner.round.CategorySelection.Chosen;
import dev.gleaner.round.SelectionRun.Mark;
import dev.gleaner.round.SelectionWork.Pass;
import dev.gleaner.round.Threshold.Source;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Selection on a real database, without a server. */
class SelectionWorkTest extends RoundDatabaseTest {

    /** More than are gone through in one transaction. */
    private static final int IMAGES = 450;
    private static final int BOXES = 8;

    /** Images that selection was through with after each transaction. */
    private final List<Integer> progress = new ArrayList<>();
    private long id;

    SelectionWorkTest() {
        super(IMAGES);
    }

    /** A round that has come to its selection. */
    private void order(SelectionRule... rules) throws Exception {
        id = in(() -> {
            NewTrainingRound wanted = new NewTrainingRound(null, dataset.id(), null, null, null, null, null, null, null, List.of(rules), null, null, null, null, null,
                    null);
            TrainingRound round = new TrainingRound("tuned", dataset, champion, List.of(Prompt.of("cat"), Prompt.of("dog")),
                    RoundDefaults.settings(wanted, List.of(dataset.id())), "ordered", "ann");
            rounds.add(round);
            round.counts(0, 0, IMAGES);
            round.begin();
            return round.id();
        });
    }

    /** Images for the teacher with boxes, of which a tenth lie where a reviewer has rejected one. */
    private void teach() throws Exception {
        in(() -> {
            sql("insert into images (dataset_id, file_name, path, width, height, orientation, sha256) select " + dataset.id()
                    + ", n || '.jpg', '/' || n || '.jpg', 100, 100, 1, lpad(to_hex(n), 64, '0') from generate_series(1, " + IMAGES + ") as n");
            sql("insert into training_round_images (round_id, image_id, sha256, gold, rejected) select " + id + ", id, sha256, '[]', case when id % 10 = 0 then"
                    + " jsonb_build_array(jsonb_build_object('id', 1, 'category', " + cat + ", 'x', 0, 'y', 0, 'width', 10, 'height', 10, 'crowd', false)) else '[]' end"
                    + " from images where dataset_id = " + dataset.id());
            // Scores in two heaps, some of them alike; agreement from 0 to 1.
            return sql("insert into training_round_boxes (round_id, image_id, ordinal, category_id, x, y, width, height, score, agreement) select " + id
                    + ", i.id, n, case when n % 3 = 2 then " + dog + " else " + cat + " end, 20 * n, 0, 10, 10,"
                    + " (case when (i.id * 7 + n) % 3 = 0 then 0.6 else 0.2 end) + ((i.id * 13 + n * 5) % 17) / 100.0, ((i.id * 3 + n * 11) % 21) / 20.0"
                    + " from images i cross join generate_series(0, " + (BOXES - 1) + ") as n where i.dataset_id = " + dataset.id());
        });
    }

    private int sql(String statement) {
        return entities.createNativeQuery(statement).executeUpdate();
    }

    private List<RoundImage> images() {
        return rounds.images(id, Set.of(RoundImage.Role.values()), 0, 2 * IMAGES);
    }

    private List<RoundBox> boxes() {
        return rounds.boxes(id, images().stream().map(RoundImage::imageId).toList());
    }

    /**
     * Goes through all images, as servers that are killed after each transaction.
     *
     * @return how many transactions there were
     */
    private int select() throws Exception {
        int transactions = 0;
        while (true) {
            entities.clear();
            SelectionWork work = new SelectionWork(rounds, selections);
            Optional<Pass> pass = in(() -> work.pass(id));
            if (pass.isEmpty()) {
                return transactions;
            }
            in(() -> work.goOn(id, 1, pass.get()));
            progress.add(in(() -> rounds.find(id).orElseThrow()).selectedImages());
            transactions++;
        }
    }

    /** What all boxes at once would have become. */
    private List<String> atOnce(List<Selection> chosen) throws Exception {
        List<RoundBox> boxes = in(this::boxes);
        FoundBoxes found = new FoundBoxes(boxes.size());
        BitSet decided = new BitSet();
        for (RoundBox box : boxes) {
            decided.set(found.size(), box.imageId() % 10 == 0 && box.categoryId() == cat && box.box().x() == 0);
            found.add(box.found(), box.ordinal());
        }
        return SelectionRun.of(found, decided, chosen).marks().stream().map(Mark::dropped).toList();
    }

    @Test
    void piecesOfAnyNumberOfRestartsComeToWhatAllAtOnceWould() throws Exception {
        order(SelectionRule.of("loose-image"), new SelectionRule("class-adaptive", 0.1, null, null, null, null, null),
                new SelectionRule("agreement", 0.3, null, null, null, null, null), new SelectionRule("quota", null, null, null, null, null, 1.0));
        teach();
        // Of the shares that quotas go by.
        in(() -> sql("update training_round_images set gold = cast('[{\"id\": 1, \"category\": " + cat + ", \"x\": 200, \"y\": 0, \"width\": 5, \"height\": 5, \"crowd\": false},"
                + "{\"id\": 2, \"category\": " + dog + ", \"x\": 200, \"y\": 0, \"width\": 5, \"height\": 5, \"crowd\": false}]' as jsonb) where round_id = " + id));
        List<String> expected = atOnce(List.of(Selection.LooseImage.DEFAULT, new Selection.ClassAdaptive(10, 0.5, 0.1), new Selection.Agreement(0.3),
                new Selection.Quota(Map.of(cat, 0.5, dog, 0.5), 1)));
        assertThat(expected).contains("", "human", "class-adaptive", "agreement", "quota");
        // Three passes of three pieces, and the end of each.
        assertThat(select()).isEqualTo(3 * 4);
        assertThat(progress).containsExactly(66, 133, 150, 150, 216, 283, 300, 300, 366, 433, IMAGES, IMAGES);
        List<RoundBox> boxes = in(this::boxes);
        assertThat(boxes).extracting(box -> box.droppedBy().orElse("")).isEqualTo(expected);
        assertThat(boxes).allMatch(box -> box.selected().orElseThrow() == box.droppedBy().isEmpty());
        assertThat(in(() -> new SelectionWork(rounds, selections).goOn(id, 1, new Pass(2, List.of(), true)))).as("all is done").isFalse();

        TrainingRound round = in(() -> rounds.find(id).orElseThrow());
        Map<Long, List<Chosen>> thresholds = in(() -> new SelectionWork(rounds, selections).thresholds(round, Set.of(cat, dog)));
        assertThat(thresholds.get(cat)).singleElement().satisfies(chosen -> {
            assertThat(chosen.strategy()).isEqualTo("class-adaptive");
            assertThat(chosen.source()).isEqualTo(Source.FITTED);
            assertThat(chosen.least()).isBetween(0.36, 0.6);
        });
        List<CategorySelection> outcome = in(() -> selections.outcome(id, Map.of(cat, "cat", dog, "dog", 0L, "none"), thresholds));
        assertThat(outcome).extracting(CategorySelection::name).containsExactly("none", "cat", "dog");
        assertThat(outcome.get(0).found()).isZero();
        assertThat(outcome.get(1).dropped().get("human")).isEqualTo(IMAGES / 10);
        assertThat(outcome).allSatisfy(row -> assertThat(row.selected() + row.dropped().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(row.found()));
        assertThat(outcome.stream().mapToInt(CategorySelection::found).sum()).isEqualTo(IMAGES * BOXES);
        assertThat(outcome.stream().mapToInt(CategorySelection::selected).sum()).isEqualTo((int) expected.stream().filter(String::isEmpty).count());
    }

    @Test
    void thresholdsAreLearntFromWhatIsRightOnGold() throws Exception {
        order(SelectionRule.of("agreement"), SelectionRule.of("gold"));
        teach();
        List<Image> gold = in(() -> rounds.images(dataset.id()).subList(0, 20));
        in(() -> sql("update training_round_images set role = 'GOLD', gold = cast('[{\"id\": 1, \"category\": " + cat + ", \"x\": 0, \"y\": 0, \"width\": 10, \"height\": 10,"
                + " \"crowd\": false}]' as jsonb) where round_id = " + id + " and image_id <= " + gold.get(19).id()));
        in(() -> sql("delete from training_round_boxes where round_id = " + id + " and image_id <= " + gold.get(19).id()));
        assertThat(in(() -> selections.judge(id, champion.id(), gold, 10))).isEqualTo(20);
        in(() -> rounds.untaught(id, 1000)).forEach(image -> assertThat(image.frozen().judged()).isEqualTo(image.frozen().role() == RoundImage.Role.GOLD));
        // A cat that is there, with 0.4; one that is not, with 0.3; and what other views do not confirm, however sure it is.
        for (Image image : gold) {
            List<PseudoBox> found = List.of(box(image, 0, 0.4, 1), box(image, 50, 0.3, 1), box(image, 70, 0.9, 0.1));
            RoundImage frozen = in(() -> selections.judged(id, image.id())).orElseThrow();
            in(() -> {
                selections.judge(id, JudgedBoxes.judge(frozen, found));
                return null;
            });
        }
        select();
        TrainingRound round = in(() -> rounds.find(id).orElseThrow());
        Map<Long, List<Chosen>> thresholds = in(() -> new SelectionWork(rounds, selections).thresholds(round, Set.of(cat, dog)));
        assertThat(thresholds.get(cat)).containsExactly(new Chosen("gold", 0.4, Source.GOLD));
        assertThat(thresholds.get(dog)).containsExactly(new Chosen("gold", 0.4, Source.POOLED));
        assertThat(in(this::boxes)).allSatisfy(box -> assertThat(box.droppedBy().orElse(""))
                .isEqualTo(isRejected(box) ? "human" : box.agreement() < 0.5 ? "agreement" : box.score() < 0.4 ? "gold" : ""));
    }

    private boolean isRejected(RoundBox box) {
        return box.imageId() % 10 == 0 && box.categoryId() == cat && box.box().x() == 0;
    }

    private PseudoBox box(Image image, double x, double score, double agreement) {
        return new PseudoBox(image.id(), cat, Box.xywh(x, 0, 10, 10), score, agreement);
    }

    /** Of gold that the champion has learnt, nobody can see how it does elsewhere. */
    @Test
    void goldThatTheTeacherHasNotSeenIsPreferred() throws Exception {
        order(SelectionRule.of("gold"));
        teach();
        List<Image> gold = in(() -> rounds.images(dataset.id()).subList(0, 30));
        in(() -> sql("update training_round_images set role = 'GOLD', gold = cast('[{\"id\": 1, \"category\": " + cat + ", \"x\": 0, \"y\": 0, \"width\": 10, \"height\": 10,"
                + " \"crowd\": false}]' as jsonb) where round_id = " + id + " and image_id <= " + gold.get(29).id()));
        in(() -> sql("insert into fine_tunes (name, dataset_id, base_id, prompts, settings, subset, snapshot_sha256, images, boxes, status, phase, model_version_id, started_by)"
                + " values ('tuned', " + dataset.id() + ", " + champion.id() + ", '[]', '{}', '{}', 'none', 1, 0, 'COMPLETED', 'DONE', " + champion.id() + ", 'ann')"));
        in(() -> sql("insert into fine_tune_images (fine_tune_id, image_id, sha256, gold) select max(f.id), i.id, i.sha256, '[]' from fine_tunes f cross join images i"
                + " where f.model_version_id = " + champion.id() + " and i.dataset_id = " + dataset.id() + " and i.id <= " + gold.get(9).id() + " group by i.id"));
        assertThat(in(() -> selections.judge(id, champion.id(), gold, 10))).isEqualTo(20);
        TrainingRound round = in(() -> rounds.find(id).orElseThrow());
        assertThat(in(() -> selections.judged(round)).seen()).isFalse();
        in(() -> sql("update training_round_images set judged = false where round_id = " + id));
        assertThat(in(() -> selections.judge(id, champion.id(), gold, 21))).as("too little of it").isEqualTo(30);
        assertThat(in(() -> selections.judged(round)).seen()).isTrue();
    }

    @Test
    void ofWhatNobodyLookedForNothingIsRightOrWrong() throws Exception {
        order(SelectionRule.of("gold"));
        teach();
        List<Image> some = in(() -> rounds.images(dataset.id()).subList(0, 1));
        in(() -> sql("update training_round_images set role = 'GOLD', judged = true, absent = '{}', not_exhaustive = '{}', gold = cast('[{\"id\": 1, \"category\": " + cat
                + ", \"x\": 0, \"y\": 0, \"width\": 10, \"height\": 10, \"crowd\": false}]' as jsonb) where round_id = " + id + " and image_id = " + some.get(0).id()));
        RoundImage frozen = in(() -> selections.judged(id, some.get(0).id())).orElseThrow();
        PseudoBox strange = new PseudoBox(some.get(0).id(), dog, Box.xywh(50, 0, 10, 10), 0.9, 1);
        List<PseudoBox> found = new ArrayList<>(List.of(strange, box(some.get(0), 1, 0.8, 1), box(some.get(0), 0, 0.7, 1), box(some.get(0), 60, 0.2, 1)));
        assertThat(JudgedBoxes.judge(frozen, found)).extracting(judged -> judged.box().score(), JudgedBoxes.Judged::right)
                .containsExactly(tuple(0.8, true), tuple(0.7, false), tuple(0.2, false));
    }
}

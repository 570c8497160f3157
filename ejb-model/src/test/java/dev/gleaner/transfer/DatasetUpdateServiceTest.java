package dev.gleaner.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.annotation.Annotation.Status;
import dev.gleaner.annotation.FiledBox;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.Pictures;
import dev.gleaner.glip.Box;
import dev.gleaner.review.ImportedDecisionsOf;
import dev.gleaner.review.ReviewDecision.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a second file does to a dataset that is there, on a PostgreSQL of its own. */
class DatasetUpdateServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();
    private static int number;

    @TempDir
    private Path folder;
    private ImportHarness harness;
    private DatasetUpdateService updates;
    private Dataset dataset;

    /** Two images of 40 x 30, the first with a cat at the left and a dog at the right, the second, a turned one, with a cat. */
    @BeforeEach
    void importADataset() throws Exception {
        number++;
        harness = new ImportHarness(database, folder);
        updates = new DatasetUpdateService(harness.datasets, harness.annotations, harness.projects, harness.roots, ImportedDecisionsOf.of(database.entities()));
        Files.createDirectories(folder.resolve("images"));
        Pictures.write(folder.resolve("images/a.jpg"), 40, 30 + number);
        Pictures.writeTurned(folder.resolve("images/b.jpg"), 30 + number, 40, 6);
        dataset = harness.importAll(harness.register("set " + number, source(write("first.csv", "a.jpg,cat,0,0,10,10", "a.jpg,dog,20,0,10,10", "b.jpg,cat,5,5,10,10"))));
        assertThat(dataset.status()).isEqualTo(Dataset.Status.READY);
    }

    @Test
    void theFileItCameFromChangesNothing() throws Exception {
        DatasetDifference difference = difference(folder.resolve("first.csv"));

        assertThat(difference.differences()).isZero();
        assertThat(difference.images()).isEqualTo(2);
        assertThat(follow(folder.resolve("first.csv"), difference.token(), false)).isEqualTo(new DatasetUpdateService.Update(0, 0));
        assertThat(boxes()).allMatch(box -> box.endsWith("IMPORTED"));
    }

    @Test
    void theDifferenceIsShownBeforeItIsFollowedAndThenThereIsNone() throws Exception {
        Path second = write("second.csv", "a.jpg,cat,1,0,10,10", "a.jpg,bird,20,0,10,10", "a.jpg,cat,30,20,5,5", "c.jpg,cat,0,0,5,5", "b.jpg,,,,,");

        DatasetDifference difference = difference(second);

        assertThat(difference.samples()).extracting(sample -> sample.kind() + " " + sample.image().fileName()).containsExactlyInAnyOrder(
                "MOVED a.jpg", "RELABELLED a.jpg", "ADDED a.jpg", "REMOVED b.jpg");
        assertThat(difference.unknownImages()).isOne();
        assertThat(boxes()).as("nothing happened yet").allMatch(box -> box.endsWith("IMPORTED"));

        assertThat(follow(second, difference.token(), false)).isEqualTo(new DatasetUpdateService.Update(4, 0));

        assertThat(boxes()).containsExactlyInAnyOrder("a.jpg cat 1.0 CORRECTED", "a.jpg bird 20.0 CORRECTED", "a.jpg cat 30.0 ACCEPTED", "b.jpg cat 5.0 REJECTED");
        assertThat(difference(second).differences()).isZero();
        assertThat(database.count("review_decisions where dataset_id = " + dataset.id() + " and reviewer = 'ann' and action = 'DECIDE'")).isEqualTo(2);

        database.inTransaction(() -> ImportedDecisionsOf.undoing(database.entities()).undo("request " + number, "undo " + number, Origin.API, "ann"));
        assertThat(boxes()).as("as it was").containsExactlyInAnyOrder("a.jpg cat 0.0 IMPORTED", "a.jpg dog 20.0 IMPORTED", "b.jpg cat 5.0 IMPORTED");
    }

    /** It lies elsewhere, where nobody may import from. */
    @Test
    void aFileThatWasSentIsComparedWithTheImagesThatAreThere(@TempDir Path elsewhere) throws Exception {
        Path sent = Files.writeString(elsewhere.resolve("sent.csv"), "image,category,x,y,width,height\na.jpg,cat,1,0,10,10\na.jpg,dog,20,0,10,10\n");

        DatasetDifference difference = database.inTransaction(() -> updates.difference(dataset.id(), "csv", sent));

        assertThat(difference.samples()).extracting(sample -> sample.kind() + " " + sample.image().fileName()).containsExactly("MOVED a.jpg");
        assertThat(database.inTransaction(() -> updates.follow(dataset.id(), "csv", sent, difference.token(), false, "sent " + number, Origin.API, "ann")))
                .isEqualTo(new DatasetUpdateService.Update(1, 0));
        assertThatThrownBy(() -> updates.difference(dataset.id(), "voc", sent)).isInstanceOf(InvalidInput.class).hasMessageContaining("voc");
        assertThatThrownBy(() -> updates.difference(dataset.id(), "csv", null)).isInstanceOf(InvalidInput.class).hasMessageContaining("file");
    }

    @Test
    void whatAHumanDecidedStaysUnlessItIsAskedFor() throws Exception {
        decide("cat", "b.jpg", box -> box.reject("bob", Instant.now()));
        decide("dog", "a.jpg", box -> box.correct(box.categoryId(), Box.xywh(20, 0, 12, 12), "bob", Instant.now()));

        DatasetDifference difference = difference(folder.resolve("first.csv"));

        assertThat(difference.samples()).extracting(sample -> sample.kind() + " " + sample.image().fileName() + " " + sample.againstDecision())
                .containsExactlyInAnyOrder("MOVED a.jpg true", "ADDED b.jpg true");
        assertThat(difference.againstDecisions()).isEqualTo(2);
        assertThat(follow(folder.resolve("first.csv"), difference.token(), false)).isEqualTo(new DatasetUpdateService.Update(0, 2));
        assertThat(boxes()).contains("a.jpg dog 20.0 CORRECTED", "b.jpg cat 5.0 REJECTED");

        assertThat(follow(folder.resolve("first.csv"), difference.token(), true)).isEqualTo(new DatasetUpdateService.Update(2, 0));
        assertThat(boxes()).contains("a.jpg dog 20.0 CORRECTED", "b.jpg cat 5.0 ACCEPTED");
        assertThat(difference(folder.resolve("first.csv")).differences()).isZero();
    }

    @Test
    void aDifferenceThatWasNotSeenIsNotFollowed() throws Exception {
        Path second = write("second.csv", "a.jpg,cat,1,0,10,10", "a.jpg,dog,20,0,10,10");
        String seen = difference(second).token();
        decide("cat", "a.jpg", box -> box.accept("bob", Instant.now()));

        assertThatThrownBy(() -> follow(second, seen, true)).isInstanceOf(Conflict.class).hasMessageContaining("not the one that was seen");
        assertThat(boxes()).contains("a.jpg cat 0.0 ACCEPTED");
    }

    @Test
    void aSourceWithErrorsIsNotFollowed() throws Exception {
        Path broken = write("broken.csv", "a.jpg,cat,100,100,10,10", "a.jpg,dog,one,0,10,10");

        DatasetDifference difference = difference(broken);

        assertThat(difference.preflight().groups()).extracting(group -> group.code()).containsExactlyInAnyOrder(Code.BOX_OUTSIDE, Code.INVALID_BOX);
        assertThatThrownBy(() -> follow(broken, difference.token(), false)).isInstanceOf(Conflict.class).hasMessageContaining("2 errors");
        assertThat(boxes()).hasSize(3).allMatch(box -> box.endsWith("IMPORTED"));
    }

    @Test
    void aFolderHasNothingToCompare() {
        assertThatThrownBy(() -> updates.difference(dataset.id(), new RequestedSource("folder", folder.resolve("images").toString(), null, false)))
                .isInstanceOf(InvalidInput.class);
    }

    private interface Decision {
        void about(Annotation box);
    }

    private void decide(String category, String image, Decision decision) throws Exception {
        database.inTransaction(() -> {
            for (FiledBox box : harness.annotations.filed(dataset.id(), Status.SHOWN, 0, 100)) {
                if (box.category().equals(category) && harness.datasets.findImage(box.annotation().imageId()).orElseThrow().fileName().equals(image)) {
                    decision.about(box.annotation());
                }
            }
            return null;
        });
    }

    private Path write(String name, String... rows) throws Exception {
        return Files.writeString(folder.resolve(name), "image,category,x,y,width,height\n" + String.join("\n", rows) + "\n");
    }

    private RequestedSource source(Path csv) {
        return new RequestedSource("csv", csv.toString(), folder.resolve("images").toString(), false);
    }

    private DatasetDifference difference(Path csv) throws Exception {
        return database.inTransaction(() -> updates.difference(dataset.id(), new RequestedSource("csv", csv.toString(), null, false)));
    }

    private DatasetUpdateService.Update follow(Path csv, String token, boolean overDecisions) throws Exception {
        return database.inTransaction(() -> updates.follow(dataset.id(), new RequestedSource("csv", csv.toString(), null, false), token, overDecisions,
                "request " + number + (overDecisions ? " over decisions" : ""), Origin.API, "ann"));
    }

    private List<String> boxes() throws Exception {
        return database.inTransaction(() -> harness.annotations.filed(dataset.id(), Status.SHOWN, 0, 100).stream()
                .map(box -> harness.datasets.findImage(box.annotation().imageId()).orElseThrow().fileName() + " " + box.category() + " " + box.annotation().box().x() + " "
                        + box.annotation().status()).toList());
    }
}

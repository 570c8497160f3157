package dev.gleaner.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.TestDatabase;
import dev.gleaner.annotation.Annotation;
import dev.gleaner.dataset.Dataset;
import dev.gleaner.dataset.Image;
import dev.gleaner.dataset.RequestedSource;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.Pictures;
import dev.gleaner.format.Preflight;
import dev.gleaner.remote.RemoteSettings;
import dev.gleaner.remote.StandInHost;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Imports of images that are not on this machine. */
class RemoteImportTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @TempDir
    private Path folder;
    private StandInHost host;
    private ImportHarness harness;

    @BeforeEach
    void wire() throws Exception {
        host = new StandInHost();
        for (String name : List.of("a", "b")) {
            Path file = folder.resolve(name + ".jpg");
            Pictures.write(file, 40, name.equals("a") ? 30 : 32);
            host.put("/set/" + name + ".jpg", Files.readAllBytes(file));
            Files.delete(file);
        }
        harness = new ImportHarness(database, folder, RemoteSettings.of(Map.of("GLEANER_REMOTE_HOSTS", host.host(), "GLEANER_REMOTE_PRIVATE", "on")));
    }

    @AfterEach
    void emptyTables() throws Exception {
        host.close();
        database.inTransaction(() -> database.entities()
                .createNativeQuery("truncate datasets, dataset_imports, categories restart identity cascade").executeUpdate());
    }

    private Dataset importOf(String type, String file, String content, boolean lenient) throws Exception {
        Path path = Files.writeString(folder.resolve(file), content);
        return harness.importAll(harness.register(file, new RequestedSource(type, path.toString(), null, lenient)));
    }

    private List<Image> images(Dataset dataset) throws Exception {
        return database.inTransaction(() -> harness.datasets.images(dataset.id(), 0, 10));
    }

    private String name(String path) {
        return "127.0.0.1_" + host.port() + path;
    }

    private String export(Dataset dataset, String format) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        database.inTransaction(() -> {
            harness.exports.write(harness.exports.check(dataset.id(), format, Set.of(Annotation.Status.IMPORTED), false), out);
            return null;
        });
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aListOfAddressesBecomesADatasetWithoutThoseThatCannotBeHad() throws Exception {
        Dataset done = importOf("urls", "list.txt", "# photos\n%s?X-Amz-Signature=secret\n\n%s\n%s\nhttp://elsewhere.example/c.jpg\nno address\n"
                .formatted(host.url("/set/a.jpg"), host.url("/set/b.jpg"), host.url("/set/gone.jpg")), false);

        assertThat(done.status()).isEqualTo(Dataset.Status.READY);
        assertThat(images(done)).extracting(Image::fileName, Image::height, image -> image.address().orElseThrow().text())
                .containsExactly(tuple(name("/set/a.jpg"), 30, host.url("/set/a.jpg") + "?X-Amz-Signature=secret"), tuple(name("/set/b.jpg"), 32, host.url("/set/b.jpg")));
        assertThat(done.preflight().orElseThrow().groups()).flatExtracting(Preflight.Group::samples).extracting(Preflight.Sample::file, Preflight.Sample::message)
                .containsExactlyInAnyOrder(
                        tuple(null, "line 7: it is no address; expected http://, https:// or s3:// and where the image is"),
                        tuple(name("/set/gone.jpg"), host.url("/set/gone.jpg") + " answers 404"),
                        tuple("elsewhere.example/c.jpg", "elsewhere.example is no host that may be asked; expected one of GLEANER_REMOTE_HOSTS"));
        long image = images(done).get(0).id();
        assertThat(harness.service.file(image)).hasFileName(images(done).get(0).sha256());
        assertThat(export(done, "csv")).contains(host.url("/set/a.jpg") + ",40,30").doesNotContain("secret");
    }

    @Test
    void anImageThatIsAnotherByNowIsNotShown() throws Exception {
        Dataset done = importOf("urls", "list.txt", host.url("/set/a.jpg"), false);
        Image image = images(done).get(0);
        Files.delete(harness.service.file(image.id()));
        assertThat(harness.service.file(image.id())).as("fetched again").exists();

        Files.delete(harness.service.file(image.id()));
        host.put("/set/a.jpg", new byte[] {1, 2, 3});
        assertThatThrownBy(() -> harness.service.file(image.id())).isInstanceOf(NotFound.class)
                .hasMessage("there is no file of image " + image.id() + ": changed since it was imported: " + host.url("/set/a.jpg"));
    }

    @Test
    void boxesComeWithAddresses() throws Exception {
        String coco = """
                {"images": [{"id": 1, "file_name": "a.jpg", "coco_url": "%s", "width": 40, "height": 30}, {"id": 2, "file_name": "%s", "width": 40, "height": 32}],
                 "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}, {"id": 2, "image_id": 2, "category_id": 7, "bbox": [5, 6, 7, 8]}],
                 "categories": [{"id": 7, "name": "cat"}]}""".formatted(host.url("/set/a.jpg"), host.url("/set/b.jpg"));
        Dataset done = importOf("coco", "coco.json", coco, false);
        assertThat(done.status()).as(done.preflight().toString()).isEqualTo(Dataset.Status.READY);
        assertThat(done.annotationCount()).isEqualTo(2);
        assertThat(images(done)).extracting(Image::fileName).containsExactly(name("/set/b.jpg"), "a.jpg");

        // What goes out comes back, as long as it is where it was.
        for (Map.Entry<String, String> format : Map.of("coco", "again.json", "csv", "again.csv", "label-studio", "studio.json").entrySet()) {
            String exported = export(done, format.getKey());
            Dataset again = importOf(format.getKey(), format.getValue(), exported, false);
            assertThat(again.preflight().orElseThrow().errors()).as(format.getKey() + again.preflight()).isZero();
            assertThat(again.annotationCount()).as(format.getKey()).isEqualTo(2);
            assertThat(images(again)).extracting(image -> image.address().orElseThrow().text()).containsExactlyInAnyOrder(host.url("/set/a.jpg"), host.url("/set/b.jpg"));
            database.inTransaction(() -> database.entities().createNativeQuery("delete from datasets where id = " + again.id()).executeUpdate());
        }
    }

    @Test
    void aStrictSourceIsRefusedForWhatCannotBeHad() throws Exception {
        String csv = "image,category,x,y,width,height\n%s,cat,1,2,3,4\n%s,cat,1,2,3,4\n".formatted(host.url("/set/a.jpg?token=secret"), host.url("/set/gone.jpg?token=secret"));
        Dataset refused = importOf("csv", "boxes.csv", csv, false);
        assertThat(refused.status()).isEqualTo(Dataset.Status.REJECTED);
        assertThat(refused.preflight().orElseThrow().groups()).extracting(Preflight.Group::code).contains(Code.UNREACHABLE_IMAGE);
        assertThat(refused.preflight().toString()).contains(host.url("/set/gone.jpg") + " answers 404").doesNotContain("secret");
    }

    @Test
    void aFolderOfAStoreNeedsAStore() {
        assertThatThrownBy(() -> harness.register("store", new RequestedSource("folder", "s3://pictures/photos", null, false)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("no S3-compatible store is known here");
        for (String path : List.of("s3://pictures/a//b", "s3://pictures/../x")) {
            assertThatThrownBy(() -> harness.register("store", new RequestedSource("folder", path, null, false)))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("without empty parts");
        }
        assertThatThrownBy(() -> harness.register("store", new RequestedSource("coco", "s3://pictures/coco.json", null, false)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("a COCO JSON file on the server");
    }
}

package dev.gleaner.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.format.RemoteAddress;
import dev.gleaner.format.Sha256;
import dev.gleaner.format.SourceImage;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.SourceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {

    private static final String ODD = "a b/Übung 100%+?#&=/snow ☃.jpg";

    private static StandInStore store;
    @TempDir
    private Path home;
    private RemoteImages images;

    @BeforeAll
    static void start() throws Exception {
        store = new StandInStore();
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @BeforeEach
    void open() {
        images = images(StandInStore.SECRET);
    }

    @AfterEach
    void close() throws IOException {
        images.close();
    }

    /** Three names to a page. */
    private RemoteImages images(String secret) {
        return new RemoteImages(home, RemoteSettings.of(store.settings(secret)), Patience.DEFAULT, 3);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<SourceImage> list(String folder) throws IOException {
        List<SourceImage> listed = new ArrayList<>();
        try (SourceReader reader = images.folder(new RemoteAddress(folder))) {
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                listed.add((SourceImage) item.get());
            }
        }
        return listed;
    }

    @Test
    void aFolderIsListedPageByPage() throws IOException {
        IntStream.range(0, 10).forEach(i -> store.put("paged", "photos/" + i + ".jpg", bytes("" + i)));
        store.put("paged", "photos/deep/er.PNG", bytes("x"));
        store.put("paged", "photos/notes.txt", bytes("x"));
        store.put("paged", "photos/.hidden/x.jpg", bytes("x"));
        store.put("paged", "photographs/x.jpg", bytes("x"));

        List<SourceImage> listed = list("s3://paged/photos");

        assertThat(listed).extracting(SourceImage::fileName).containsExactlyInAnyOrder("0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg", "8.jpg",
                "9.jpg", "deep/er.PNG");
        assertThat(listed).extracting(image -> image.address().orElseThrow().text()).contains("s3://paged/photos/7.jpg");
        assertThat(list("s3://paged/photos/")).hasSize(11);
        assertThat(list("s3://paged")).hasSize(12);
        assertThat(list("s3://paged/nothing")).isEmpty();
    }

    @Test
    void anyKeyIsRead() throws IOException {
        store.put("odd", ODD, bytes("odd"));

        SourceImage listed = list("s3://odd").get(0);

        assertThat(listed.address()).contains(new RemoteAddress("s3://odd/" + ODD));
        assertThat(listed.fileName()).isEqualTo("a b/Übung 100%+_#&=/snow ☃.jpg");
        assertThat(images.bytes(listed.address().get(), Sha256.of(bytes("odd")))).isEqualTo(bytes("odd"));
    }

    @Test
    void anotherObjectUnderTheKeyIsAnError() {
        store.put("changing", "a.jpg", bytes("new"));
        assertThatThrownBy(() -> images.bytes(new RemoteAddress("s3://changing/a.jpg"), Sha256.of(bytes("old")))).isInstanceOf(UnreachableImage.class)
                .hasMessage("changed since it was imported: s3://changing/a.jpg");
    }

    @Test
    void whatIsNotThereIsToldInTheStoresWords() {
        store.put("poor", "a.jpg", bytes("x"));
        assertThatThrownBy(() -> images.fetch(new RemoteAddress("s3://poor/b.jpg"))).isInstanceOf(UnreachableImage.class).hasMessageContaining("answers 404, NoSuchKey");
        assertThatThrownBy(() -> list("s3://nowhere/x")).isInstanceOf(UnreachableImage.class).hasMessageContaining("answers 404, NoSuchBucket");
    }

    @Test
    void aWrongKeyIsToldWithoutIt() throws IOException {
        store.put("closed", "a.jpg", bytes("x"));
        RemoteImages stranger = images("guessed-key");
        assertThatThrownBy(() -> stranger.fetch(new RemoteAddress("s3://closed/a.jpg"))).isInstanceOf(UnreachableImage.class).hasMessageContaining("answers 403")
                .hasMessageNotContaining("guessed-key").hasMessageNotContaining("the-access-key");
        stranger.close();
    }

    @Test
    void whatIsTooLongIsLeft() throws IOException {
        store.put("long", "a.jpg", new byte[1001]);
        Patience p = Patience.DEFAULT;
        RemoteImages small = new RemoteImages(home, RemoteSettings.of(store.settings(StandInStore.SECRET)),
                new Patience(1000, p.connect(), p.silence(), p.attempt(), p.image(), p.attempts(), p.pause()), 3);
        assertThatThrownBy(() -> small.fetch(new RemoteAddress("s3://long/a.jpg"))).isInstanceOf(UnreachableImage.class).hasMessageContaining("expected at most 1000");
        small.close();
    }
}

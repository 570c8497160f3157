package dev.gleaner.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Settings;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.Glip.PreparedImage;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.modelversion.LoadedModel;
import dev.gleaner.remote.RemoteImages;
import dev.gleaner.remote.RemoteSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceLaneTest {

    private static final Detection CAT = new Detection("cat", "cat", Box.xywh(1, 2, 3, 4), 0.75);
    /** SHA-256 of "photo", from sha256sum. */
    private static final String PHOTO = "55c64d0fcd6f9d5f7c828093857e3fdfda68478bb4e9bd24d481ef391c7804e8";

    @TempDir
    private Path folder;

    /** An image is its text here. The model knows cats, fails on what its test says, and cannot decode "broken". */
    private static class FakeModel implements LoadedModel {

        private final Set<String> fatal;
        private final String failure;
        private boolean closed;

        FakeModel(String failure, String... fatal) {
            this.failure = failure;
            this.fatal = Set.of(fatal);
        }

        @Override
        public PreparedImage decode(byte[] encoded) throws IOException {
            String text = encoded[0] == (byte) 0x89 ? "plain grey" : new String(encoded, StandardCharsets.UTF_8);
            if (text.equals("broken")) {
                throw new IOException("no image");
            }
            return new TextImage(text);
        }

        @Override
        public List<Detection> detect(PreparedImage image, List<Prompt> prompts, Chunking chunking, Thresholds thresholds) {
            if (fatal.contains(((TextImage) image).text)) {
                throw new IllegalStateException(failure);
            }
            return List.of(CAT);
        }

        @Override
        public List<Detection> detect(PreparedImage image, String caption, Thresholds thresholds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T use(Function<Glip, T> work) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private record TextImage(String text) implements PreparedImage {
        @Override
        public int width() {
            return 1;
        }

        @Override
        public int height() {
            return 1;
        }
    }

    private static InferenceLane lane(LoadedModel model) {
        return new InferenceLane(model, List.of(Prompt.of("cat")), Chunking.PACKED, Thresholds.all(0.5), new StoredImages(new DecodingRoom(8 << 20),
                new RemoteImages(new Settings(Path.of("nowhere"), "cpu", List.of(), Optional.empty(), false), RemoteSettings.NONE)));
    }

    private PendingImage image(String content, String sha256) throws IOException {
        Path file = Files.writeString(folder.resolve("image"), content);
        return new PendingImage(7, file, 100, 100, sha256);
    }

    private static DecodedImage decoded(String text) {
        return DecodedImage.of(7, new TextImage(text));
    }

    @Test
    void labelsAnImage() throws IOException {
        InferenceLane lane = lane(new FakeModel(""));

        assertThat(lane.detect(lane.decode(image("photo", PHOTO)))).isEqualTo(new DetectedImage(7, List.of(CAT), Optional.empty()));
    }

    @Test
    void quarantinesWhatChangedSinceItsImport() throws IOException {
        InferenceLane lane = lane(new FakeModel(""));

        assertThat(lane.detect(lane.decode(image("another", PHOTO))).quarantine()).get().asString()
                .startsWith("changed since it was imported").contains(folder.toString());
    }

    @Test
    void quarantinesWhatIsGone() {
        InferenceLane lane = lane(new FakeModel(""));

        assertThat(lane.decode(new PendingImage(7, folder.resolve("none"), 1, 1, PHOTO)).unusable()).get().asString()
                .startsWith("gone since it was imported");
    }

    @Test
    void quarantinesWhatCannotBeFetchedWithoutWaitingForRoom() {
        InferenceLane lane = lane(new FakeModel(""));

        assertThat(lane.decode(new PendingImage(7, Optional.empty(), RemoteAddress.of("s3://pictures/a.jpg"), 1, 1, PHOTO)).unusable())
                .contains("no S3-compatible store is known here; expected GLEANER_S3_ENDPOINT or GLEANER_S3_REGION");
    }

    @Test
    void quarantinesWhatCannotBeDecoded() throws IOException {
        InferenceLane lane = lane(new FakeModel(""));
        // sha256sum of "broken"
        PendingImage broken = image("broken", "f526795c95399cea27c055c842c3d6ab018ed0fa4f66f701c28ab22dec28237b");

        assertThat(lane.decode(broken).unusable()).get().asString().startsWith("unreadable").contains("no image");
    }

    @Test
    void quarantinesWhatThisServerHasNoMemoryFor() {
        InferenceLane lane = lane(new FakeModel(""));

        assertThat(lane.decode(new PendingImage(7, folder.resolve("huge"), 2000, 1000, PHOTO)).unusable())
                .contains("too large: 2000 x 1000 pixels; this server's memory allows 1048576");
    }

    @Test
    void blamesTheImageWhenTheModelStillAnswersForAnother() {
        InferenceLane lane = lane(new FakeModel("shape mismatch", "odd"));

        assertThat(lane.detect(decoded("odd"))).isEqualTo(
                new DetectedImage(7, List.of(), Optional.of("the model fails on this image: shape mismatch")));
    }

    @Test
    void blamesTheModelWhenItAnswersForNoImage() {
        InferenceLane lane = lane(new FakeModel("device lost", "photo", "plain grey"));

        assertThatThrownBy(() -> lane.detect(decoded("photo"))).hasMessage("device lost");
    }

    @Test
    void blamesNoImageForMissingMemory() {
        InferenceLane lane = lane(new FakeModel("CUDA out of memory. Tried to allocate 2 GiB", "photo"));

        assertThatThrownBy(() -> lane.detect(decoded("photo"))).hasMessageStartingWith("CUDA out of memory");
    }

    @Test
    void givesTheModelBack() {
        FakeModel model = new FakeModel("");

        lane(model).close();

        assertThat(model.closed).isTrue();
    }
}

package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.Settings;
import dev.gleaner.platform.LabelingPlatform;
import dev.gleaner.platform.PlatformConnection;
import dev.gleaner.platform.PlatformTest;
import dev.gleaner.remote.RemoteImages;
import dev.gleaner.remote.RemoteSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** What tests with a stand-in for Label Studio have in common. */
abstract class ConnectedLabelStudioTest extends PlatformTest {

    static final String NAME = LabelStudioPlatform.NAME;

    final StandInLabelStudio labelStudio = new StandInLabelStudio();
    private final Duration answer;

    /** @param answer how long to wait for it */
    ConnectedLabelStudioTest(Duration answer) {
        super(NAME);
        this.answer = answer;
    }

    @Override
    protected LabelingPlatform itself() {
        return new LabelStudioPlatform(client(), null);
    }

    LabelStudioClient client() {
        return new LabelStudioClient(new RemoteImages(new Settings(home, "cpu", List.of(), Optional.empty(), false), RemoteSettings.NONE), answer);
    }

    @AfterEach
    void close() {
        labelStudio.close();
    }

    /** Connects the stand-in, with that many tasks. */
    PlatformConnection connected(int tasks) throws Exception {
        for (int i = 1; i <= tasks; i++) {
            labelStudio.image("/data/upload/1/" + i + ".png", picture(100 + i, 80));
        }
        labelStudio.tasks(tasks, i -> "/data/upload/1/" + i + ".png");
        return in(() -> platform.service.connect(NAME, project.name(), labelStudio.address() + "/", StandInLabelStudio.LEGACY, "1"));
    }

    /** Connects it and fetches the images of its tasks. */
    PlatformConnection imported(int tasks) throws Exception {
        PlatformConnection known = connected(tasks);
        assertThat(in(() -> platform.service.importTasks(NAME, known.id()))).isEqualTo(tasks);
        work();
        return in(() -> platform.connections.get(known.id()));
    }
}

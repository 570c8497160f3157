package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.text.TextChunk;
import dev.gleaner.glip.text.TextPlanner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two tuned texts, "red car. dog" and "cat", as of a list that was too long for one. */
class TunedTextsTest {

    private static final int CLS = 2, SEP = 3, DOT = 4, RED = 5, CAR = 6, DOG = 7, CAT = 8, BUS = 9;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private TextPlanner planner;
    private NDArray first;
    private NDArray second;
    private TunedTexts texts;

    @BeforeEach
    void tune() throws IOException {
        planner = new TextPlanner(BertTokenizer.read(new BufferedReader(
                new StringReader("[PAD]\n[UNK]\n[CLS]\n[SEP]\n.\nred\ncar\ndog\ncat\nbus"))), ". ", 16);
        first = manager.create(1f);
        second = manager.create(2f);
        texts = new TunedTexts(planner, List.of(new TunedTexts.Tuned(planner.planOne(prompts("red car", "dog")), first),
                new TunedTexts.Tuned(planner.planOne(prompts("cat")), second)));
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static List<Prompt> prompts(String... phrases) {
        return Stream.of(phrases).map(Prompt::of).toList();
    }

    @Test
    void eachPhraseIsReadInTheTextItWasTunedIn() {
        List<TextChunk> chunks = texts.plan(prompts("cat", "bus", "Dog (pet)", "red_car", "car"), Glip.Chunking.PACKED);

        assertThat(chunks).hasSize(3);
        assertThat(chunks.get(0).tokens()).containsExactly(CLS, RED, CAR, DOT, DOG, SEP);
        assertThat(chunks.get(0).promptIndex()).containsExactly(2, 3);
        assertThat(chunks.get(0).tokenPositions()).containsExactly(new int[] {4}, new int[] {1, 2});
        assertThat(texts.offset(chunks.get(0))).isSameAs(first);
        assertThat(chunks.get(1).tokens()).containsExactly(CLS, CAT, SEP);
        assertThat(chunks.get(1).promptIndex()).containsExactly(0);
        assertThat(texts.offset(chunks.get(1))).isSameAs(second);
        assertThat(chunks.get(2).tokens()).containsExactly(CLS, BUS, DOT, CAR, SEP);
        assertThat(chunks.get(2).promptIndex()).containsExactly(1, 4);
        assertThat(texts.offset(chunks.get(2))).isNull();
    }

    @Test
    void whatWasNotTunedIsPlannedAsEver() {
        List<TextChunk> chunks = texts.plan(prompts("bus", "red"), Glip.Chunking.OFFICIAL);

        assertThat(chunks).usingRecursiveComparison().isEqualTo(planner.plan(prompts("bus", "red"), Glip.Chunking.OFFICIAL));
        assertThat(texts.plan(List.of(), Glip.Chunking.PACKED)).isEmpty();
    }

    @Test
    void aPromptThatCannotBeReadHasItsOwnNumber() {
        assertThatIllegalArgumentException().isThrownBy(() -> texts.plan(prompts("cat", "dog", "(hidden)"), Glip.Chunking.PACKED))
                .withMessageStartingWith("prompts[2].phrase: \"(hidden)\"");
    }
}

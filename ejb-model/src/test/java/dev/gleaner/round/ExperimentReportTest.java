package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.round.ExperimentStore.Line;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ExperimentReportTest {

    private static Line round(String arm, long seed, int round, double ap, boolean promoted) {
        return new Line(arm + " " + seed + " " + round, arm, seed, round, ap, ap, 0, 0, 0, promoted, promoted, List.of(), "", List.of(), List.of(3, 2, 1), 10, 5, 0.8, 1);
    }

    private static Line attempt(String arm, long seed, double difference, boolean promoted) {
        return new Line(arm + " " + seed, arm, seed, 1, 0.2, 0.2 + 2 * difference, difference, difference - 0.01, difference + 0.01, promoted,
                difference > 0, List.of(), "", List.of(), List.of(), 10, 5, 0.8, 1);
    }

    private static final List<Line> LINES = List.of(round("scenes start", 1, 0, 0.2, true), round("scenes start", 2, 0, 0.18, true),
            round("scenes self", 1, 1, 0.22, true), round("scenes self", 1, 2, 0.26, true),
            round("scenes self", 2, 1, 0.24, true), round("scenes self", 2, 2, 0.24, false),
            attempt("try clean", 1, 0.03, true), attempt("try clean", 2, 0.01, false), attempt("try poisoned", 1, -0.02, false));

    @Test
    void theTablesGiveMeansAndRangesOverSeeds() {
        assertThat(new ExperimentReport(LINES).markdown()).isEqualTo("""
                | scenes | start | round 1 | round 2 | gain | promoted | boxes decided |
                |---|---|---|---|---|---|---|
                | self | 19.0 (18.0 to 20.0) | 23.0 (22.0 to 24.0) | 25.0 (24.0 to 26.0) | +6.0 (+6.0 to +6.0) | 3 of 4 | 24 |

                | rounds | tries | promoted | refused | refused by the figures alone | AP change on held-out gold | AP change on test scenes | boxes right |
                |---|---|---|---|---|---|---|---|
                | clean | 2 | 1 | 1 | 0 | +2.0 (+1.0 to +3.0) | +4.0 (+2.0 to +6.0) | 80 % |
                | poisoned | 1 | 0 | 1 | 1 | -2.0 (-2.0 to -2.0) | -4.0 (-4.0 to -4.0) | 80 % |
                """);
    }

    @Test
    void thePlotIsWellFormedAndShowsEveryTry() throws Exception {
        String svg = new ExperimentReport(LINES).svg();
        assertThat(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg))).getDocumentElement()
                .getAttribute("viewBox")).isEqualTo("0 0 880 340");
        // Two rounds and the legend; three tries and a legend of two.
        assertThat(svg.split("<circle", -1)).hasSize(1 + 3 + 5);
        assertThat(new ExperimentReport(List.of()).svg()).contains("</svg>");
    }

    @Test
    void linesAreReadBackAndOneCutShortIsDoneAgain(@TempDir Path folder) throws IOException {
        ExperimentStore store = new ExperimentStore(folder);
        for (Line line : LINES) {
            store.add(line);
        }
        assertThat(store.lines()).isEqualTo(LINES);
        Files.writeString(folder.resolve("results.jsonl"), "{\"unit\":\"scenes sel", StandardOpenOption.APPEND);
        ExperimentStore again = new ExperimentStore(folder);
        assertThat(again.lines()).isEqualTo(LINES);
        again.add(round("scenes self", 3, 1, 0.3, true));
        assertThat(again.lines()).hasSize(LINES.size() + 1);
        assertThat(again.line("scenes self 3 1")).isPresent();
        assertThat(again.line("scenes self 3 2")).isEmpty();
    }
}

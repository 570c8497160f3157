package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.evaluation.DetectionEvaluation.CategoryResult;
import dev.gleaner.evaluation.TruthCategory.Frequency;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The figures of pycocotools and of the official fixed AP, case by case. */
class DetectionReferenceTest {

    private static GroundTruth truth(String name) throws IOException {
        return CocoJson.readTruth(MetricsReference.folder().resolve(name + "_gt.json"));
    }

    private static List<DetectedBox> detections(String name) throws IOException {
        return CocoJson.readDetections(MetricsReference.folder().resolve(name + "_dt.json"));
    }

    private static JsonNode expected(String name) throws IOException {
        return MetricsReference.read(MetricsReference.folder().resolve(name + "_expected.json"));
    }

    static List<String> cocoCases() throws IOException {
        return MetricsReference.cases("coco_", "_expected.json");
    }

    @ParameterizedTest
    @MethodSource("cocoCases")
    void cocoFiguresAreThoseOfTheStandardTool(String name) throws IOException {
        DetectionEvaluation evaluation = DetectionEvaluation.coco(truth(name), detections(name));
        JsonNode expected = expected(name);

        double[] official = new double[12];
        assertThat(expected.get("stats12")).hasSize(official.length);
        for (int i = 0; i < official.length; i++) {
            official[i] = expected.get("stats12").get(i).asDouble();
        }
        DetectionFigures f = evaluation.figures();
        assertThat(new double[] {f.ap(), f.ap50(), f.ap75(), f.apSmall(), f.apMedium(), f.apLarge(),
                f.ar1(), f.ar10(), f.ar(), f.arSmall(), f.arMedium(), f.arLarge()}).containsExactly(official, within(1e-12));

        JsonNode table = expected.get("per_category_maxdets100_area_all");
        Map<Long, DetectionFigures> rows = evaluation.categories().stream()
                .collect(Collectors.toMap(row -> row.category().id(), CategoryResult::figures));
        assertThat(rows).hasSize(table.size());
        rows.forEach((category, row) -> MetricsReference.assertSame(Map.of("AP", row.ap(), "AP50", row.ap50()),
                table.get(String.valueOf(category))));
    }

    static List<String> lvisCases() throws IOException {
        return MetricsReference.cases("lvis_", "_expected.json");
    }

    @ParameterizedTest
    @MethodSource("lvisCases")
    void lvisFiguresAreThoseOfTheOfficialFixedAp(String name) throws IOException {
        JsonNode expected = expected(name);
        DetectionEvaluation evaluation = DetectionEvaluation.lvis(truth(name), detections(name),
                expected.get("topk_per_category").asInt());

        DetectionFigures all = evaluation.figures();
        Map<String, Double> computed = new TreeMap<>();
        computed.put("AP", all.ap());
        computed.put("AP50", all.ap50());
        computed.put("AP75", all.ap75());
        computed.put("APs", all.apSmall());
        computed.put("APm", all.apMedium());
        computed.put("APl", all.apLarge());
        computed.put("APr", evaluation.figures(Frequency.RARE).ap());
        computed.put("APc", evaluation.figures(Frequency.COMMON).ap());
        computed.put("APf", evaluation.figures(Frequency.FREQUENT).ap());
        computed.put("AR@-1", all.ar());
        computed.put("ARs@-1", all.arSmall());
        computed.put("ARm@-1", all.arMedium());
        computed.put("ARl@-1", all.arLarge());
        MetricsReference.assertSame(computed, expected.get("results"));
    }
}

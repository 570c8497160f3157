package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryPlanTest {

    private static final Map<String, Long> ROWS = Map.of("annotations", 10_000_000L, "review_queues", 25L);

    private static QueryPlan plan(String nodes) throws IOException {
        return new QueryPlan("select", new ObjectMapper().readTree(nodes.replace('\'', '"')));
    }

    @Test
    void aSequentialScanOfABigTableIsNamedWhereverItIs() throws IOException {
        QueryPlan plan = plan("{'Node Type': 'Limit', 'Actual Loops': 1, 'Plans': [{'Node Type': 'Nested Loop', 'Actual Loops': 1, 'Plans': ["
                + "{'Node Type': 'Seq Scan', 'Relation Name': 'review_queues', 'Actual Rows': 25, 'Actual Loops': 1},"
                + "{'Node Type': 'Seq Scan', 'Relation Name': 'annotations', 'Actual Rows': 3, 'Rows Removed by Filter': 7, 'Actual Loops': 2}]}]}");
        assertThat(plan.faults(ROWS)).as("the small table may be read").containsExactly("reads all of annotations");
        assertThat(plan.rowsRead()).as("25, and twice 3 and the 7 left out").isEqualTo(45);
    }

    @Test
    void anIndexIsNoExcuseWithoutACondition() throws IOException {
        String scan = "{'Node Type': 'Index Only Scan', 'Relation Name': 'annotations', 'Index Name': 'annotations_pkey', 'Actual Loops': 1, 'Actual Rows': %d%s}";
        assertThat(plan(scan.formatted(20_000, "")).faults(ROWS)).containsExactly(
                "reads 20,000 rows of annotations by its index annotations_pkey, without a condition");
        assertThat(plan(scan.formatted(100, "")).faults(ROWS)).as("a page in the order of the index").isEmpty();
        assertThat(plan(scan.formatted(20_000, ", 'Index Cond': '(dataset_id = 1)'")).faults(ROWS)).isEmpty();
    }

    @Test
    void whatNeverRanReadsNothing() throws IOException {
        assertThat(plan("{'Node Type': 'Seq Scan', 'Relation Name': 'annotations', 'Actual Rows': 0, 'Actual Loops': 0}").faults(ROWS)).isEmpty();
    }
}

package dev.gleaner.review;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a statement was run.
 *
 * @param query the statement
 * @param root  the outermost node, as EXPLAIN (ANALYZE, FORMAT JSON) has it
 */
record QueryPlan(String query, JsonNode root) {

    /** A table of so many rows is big. */
    static final long BIG = 10_000;

    /**
     * What the plan reads of big tables from one end to the other: tables without an index, and indexes without a condition, unless it
     * stopped soon.
     *
     * @param rows of each table
     * @return in words; nothing is well
     */
    List<String> faults(Map<String, Long> rows) {
        List<String> faults = new ArrayList<>();
        look(root, rows, faults);
        return faults;
    }

    private static void look(JsonNode node, Map<String, Long> rows, List<String> faults) {
        String type = node.path("Node Type").asText();
        String table = node.path("Relation Name").asText();
        if (rows.getOrDefault(table, 0L) > BIG && node.path("Actual Loops").asDouble(1) > 0) {
            if (type.equals("Seq Scan")) {
                faults.add("reads all of " + table);
            } else if (type.startsWith("Index") && !node.has("Index Cond") && read(node) > BIG) {
                faults.add("reads %,.0f rows of %s by its index %s, without a condition".formatted(read(node), table, node.path("Index Name").asText()));
            }
        }
        node.path("Plans").forEach(child -> look(child, rows, faults));
    }

    private static double read(JsonNode node) {
        return node.path("Actual Loops").asDouble() * (node.path("Actual Rows").asDouble() + node.path("Rows Removed by Filter").asDouble());
    }

    /** How many rows it read of tables, with those that it left out. */
    double rowsRead() {
        return rowsRead(root);
    }

    private static double rowsRead(JsonNode node) {
        double children = 0;
        for (JsonNode child : node.path("Plans")) {
            children += rowsRead(child);
        }
        return children + (node.has("Relation Name") && node.path("Node Type").asText().contains("Scan") ? read(node) : 0);
    }
}

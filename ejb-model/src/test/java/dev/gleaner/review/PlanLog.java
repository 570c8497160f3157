package dev.gleaner.review;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * The plans by which PostgreSQL really ran statements, those of foreign keys and triggers among them: its extension auto_explain writes them
 * to the server's log, so that nothing has to be told twice and nothing is guessed about parameters.
 */
final class PlanLog {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "plans";

    private final TestDatabase database;
    private final Path file;

    /** @param folder that was named to {@link #configure} */
    PlanLog(TestDatabase database, Path folder) {
        this.database = database;
        file = folder.resolve(NAME + ".json");
    }

    /** Has the server write plans to a log in the folder, for sessions that ask for it. */
    static EmbeddedPostgres.Builder configure(EmbeddedPostgres.Builder builder, Path folder) {
        return builder.setServerConfig("logging_collector", "on").setServerConfig("log_destination", "jsonlog")
                .setServerConfig("log_directory", folder.toString()).setServerConfig("log_filename", NAME + ".log")
                .setServerConfig("log_rotation_age", "0").setServerConfig("log_rotation_size", "0")
                .setServerConfig("session_preload_libraries", "auto_explain").setServerConfig("auto_explain.log_format", "json")
                .setServerConfig("auto_explain.log_analyze", "on").setServerConfig("auto_explain.log_timing", "off")
                .setServerConfig("auto_explain.log_nested_statements", "on").setServerConfig("auto_explain.log_parameter_max_length", "0");
    }

    /**
     * The plans of what the database's own entity manager sends while the work is done.
     *
     * @param leastMilliseconds what takes less is left out
     */
    List<QueryPlan> of(int leastMilliseconds, Callable<?> work) throws Exception {
        try (FileChannel log = FileChannel.open(file)) {
            log.position(log.size());
            explain(leastMilliseconds);
            work.call();
            explain(0);
            String end = "end " + UUID.randomUUID();
            database.inTransaction(() -> database.entities().createNativeQuery("select '" + end + "'", String.class).getSingleResult());
            explain(-1);
            return read(log, end);
        }
    }

    private void explain(int leastMilliseconds) throws Exception {
        database.inTransaction(() -> database.entities().createNativeQuery("select set_config('auto_explain.log_min_duration', '" + leastMilliseconds
                + "', false)", String.class).getSingleResult());
    }

    /** The log is written by a process of its own, some time later. */
    private static List<QueryPlan> read(FileChannel log, String end) throws IOException, InterruptedException {
        List<QueryPlan> plans = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < deadline) {
            text.append(new String(Channels.newInputStream(log).readAllBytes(), StandardCharsets.UTF_8));
            int newline;
            while ((newline = text.indexOf("\n")) >= 0) {
                String message = JSON.readTree(text.substring(0, newline)).path("message").asText();
                text.delete(0, newline + 1);
                if (!message.contains("plan:")) {
                    continue;
                }
                JsonNode plan = JSON.readTree(message.substring(message.indexOf('{')));
                if (plan.path("Query Text").asText().contains(end)) {
                    return plans;
                }
                plans.add(new QueryPlan(plan.path("Query Text").asText(), plan.path("Plan")));
            }
            Thread.sleep(20);
        }
        throw new IOException("the server's log does not go on: no statement \"" + end + "\" within a minute");
    }

    /** How many rows each of the schema's tables has, about. */
    Map<String, Long> rows() throws Exception {
        Map<String, Long> rows = new TreeMap<>();
        for (Object row : database.inTransaction(() -> database.entities().createNativeQuery("select cast(relname as text), cast(reltuples as bigint)"
                + " from pg_class where relkind = 'r' and relnamespace = to_regnamespace('public')").getResultList())) {
            rows.put((String) ((Object[]) row)[0], ((Number) ((Object[]) row)[1]).longValue());
        }
        return rows;
    }
}

package dev.gleaner.labeling;

import dev.gleaner.GleanerServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A server's database, for what no user can see or do. */
public final class Database implements AutoCloseable {

    private final Connection connection;

    private Database(String url, String user, String password) {
        try {
            connection = DriverManager.getConnection(url, user, password);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The server's embedded database; its port changes with every start. */
    public static Database of(GleanerServer server) {
        try {
            Path data = server.home().resolve("postgres/data");
            String port = Files.readAllLines(data.resolve("postmaster.pid")).get(3).strip();
            return new Database("jdbc:postgresql://localhost:" + port + "/gleaner", "gleaner", Files.readString(data.resolve("gleaner.password")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Database at(String url, String user, String password) {
        return new Database(url, user, password);
    }

    /** Rows as text, their columns separated by bars. */
    public List<String> rows(String sql) {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    columns.add(result.getString(column));
                }
                rows.add(String.join("|", columns));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public long number(String sql) {
        return Long.parseLong(rows(sql).get(0));
    }

    public int update(String sql) {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.gleaner.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The tables of a database, brought up to date before the server sees them. */
final class Schema {

    private final DatabaseAccess database;

    Schema(DatabaseAccess database) {
        this.database = database;
    }

    /** @return how many migrations ran */
    int migrate() throws IOException {
        try {
            return Flyway.configure()
                    .dataSource(database.url(), database.user(), database.password())
                    .locations("classpath:db/migration")
                    .load()
                    .migrate()
                    .migrationsExecuted;
        } catch (FlywayException e) {
            throw new StartFailure("cannot bring the tables of " + database + " up to date: " + e.getMessage(), e);
        }
    }

    boolean hasAdministrator() throws IOException {
        return withConnection("read the tokens", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select exists (select from api_tokens where name = 'administrator')")) {
                row.next();
                return row.getBoolean(1);
            }
        });
    }

    /** Makes a token that the launcher itself calls the server with; an earlier one opens nothing any more. */
    String lendToken() throws IOException {
        String token = Secrets.random();
        return withConnection("make the launcher's token", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    insert into api_tokens (name, sha256, role) values ('launcher', encode(sha256(?), 'hex'), 'administrator')
                    on conflict (name) do update set sha256 = excluded.sha256""")) {
                statement.setBytes(1, token.getBytes(StandardCharsets.US_ASCII));
                statement.executeUpdate();
                return token;
            }
        });
    }

    void takeBackToken() throws IOException {
        withConnection("remove the launcher's token", connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("delete from api_tokens where name = 'launcher'");
            }
        });
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private <T> T withConnection(String what, Work<T> work) throws IOException {
        try (Connection connection = DriverManager.getConnection(database.url(), database.credentials())) {
            return work.with(connection);
        } catch (SQLException e) {
            throw new IOException("cannot " + what + " in " + database, e);
        }
    }
}

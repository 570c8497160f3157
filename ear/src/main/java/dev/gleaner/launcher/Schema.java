package dev.gleaner.launcher;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
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
        try (Connection connection = DriverManager.getConnection(database.url(), database.credentials());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select exists (select from api_tokens where role = 'administrator')")) {
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            throw new IOException("cannot read the tokens in " + database, e);
        }
    }
}

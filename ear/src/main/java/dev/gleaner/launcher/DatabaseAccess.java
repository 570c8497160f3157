package dev.gleaner.launcher;

import java.util.Map;
import java.util.Properties;

/**
 * How to reach a PostgreSQL database.
 *
 * @param url JDBC address, {@code jdbc:postgresql://host:port/name}
 */
record DatabaseAccess(String url, String user, String password) {

    /** The same, as the settings that the server reads. */
    Map<String, String> environment() {
        return Map.of("GLEANER_DATABASE_URL", url, "GLEANER_DATABASE_USER", user, "GLEANER_DATABASE_PASSWORD", password);
    }

    Properties credentials() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return properties;
    }

    @Override
    public String toString() {
        return user + " at " + url;
    }
}

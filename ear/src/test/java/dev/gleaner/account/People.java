package dev.gleaner.account;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.labeling.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Users of a test, and how they sign in; gone at its end. */
public final class People implements AutoCloseable {

    static final String PASSWORD = "correct horse battery";

    private final GleanerServer server;

    public People(GleanerServer server) {
        this.server = server;
    }

    public long add(String name, String role) {
        return server.post("/api/users", Map.of("name", name, "role", role, "password", PASSWORD)).expect(201).json().get("id").asLong();
    }

    JsonNode user(long id) {
        for (JsonNode user : server.get("/api/users").expect(200).json().get("items")) {
            if (user.get("id").asLong() == id) {
                return user;
            }
        }
        throw new AssertionError("no user " + id);
    }

    Answer signIn(String name, String password) {
        String both = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        return server.send(server.anonymousRequest("/api/session").header("Authorization", "Basic " + both).POST(BodyPublishers.noBody()));
    }

    /** The cookie of a session that is opened now. */
    public String session(String name) {
        return cookie(signIn(name, PASSWORD).expect(204));
    }

    static String cookie(Answer signedIn) {
        String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
        return cookie.substring(0, cookie.indexOf(';'));
    }

    /** A request as the console sends it. */
    public HttpRequest.Builder request(String session, String path) {
        return server.anonymousRequest(path).header("Cookie", session).header("Gleaner-Console", "1").header("Content-Type", "application/json");
    }

    /** An identity provider that the server knows by its settings; the test's own stand-in. */
    StandInIssuer issuer() throws IOException {
        return new StandInIssuer(URI.create(server.setting("GLEANER_OIDC_ISSUER")).getPort());
    }

    @Override
    public void close() {
        try (Database database = Database.of(server)) {
            database.update("delete from users");
            database.update("delete from sign_in_failures");
        }
    }
}

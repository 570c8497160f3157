package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is let in: nobody without a token or a session, on any route. */
@ExtendWith(GleanerServerExtension.class)
class AccessIT {

    private record Route(String method, String path) {
    }

    @Test
    void everyRouteOfTheDocumentRefusesStrangers(GleanerServer server) {
        List<Route> routes = routes(server);
        assertThat(routes).hasSizeGreaterThan(20);
        for (Route route : routes) {
            assertUnauthorized(route, server.send(anonymous(server, route)));
            assertUnauthorized(route, server.send(anonymous(server, route).header("Authorization", "Bearer wrong")));
            assertUnauthorized(route, server.send(anonymous(server, route).header("Authorization", "Basic YWRtaW46YWRtaW4=")));
            assertUnauthorized(route, server.send(anonymous(server, route).header("Cookie", "gleaner-session=wrong")));
        }
    }

    @Test
    void unknownRoutesRefuseStrangersToo(GleanerServer server) {
        for (String path : List.of("/api", "/api/", "/api/nothing", "/api/datasets/1/nothing", "/api/..;/api/projects")) {
            assertUnauthorized(new Route("GET", path), server.send(server.anonymousRequest(path).GET()));
        }
    }

    private static void assertUnauthorized(Route route, Answer answer) {
        assertThat(answer.status()).as(route.toString()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).as(route.toString()).startsWith("application/problem+json");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).as(route.toString()).contains("Bearer realm=\"gleaner\"");
        assertThat(answer.json().get("status").asInt()).as(route.toString()).isEqualTo(401);
    }

    private static List<Route> routes(GleanerServer server) {
        JsonNode paths = server.send(server.anonymousRequest("/openapi?format=json").header("Accept", "application/json").GET()).expect(200).json()
                .get("paths");
        List<Route> routes = new ArrayList<>();
        paths.properties().forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
            if (!method.equals("parameters")) {
                routes.add(new Route(method.toUpperCase(), path.getKey().replace("{id}", "1")));
            }
        }));
        return routes;
    }

    private static HttpRequest.Builder anonymous(GleanerServer server, Route route) {
        return server.anonymousRequest(route.path()).header("Content-Type", "application/json")
                .method(route.method(), route.method().equals("POST") ? BodyPublishers.ofString("{}") : BodyPublishers.noBody());
    }

    @Test
    void aTokenOpensTheApi(GleanerServer server) {
        assertThat(server.get("/api/session").expect(200).json().get("name").asText()).isEqualTo("administrator");
    }

    @Test
    void aSessionReadsAndWithItsHeaderWritesUntilItIsClosed(GleanerServer server) {
        Answer signedIn = server.send(server.request("/api/session").POST(BodyPublishers.noBody())).expect(204);
        String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict").contains("Path=/");
        String session = cookie.substring(0, cookie.indexOf(';'));

        server.send(server.anonymousRequest("/api/projects").header("Cookie", session).GET()).expect(200);

        HttpRequest.Builder forged = server.anonymousRequest("/api/projects").header("Cookie", session)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\"name\":\"forged\"}"));
        Answer refused = server.send(forged).expect(403);
        assertThat(refused.json().get("detail").asText()).contains("Gleaner-Console");
        assertThat(server.get("/api/projects").body()).doesNotContain("forged");

        HttpRequest.Builder closing = server.anonymousRequest("/api/session").header("Cookie", session).header("Gleaner-Console", "1").DELETE();
        Answer closed = server.send(closing).expect(204);
        assertThat(closed.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
        server.send(server.anonymousRequest("/api/projects").header("Cookie", session).GET()).expect(401);
    }

    @Test
    void whatHoldsNoDataIsOpen(GleanerServer server) {
        for (String path : List.of("/", "/datasets/1", "/console/app.js", "/openapi", "/health/ready", "/health/live", "/metrics")) {
            server.send(server.anonymousRequest(path).GET()).expect(200);
        }
    }

    @Test
    void readinessTellsOfTheDatabaseAndThePages(GleanerServer server) {
        JsonNode health = server.send(server.anonymousRequest("/health/ready").GET()).expect(200).json();
        assertThat(health.get("status").asText()).isEqualTo("UP");
        assertThat(health.get("checks").findValuesAsText("name")).containsExactlyInAnyOrder("database", "pages");
    }
}

package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** People sign in, and may do what their role allows. */
@ExtendWith(GleanerServerExtension.class)
class AccountIT {

    /** From the one who may do least. */
    private static final List<String> ROLES = List.of("viewer", "reviewer", "engineer", "administrator");

    /** @param least the role that may do least of those that are let through; there is nothing under the ids, so nothing is changed */
    private record Call(String least, String method, String path, String body) {
    }

    private static final List<Call> CALLS = calls();

    private static List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (String list : List.of("projects", "datasets", "labeling-runs", "evaluations", "evaluation-families", "fine-tunes", "training-rounds",
                "model-versions", "review-queues", "projects/1/round-schedule", "projects/1/thresholds", "projects/1/thresholds/changes", "projects/1/review-quality", "session")) {
            calls.add(new Call("viewer", "GET", list, ""));
        }
        calls.add(new Call("reviewer", "POST", "review-queues/999999/claim", "{\"count\":1}"));
        calls.add(new Call("reviewer", "POST", "review-queues/999999/rulings", "{\"image\":1}"));
        calls.add(new Call("reviewer", "POST", "review-items/999999/release", ""));
        calls.add(new Call("reviewer", "POST", "review-items/999999/undo", "{\"requestId\":\"1\"}"));
        calls.add(new Call("reviewer", "PUT", "review-items/999999/decision", "{\"version\":0,\"requestId\":\"1\",\"boxes\":[]}"));
        calls.add(new Call("engineer", "POST", "projects", "{\"name\":\"\"}"));
        calls.add(new Call("engineer", "PUT", "projects/999999/thresholds", "{\"thresholds\":{\"a\":0.5}}"));
        calls.add(new Call("engineer", "POST", "projects/999999/round-schedule/pause", ""));
        calls.add(new Call("engineer", "DELETE", "projects/999999/round-schedule", ""));
        calls.add(new Call("engineer", "POST", "datasets", "{\"name\":\"\",\"source\":{\"type\":\"folder\",\"path\":\"/none\"}}"));
        calls.add(new Call("engineer", "POST", "labeling-runs", "{\"dataset\":999999,\"prompts\":[{\"category\":\"a\",\"phrase\":\"a\"}]}"));
        calls.add(new Call("engineer", "POST", "evaluations", "{\"dataset\":999999}"));
        calls.add(new Call("engineer", "POST", "fine-tunes", "{\"name\":\"a\",\"dataset\":999999}"));
        calls.add(new Call("engineer", "POST", "training-rounds", "{\"dataset\":999999}"));
        calls.add(new Call("engineer", "POST", "review-queues", "{\"name\":\"a\",\"dataset\":999999}"));
        for (String collection : List.of("labeling-runs", "evaluations", "fine-tunes", "training-rounds")) {
            calls.add(new Call("engineer", "POST", collection + "/999999/stop", ""));
            calls.add(new Call("engineer", "POST", collection + "/999999/restart", ""));
        }
        calls.add(new Call("engineer", "POST", "model-versions/999999/promote", ""));
        calls.add(new Call("engineer", "POST", "model-versions/999999/rollback", ""));
        calls.add(new Call("engineer", "POST", "model-versions", "{\"name\":\"a\",\"checkpoint\":\"/none\",\"config\":\"/none\",\"vocabulary\":\"/none\"}"));
        calls.add(new Call("engineer", "POST", "platform-connections", "{\"platform\":\"none\"}"));
        calls.add(new Call("engineer", "DELETE", "platform-connections/999999", ""));
        calls.add(new Call("engineer", "POST", "platform-connections/999999/import", ""));
        calls.add(new Call("engineer", "POST", "platform-connections/999999/push", ""));
        calls.add(new Call("engineer", "POST", "platform-connections/999999/pull", ""));
        calls.add(new Call("engineer", "GET", "webhooks", ""));
        calls.add(new Call("engineer", "GET", "webhooks/999999", ""));
        calls.add(new Call("engineer", "POST", "webhooks", "{\"url\":\"http://not-allowed.example/\"}"));
        calls.add(new Call("engineer", "PATCH", "webhooks/999999", "{\"paused\":true}"));
        calls.add(new Call("engineer", "DELETE", "webhooks/999999", ""));
        calls.add(new Call("engineer", "GET", "webhooks/999999/deliveries", ""));
        calls.add(new Call("engineer", "POST", "webhooks/999999/test", ""));
        calls.add(new Call("engineer", "POST", "webhooks/999999/replay", ""));
        calls.add(new Call("engineer", "POST", "webhook-deliveries/999999/replay", ""));
        calls.add(new Call("administrator", "GET", "users", ""));
        calls.add(new Call("administrator", "GET", "account-events", ""));
        calls.add(new Call("administrator", "POST", "users", "{\"name\":\"\",\"role\":\"administrator\"}"));
        calls.add(new Call("administrator", "PATCH", "users/999999", "{\"role\":\"administrator\"}"));
        calls.add(new Call("administrator", "POST", "users/999999/password", "{}"));
        calls.add(new Call("administrator", "DELETE", "users/999999/sessions", ""));
        calls.add(new Call("administrator", "DELETE", "users/999999/tokens", ""));
        return calls;
    }

    private People people;

    @BeforeEach
    void prepare(GleanerServer server) {
        people = new People(server);
    }

    @AfterEach
    void clean() {
        people.close();
    }

    @Test
    void eachRoleMayDoWhatItSaysAndNoMore(GleanerServer server) {
        List<String> wrong = new ArrayList<>();
        for (String role : ROLES) {
            people.add("the-" + role, role);
            String session = people.session("the-" + role);
            String token = server.send(people.request(session, "/api/account/tokens").POST(BodyPublishers.ofString("{\"name\":\"table\"}"))).expect(201)
                    .json().get("text").asText();
            for (Call call : CALLS) {
                boolean allowed = ROLES.indexOf(role) >= ROLES.indexOf(call.least());
                String path = "/api/" + call.path();
                Answer bySession = server.send(people.request(session, path).method(call.method(), BodyPublishers.ofString(call.body())));
                Answer byToken = server.send(server.anonymousRequest(path).header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json").method(call.method(), BodyPublishers.ofString(call.body())));
                for (Answer answer : List.of(bySession, byToken)) {
                    boolean asItShould = allowed ? answer.status() < 500 && answer.status() != 401 && answer.status() != 403
                            : answer.status() == 403 && answer.body().contains("The role of this account does not allow that.");
                    if (!asItShould) {
                        wrong.add(role + " " + call.method() + " " + path + " -> " + answer.status() + " " + answer.body());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aSessionIsTheUsersUntilTheUserIsDisabled(GleanerServer server) {
        long id = people.add("Zoë", "reviewer");
        Answer signedIn = people.signIn("zoë", People.PASSWORD).expect(204);
        assertThat(signedIn.headers().firstValue("Set-Cookie").orElseThrow()).contains("HttpOnly").contains("SameSite=Strict").contains("Path=/");
        String session = People.cookie(signedIn);
        JsonNode who = server.send(people.request(session, "/api/session").GET()).expect(200).json();
        assertThat(who.get("name").asText()).isEqualTo("Zoë");
        assertThat(who.get("role").asText()).isEqualTo("reviewer");
        assertThat(people.user(id).get("sessions").asInt()).isEqualTo(1);

        assertThat(server.send(server.request("/api/users/" + id).header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"disabled\":true}"))).expect(200).json().get("sessions").asInt()).isZero();

        server.send(people.request(session, "/api/session").GET()).expect(401);
        people.signIn("Zoë", People.PASSWORD).expect(401);
        List<String> log = server.get("/api/account-events?limit=5").expect(200).json().get("items").findValuesAsText("action");
        assertThat(log).startsWith("SIGN_IN_REFUSED", "USER_DISABLED", "SIGNED_IN", "USER_CREATED");
    }

    @Test
    void aForgedRequestOfASessionChangesNothing(GleanerServer server) {
        long id = people.add("root", "administrator");
        long victim = people.add("victim", "viewer");
        String session = people.session("root");
        Answer refused = server.send(server.anonymousRequest("/api/users/" + victim).header("Cookie", session).header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"role\":\"administrator\"}"))).expect(403);
        assertThat(refused.json().get("detail").asText()).contains("Gleaner-Console");
        assertThat(people.user(victim).get("role").asText()).isEqualTo("viewer");
        assertThat(people.user(id).get("role").asText()).isEqualTo("administrator");
    }

    @Test
    void guessersAreToldNothingAndSlowedDown(GleanerServer server) {
        people.add("ann", "viewer");
        String wrong = people.signIn("ann", "not the password").expect(401).json().get("detail").asText();
        assertThat(people.signIn("nobody", "not the password").expect(401).json().get("detail").asText()).isEqualTo(wrong);
        for (int i = 0; i < 5; i++) {
            people.signIn("bob", "guess " + i).expect(401);
        }
        // The first pauses are short: a slow machine may sleep through them, but not through one of minutes.
        Answer slowed = Stream.generate(() -> people.signIn("bob", "guess")).limit(10).filter(answer -> answer.status() != 401).findFirst().orElseThrow()
                .expect(429);
        long seconds = slowed.headers().firstValueAsLong("Retry-After").orElseThrow();
        assertThat(seconds).isPositive();
        assertThat(slowed.json().get("detail").asText()).contains("Try again in " + seconds + " s");
        people.signIn("ann", People.PASSWORD).expect(204);
        assertThat(server.get("/api/account-events").body()).doesNotContain("guess");
    }

    @Test
    void aPasswordIsMadeUpAndChangedByItsUser(GleanerServer server) {
        JsonNode made = server.post("/api/users", Map.of("name", "ann", "role", "viewer")).expect(201).json();
        Answer signedIn = people.signIn("ann", made.get("password").asText()).expect(204);
        String session = People.cookie(signedIn);
        Answer unfit = server.send(people.request(session, "/api/account/password")
                .PUT(BodyPublishers.ofString("{\"current\":\"%s\",\"next\":\"short\"}".formatted(made.get("password").asText())))).expect(400);
        assertThat(unfit.json().at("/errors/0/field").asText()).isEqualTo("next");
        assertThat(unfit.body()).doesNotContain("\"short\"");

        Answer changed = server.send(people.request(session, "/api/account/password")
                .PUT(BodyPublishers.ofString("{\"current\":\"%s\",\"next\":\"%s\"}".formatted(made.get("password").asText(), People.PASSWORD)))).expect(204);

        assertThat(changed.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
        server.send(people.request(session, "/api/session").GET()).expect(401);
        people.signIn("ann", People.PASSWORD).expect(204);
    }

    @Test
    void theIdentityProviderSignsInWhomItKnowsWithTheRoleItSays(GleanerServer server) throws IOException {
        try (StandInIssuer issuer = people.issuer()) {
            issuer.person("4711", "Ann Lee", "labelers");
            Answer leaving = server.send(server.anonymousRequest("/sign-in/openid").GET()).expect(302);
            String asked = leaving.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(asked).contains("HttpOnly").contains("SameSite=Lax");
            Answer back = comeBack(server, leaving);
            assertThat(back.headers().firstValue("Location").orElseThrow()).endsWith("/").doesNotContain("refused");
            String session = back.headers().allValues("Set-Cookie").stream().filter(cookie -> cookie.startsWith("gleaner-session=")).findFirst().orElseThrow();
            assertThat(session).contains("HttpOnly").contains("SameSite=Strict");
            JsonNode who = server.send(people.request(session.substring(0, session.indexOf(';')), "/api/session").GET()).expect(200).json();
            assertThat(who.get("name").asText()).isEqualTo("Ann-Lee");
            assertThat(who.get("role").asText()).isEqualTo("reviewer");

            issuer.person("4711", "Ann Lee-Ray", "labelers", "ml");
            comeBack(server, server.send(server.anonymousRequest("/sign-in/openid").GET()));
            JsonNode again = people.user(who.get("user").asLong());
            assertThat(again.get("role").asText()).isEqualTo("engineer");
            assertThat(again.get("name").asText()).as("names stay, as decisions carry them").isEqualTo("Ann-Lee");
            assertThat(again.get("issuer").asText()).isEqualTo(issuer.issuer());
            server.post("/api/users/" + who.get("user").asLong() + "/password", Map.of()).expect(409);
            people.signIn("Ann-Lee", "").expect(401);
        }
    }

    @Test
    void theIdentityProviderSignsInNobodyElse(GleanerServer server) throws IOException {
        people.add("ann", "viewer");
        try (StandInIssuer issuer = people.issuer()) {
            issuer.person("1", "bob", "no group with a role");
            assertRefused("account", comeBack(server, server.send(server.anonymousRequest("/sign-in/openid").GET())));
            issuer.person("2", "ann", "ml");
            assertRefused("account", comeBack(server, server.send(server.anonymousRequest("/sign-in/openid").GET())));
            issuer.different.put("nonce", "of another request");
            assertRefused("provider", comeBack(server, server.send(server.anonymousRequest("/sign-in/openid").GET())));
            assertRefused("provider", server.send(server.anonymousRequest("/sign-in/openid/callback?code=stolen&state=forged").GET()));
            assertThat(server.get("/api/users").expect(200).json().get("items").findValuesAsText("name")).containsExactly("ann");
        }
    }

    private static void assertRefused(String why, Answer back) {
        assertThat(back.headers().firstValue("Location").orElseThrow()).endsWith("/?refused=" + why);
        assertThat(back.headers().allValues("Set-Cookie")).noneMatch(cookie -> cookie.startsWith("gleaner-session="));
    }

    /** Goes to the identity provider and back, as a browser does. */
    private static Answer comeBack(GleanerServer server, Answer leaving) {
        URI provider = URI.create(leaving.expect(302).headers().firstValue("Location").orElseThrow());
        URI callback = URI.create(server.send(HttpRequest.newBuilder(provider).GET()).expect(302).headers().firstValue("Location").orElseThrow());
        return server.send(server.anonymousRequest(callback.getPath() + "?" + callback.getRawQuery()).header("Cookie", People.cookie(leaving)).GET()).expect(302);
    }

    @Test
    void everyPageIsSentWithAPolicyThatAllowsNoScriptOrStyleWithinIt(GleanerServer server) {
        for (String path : List.of("/", "/users", "/account", "/review/1", "/console/app.js", "/sign-in/options", "/there-is-no-such-page")) {
            Map<String, List<String>> headers = server.send(server.anonymousRequest(path).GET()).headers().map();
            assertThat(headers.get("content-security-policy")).as(path).singleElement().asString()
                    .startsWith("default-src 'none'; script-src 'self' 'sha256-").contains("style-src 'self';").contains("frame-ancestors 'none'")
                    .contains("form-action 'self'").contains("base-uri 'none'").doesNotContain("unsafe").doesNotContain("*");
            assertThat(headers.get("x-content-type-options")).as(path).containsExactly("nosniff");
        }
    }
}

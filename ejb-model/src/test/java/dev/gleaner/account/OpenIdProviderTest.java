package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenIdProviderTest {

    private static final URI REDIRECT = URI.create("http://localhost:8080/sign-in/openid/callback");

    private StandInIssuer issuer;
    private OpenIdProvider provider;

    @BeforeEach
    void start() throws IOException {
        issuer = new StandInIssuer(0);
        issuer.person("4711", "ann@example.org", "staff", "labelers");
        provider = provider(StandInIssuer.SECRET);
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private OpenIdProvider provider(String secret) {
        return new OpenIdProvider(OpenIdSettings.of(Map.of("GLEANER_OIDC_ISSUER", issuer.issuer(), "GLEANER_OIDC_CLIENT_ID", StandInIssuer.CLIENT,
                "GLEANER_OIDC_CLIENT_SECRET", secret, "GLEANER_OIDC_ROLES", "groups:ml=engineer, labelers=reviewer")));
    }

    /** Goes where the provider sends a browser, and brings back the code. */
    private String code(OpenIdRequest request) throws IOException, InterruptedException {
        HttpResponse<Void> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(provider.authorization(request, REDIRECT)).build(),
                HttpResponse.BodyHandlers.discarding());
        Matcher found = Pattern.compile("^http://localhost:8080/sign-in/openid/callback\\?code=([^&]+)&state=(.+)$")
                .matcher(answer.headers().firstValue("Location").orElseThrow());
        assertThat(found.matches()).isTrue();
        assertThat(request.isAnsweredBy(found.group(2))).isTrue();
        return found.group(1);
    }

    @Test
    void learnsWhoSignedInAndTheRole() throws Exception {
        OpenIdRequest request = OpenIdRequest.random();
        OpenIdProvider.Identity identity = provider.redeem(code(request), request, REDIRECT);
        assertThat(identity).isEqualTo(new OpenIdProvider.Identity(issuer.issuer(), "4711", "ann@example.org", Optional.of(Roles.REVIEWER)));
    }

    @Test
    void takesACodeOnlyFromWhoAskedForItAndOnlyOnce() throws Exception {
        OpenIdRequest request = OpenIdRequest.random();
        String code = code(request);
        assertThatThrownBy(() -> provider.redeem(code, new OpenIdRequest(request.state(), request.nonce(), "another verifier"), REDIRECT))
                .isInstanceOf(SignInRefused.class).hasMessageContaining("/token with 400");
        String second = code(request);
        provider.redeem(second, request, REDIRECT);
        assertThatThrownBy(() -> provider.redeem(second, request, REDIRECT)).isInstanceOf(SignInRefused.class);
    }

    @Test
    void trustsNoTokenForAnotherRequestAnotherClientOfAnotherIssuerOrOfThePast() throws Exception {
        for (Map.Entry<String, Object> wrong : Map.<String, Object>of("nonce", "another", "aud", "another client", "iss", "https://example.org",
                "exp", Instant.now().getEpochSecond() - 3600).entrySet()) {
            issuer.person("4711", "ann", "labelers");
            issuer.different.put(wrong.getKey(), wrong.getValue());
            OpenIdRequest request = OpenIdRequest.random();
            String code = code(request);
            assertThatThrownBy(() -> provider.redeem(code, request, REDIRECT)).as(wrong.getKey()).isInstanceOf(SignInRefused.class)
                    .hasMessageContaining("not to be trusted");
        }
    }

    @Test
    void trustsNoTokenThatIsSignedWithAnotherKey() throws Exception {
        issuer.signWithAnotherKey();
        OpenIdRequest request = OpenIdRequest.random();
        String code = code(request);
        assertThatThrownBy(() -> provider.redeem(code, request, REDIRECT)).isInstanceOf(SignInRefused.class).hasMessageContaining("signature");
    }

    @Test
    void saysThatTheProviderDoesNotAnswer() {
        issuer.close();
        assertThatThrownBy(() -> provider.authorization(OpenIdRequest.random(), REDIRECT)).isInstanceOf(SignInRefused.class)
                .hasMessage("The identity provider does not answer.");
    }

    @Test
    void aRequestSurvivesItsCookieAndHasTheChallengeOfTheStandard() {
        OpenIdRequest request = OpenIdRequest.random();
        assertThat(OpenIdRequest.of(request.text())).contains(request);
        assertThat(OpenIdRequest.of("a.b")).isEmpty();
        // RFC 7636, appendix B.
        assertThat(new OpenIdRequest("s", "n", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").challenge()).isEqualTo("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}

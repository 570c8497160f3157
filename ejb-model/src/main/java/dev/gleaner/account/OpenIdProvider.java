package dev.gleaner.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The identity provider of the settings, spoken to as OpenID Connect Core 1.0 has it: the authorization code flow with a proof key
 * (RFC 7636). The server's own mechanism for it is fixed when it is deployed, and keeps its sessions in memory; ours outlive the server.
 */
@ApplicationScoped
public class OpenIdProvider {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512, JWSAlgorithm.PS256,
            JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512);
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Whom the provider has recognised.
     *
     * @param subject whom it means, for ever
     * @param name    what it calls that person today
     * @param role    empty where none of the person's groups has one
     */
    public record Identity(String issuer, String subject, String name, Optional<String> role) {
    }

    private record Endpoints(URI authorization, URI token, JWKSource<SecurityContext> keys) {
    }

    private final Optional<OpenIdSettings> settings;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private volatile Endpoints endpoints;

    public OpenIdProvider() {
        this(OpenIdSettings.of(System.getenv()));
    }

    OpenIdProvider(Optional<OpenIdSettings> settings) {
        this.settings = settings;
    }

    /** Whether the settings name one. */
    public boolean isThere() {
        return settings.isPresent();
    }

    /** Where the provider is to send the browser back to. */
    public URI redirect(URI asRequested) {
        return settings.flatMap(OpenIdSettings::publicUrl).map(base -> base.resolve(asRequested.getPath())).orElse(asRequested);
    }

    /**
     * Where a browser goes for its user to sign in.
     *
     * @throws SignInRefused if the provider does not answer
     */
    public URI authorization(OpenIdRequest request, URI redirect) {
        OpenIdSettings known = settings.orElseThrow();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("response_type", "code");
        parameters.put("scope", "openid profile email");
        parameters.put("client_id", known.clientId());
        parameters.put("redirect_uri", redirect.toString());
        parameters.put("state", request.state());
        parameters.put("nonce", request.nonce());
        parameters.put("code_challenge", request.challenge());
        parameters.put("code_challenge_method", "S256");
        URI endpoint = endpoints(known).authorization();
        return URI.create(endpoint + (endpoint.getRawQuery() == null ? "?" : "&") + form(parameters));
    }

    /**
     * Asks the provider whom the code stands for.
     *
     * @throws SignInRefused if the provider does not take the code, or its ID token is not one for this request
     */
    Identity redeem(String code, OpenIdRequest request, URI redirect) {
        OpenIdSettings known = settings.orElseThrow();
        Endpoints there = endpoints(known);
        String client = encoded(known.clientId()) + ":" + encoded(known.clientSecret());
        JsonNode answer = send(HttpRequest.newBuilder(there.token())
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(Map.of("grant_type", "authorization_code", "code", code,
                        "redirect_uri", redirect.toString(), "code_verifier", request.verifier())))));
        JWTClaimsSet claims = verified(answer.path("id_token").asText(), known, there, request);
        return new Identity(known.issuer(), claims.getSubject(), name(claims), known.role(groups(claims, known.claim())));
    }

    /** OpenID Connect Core 1.0, section 3.1.3.7. */
    private static JWTClaimsSet verified(String token, OpenIdSettings known, Endpoints there, OpenIdRequest request) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, there.keys()));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(known.clientId(),
                new JWTClaimsSet.Builder().issuer(known.issuer()).claim("nonce", request.nonce()).build(), Set.of("sub", "exp", "iat")));
        try {
            return processor.process(token, null);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            throw SignInRefused.notVouchedFor("The identity provider's answer is not to be trusted: " + e.getMessage());
        }
    }

    private static String name(JWTClaimsSet claims) {
        for (String claim : List.of("preferred_username", "email", "name")) {
            if (claims.getClaim(claim) instanceof String name && !name.isBlank()) {
                return name;
            }
        }
        return claims.getSubject();
    }

    private static List<String> groups(JWTClaimsSet claims, String claim) {
        Object value = claims.getClaim(claim);
        return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : value instanceof String one ? List.of(one) : List.of();
    }

    private Endpoints endpoints(OpenIdSettings known) {
        Endpoints there = endpoints;
        if (there == null) {
            JsonNode document = send(HttpRequest.newBuilder(URI.create(known.issuer().replaceFirst("/$", "") + "/.well-known/openid-configuration")).GET());
            if (!document.path("issuer").asText().equals(known.issuer())) {
                throw SignInRefused.notVouchedFor("The identity provider calls itself %s; expected %s.".formatted(document.path("issuer").asText(), known.issuer()));
            }
            try {
                there = new Endpoints(URI.create(document.path("authorization_endpoint").asText()), URI.create(document.path("token_endpoint").asText()),
                        JWKSourceBuilder.<SecurityContext>create(URI.create(document.path("jwks_uri").asText()).toURL()).build());
            } catch (IOException | IllegalArgumentException e) {
                throw SignInRefused.notVouchedFor("The identity provider does not say where its keys are.");
            }
            endpoints = there;
        }
        return there;
    }

    private JsonNode send(HttpRequest.Builder request) {
        HttpRequest built = request.timeout(PATIENCE).header("Accept", "application/json").build();
        try {
            HttpResponse<String> response = http.send(built, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw SignInRefused.notVouchedFor("The identity provider answered %s with %d.".formatted(built.uri().getPath(), response.statusCode()));
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw SignInRefused.notVouchedFor("The identity provider does not answer.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SignInRefused.notVouchedFor("The server is about to stop.");
        }
    }

    private static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream().map(entry -> entry.getKey() + "=" + encoded(entry.getValue())).collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

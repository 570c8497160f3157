package dev.gleaner.account;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Stands in for an identity provider: OpenID Connect with a proof key on a port of this machine, where whoever comes is signed in at
 * once as the person of the test. It asks of its client what a real one would, and signs with a key of its own.
 */
public final class StandInIssuer implements AutoCloseable {

    public static final String CLIENT = "gleaner";
    public static final String SECRET = "a secret: of the test/+";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    /** The same for all of a test run: a server keeps the keys of an issuer it knows. */
    private static final KeyPair PUBLISHED = rsa();
    private static final String KEY_ID = UUID.randomUUID().toString();

    private final HttpServer server;
    private final Map<String, Map<String, String>> requests = new ConcurrentHashMap<>();
    /** Claims of the next ID token that differ from what they should be. */
    public final Map<String, Object> different = new HashMap<>();
    /** What the next ID token is signed with. */
    private KeyPair signing = PUBLISHED;

    /** @param port 0 for any that is free */
    public StandInIssuer(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress("localhost", port), 0);
        server.createContext("/.well-known/openid-configuration", exchange -> json(exchange, 200, Map.of("issuer", issuer(),
                "authorization_endpoint", issuer() + "/authorize", "token_endpoint", issuer() + "/token", "jwks_uri", issuer() + "/keys")));
        server.createContext("/keys", exchange -> json(exchange, 200, Map.of("keys", List.of(key()))));
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", this::token);
        server.start();
    }

    public String issuer() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Says who the person is that signs in next. */
    public void person(String subject, String name, String... groups) {
        different.clear();
        different.putAll(Map.of("sub", subject, "preferred_username", name, "groups", List.of(groups)));
    }

    /** Signs with a key from now on that it does not publish. */
    void signWithAnotherKey() {
        signing = rsa();
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
        boolean sound = CLIENT.equals(request.get("client_id")) && "code".equals(request.get("response_type")) && "S256".equals(request.get("code_challenge_method"))
                && Arrays.asList(request.getOrDefault("scope", "").split(" ")).contains("openid");
        String code = "code-" + requests.size();
        requests.put(code, request);
        exchange.getResponseHeaders().add("Location", request.get("redirect_uri") + (sound ? "?code=" + code : "?error=invalid_request") + "&state=" + request.get("state"));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> given = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        // RFC 6749, section 2.3.1: both are encoded as in a form before they are joined.
        String client = new String(Base64.getDecoder().decode(exchange.getRequestHeaders().getFirst("Authorization").substring("Basic ".length())), StandardCharsets.UTF_8);
        Map<String, String> request = requests.remove(given.getOrDefault("code", ""));
        boolean sound = request != null && client.equals(CLIENT + ":a+secret%3A+of+the+test%2F%2B") && "authorization_code".equals(given.get("grant_type"))
                && request.get("redirect_uri").equals(given.get("redirect_uri")) && request.get("code_challenge").equals(challenge(given.get("code_verifier")));
        json(exchange, sound ? 200 : 400, sound ? Map.of("access_token", "unused", "token_type", "Bearer", "id_token", idToken(request))
                : Map.of("error", "invalid_grant"));
    }

    private String idToken(Map<String, String> request) throws IOException {
        long now = Instant.now().getEpochSecond();
        Map<String, Object> claims = new HashMap<>(Map.of("iss", issuer(), "aud", CLIENT, "iat", now, "exp", now + 300, "sub", "1",
                "nonce", request.get("nonce")));
        claims.putAll(different);
        String signed = BASE64.encodeToString(JSON.writeValueAsBytes(Map.of("alg", "RS256", "kid", KEY_ID))) + "." + BASE64.encodeToString(JSON.writeValueAsBytes(claims));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(signing.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> key() {
        RSAPublicKey key = (RSAPublicKey) PUBLISHED.getPublic();
        return Map.of("kty", "RSA", "use", "sig", "alg", "RS256", "kid", KEY_ID, "n", BASE64.encodeToString(unsigned(key.getModulus())),
                "e", BASE64.encodeToString(unsigned(key.getPublicExponent())));
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static String challenge(String verifier) {
        try {
            return BASE64.encodeToString(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> form(String text) {
        return Arrays.stream(text.split("&")).map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static void json(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

package dev.gleaner.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/**
 * What a browser keeps while its user is at the identity provider, so that only this browser can come back with the provider's answer.
 *
 * @param state    comes back with the answer
 * @param nonce    comes back in the ID token
 * @param verifier proves that whoever redeems the answer's code is who asked for it (RFC 7636)
 */
public record OpenIdRequest(String state, String nonce, String verifier) {

    public static OpenIdRequest random() {
        return new OpenIdRequest(Secret.random().text(), Secret.random().text(), Secret.random().text());
    }

    /** From {@link #text()}; empty where that is not what it is. */
    public static Optional<OpenIdRequest> of(String text) {
        String[] parts = text.split("\\.");
        return parts.length == 3 ? Optional.of(new OpenIdRequest(parts[0], parts[1], parts[2])) : Optional.empty();
    }

    /** In characters that a cookie takes as they are. */
    public String text() {
        return state + "." + nonce + "." + verifier;
    }

    public boolean isAnsweredBy(String givenState) {
        return givenState != null && MessageDigest.isEqual(state.getBytes(StandardCharsets.UTF_8), givenState.getBytes(StandardCharsets.UTF_8));
    }

    /** RFC 7636, section 4.2: S256. */
    String challenge() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

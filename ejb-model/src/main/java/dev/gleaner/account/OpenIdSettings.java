package dev.gleaner.account;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The identity provider that people sign in through.
 *
 * @param issuer       {@code GLEANER_OIDC_ISSUER}, exactly as the provider calls itself
 * @param clientId     {@code GLEANER_OIDC_CLIENT_ID}
 * @param clientSecret {@code GLEANER_OIDC_CLIENT_SECRET}
 * @param claim        the claim of the ID token that holds a person's groups
 * @param roles        {@link Roles} by group; {@code *} stands for everybody
 * @param publicUrl    where browsers reach this server, {@code GLEANER_PUBLIC_URL}, when that is not what its requests say
 */
record OpenIdSettings(String issuer, String clientId, String clientSecret, String claim, Map<String, String> roles, Optional<URI> publicUrl) {

    private static final String ANYBODY = "*";
    private static final String DEFAULT_ROLES = "roles:administrator=administrator,engineer=engineer,reviewer=reviewer,viewer=viewer";

    /** @param environment as the launcher has checked it; empty when no issuer is set */
    static Optional<OpenIdSettings> of(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("GLEANER_OIDC_ISSUER")).filter(issuer -> !issuer.isBlank()).map(issuer -> {
            String mapping = environment.getOrDefault("GLEANER_OIDC_ROLES", DEFAULT_ROLES);
            int claimEnd = mapping.indexOf(':');
            Map<String, String> roles = new LinkedHashMap<>();
            for (String pair : mapping.substring(claimEnd + 1).split(",")) {
                int groupEnd = pair.lastIndexOf('=');
                roles.put(pair.substring(0, groupEnd).strip(), pair.substring(groupEnd + 1).strip());
            }
            return new OpenIdSettings(issuer.strip(), environment.get("GLEANER_OIDC_CLIENT_ID"), environment.get("GLEANER_OIDC_CLIENT_SECRET"),
                    mapping.substring(0, claimEnd).strip(), roles, Optional.ofNullable(environment.get("GLEANER_PUBLIC_URL")).map(URI::create));
        });
    }

    /** The role that may do most of those that the groups have; empty when they have none. */
    Optional<String> role(List<String> groups) {
        return Roles.ALL.stream().filter(role -> roles.entrySet().stream()
                .anyMatch(entry -> entry.getValue().equals(role) && (entry.getKey().equals(ANYBODY) || groups.contains(entry.getKey())))).findFirst();
    }
}

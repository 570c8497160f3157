package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenIdSettingsTest {

    private static final Map<String, String> LEAST = Map.of("GLEANER_OIDC_ISSUER", "https://id.example.org", "GLEANER_OIDC_CLIENT_ID", "gleaner",
            "GLEANER_OIDC_CLIENT_SECRET", "secret");

    private static OpenIdSettings with(String roles) {
        Map<String, String> all = new HashMap<>(LEAST);
        all.put("GLEANER_OIDC_ROLES", roles);
        return OpenIdSettings.of(all).orElseThrow();
    }

    @Test
    void areNoneWithoutAnIssuer() {
        assertThat(OpenIdSettings.of(Map.of())).isEmpty();
        assertThat(OpenIdSettings.of(Map.of("GLEANER_OIDC_ISSUER", " "))).isEmpty();
    }

    @Test
    void takeTheRolesByTheirNamesWhereNothingElseIsSaid() {
        OpenIdSettings settings = OpenIdSettings.of(LEAST).orElseThrow();
        assertThat(settings.claim()).isEqualTo("roles");
        assertThat(settings.role(List.of("offline_access", "reviewer"))).contains(Roles.REVIEWER);
        assertThat(settings.role(List.of("offline_access"))).isEmpty();
    }

    @Test
    void giveTheRoleThatMayDoMost() {
        OpenIdSettings settings = with("groups:*=viewer, labelers=reviewer, admins=administrator");
        assertThat(settings.claim()).isEqualTo("groups");
        assertThat(settings.role(List.of("labelers", "admins"))).contains(Roles.ADMINISTRATOR);
        assertThat(settings.role(List.of("labelers"))).contains(Roles.REVIEWER);
        assertThat(settings.role(List.of())).contains(Roles.VIEWER);
    }
}

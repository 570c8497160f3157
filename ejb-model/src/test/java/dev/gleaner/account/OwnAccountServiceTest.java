package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.TestDatabase;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OwnAccountServiceTest {

    private static final String NEXT = "another horse entirely";

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private AccountHarness harness;

    @BeforeEach
    void prepare() throws Exception {
        harness = new AccountHarness(database);
        harness.user("ann", Roles.REVIEWER);
    }

    private void changePassword(String current, String next) throws Exception {
        harness.in((Callable<Void>) () -> {
            harness.own.changePassword("ann", current, next);
            return null;
        });
    }

    @Test
    void aPasswordChangesForWhoKnowsIt() throws Exception {
        String session = harness.session("ann");
        assertThatThrownBy(() -> changePassword("wrong password", NEXT)).isInstanceOf(InvalidInput.class).hasMessageStartingWith("current")
                .hasMessageNotContaining("wrong password");
        assertThatThrownBy(() -> changePassword(AccountHarness.PASSWORD, "short")).hasMessageStartingWith("next");
        assertThat(harness.in(() -> harness.accounts.bySession(session))).isPresent();

        changePassword(AccountHarness.PASSWORD, NEXT);

        assertThat(harness.in(() -> harness.accounts.bySession(session))).isEmpty();
        assertThat(harness.signIn("ann", NEXT, AccountHarness.ADDRESS)).isInstanceOf(String.class);
    }

    @Test
    void tokensActForTheirOwnerUntilTheyAreRevoked() throws Exception {
        OwnAccountService.NewToken laptop = harness.in(() -> harness.own.createToken("ann", "laptop"));
        assertThat(harness.in(() -> harness.accounts.byToken(laptop.text()))).hasValueSatisfying(account -> {
            assertThat(account.name()).isEqualTo("ann");
            assertThat(account.role()).isEqualTo(Roles.REVIEWER);
        });
        assertThatThrownBy(() -> harness.in(() -> harness.own.createToken("ann", "laptop"))).isInstanceOf(InvalidInput.class);
        harness.user("bob", Roles.VIEWER);
        assertThat(harness.in(() -> harness.own.tokens("bob"))).isEmpty();
        assertThatThrownBy(() -> revoke("bob", laptop.token().id())).isInstanceOf(NotFound.class);
        assertThat(harness.in(() -> harness.own.tokens("ann"))).extracting(ApiToken::shortName).containsExactly("laptop");

        revoke("ann", laptop.token().id());

        assertThat(harness.in(() -> harness.accounts.byToken(laptop.text()))).isEmpty();
    }

    private void revoke(String caller, long token) throws Exception {
        harness.in((Callable<Void>) () -> {
            harness.own.revokeToken(caller, token);
            return null;
        });
    }

    @Test
    void aSessionOpenedWithAUsersTokenIsTheUsers() throws Exception {
        String token = harness.in(() -> harness.own.createToken("ann", "laptop")).text();
        String session = harness.in(() -> harness.accounts.openSession(token, AccountHarness.ADDRESS)).orElseThrow();
        assertThat(harness.in(() -> harness.accounts.bySession(session)).orElseThrow().name()).isEqualTo("ann");
        assertThat(harness.in(() -> harness.users.all()).get(0).sessions()).isEqualTo(1);
    }

    @Test
    void theAdministratorsTokenIsNoUser() {
        assertThatThrownBy(() -> harness.in(() -> harness.own.tokens("administrator"))).isInstanceOf(Conflict.class);
    }
}

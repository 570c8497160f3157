package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.TestDatabase;
import dev.gleaner.account.AccountEvent.Action;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UserServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private AccountHarness harness;

    @BeforeEach
    void prepare() throws Exception {
        harness = new AccountHarness(database);
    }

    @Test
    void makesUpAPasswordThatIsToldOnce() throws Exception {
        UserService.Admitted admitted = harness.in(() -> harness.users.create("ann", Roles.VIEWER, null, "root"));
        String password = admitted.password().orElseThrow();
        assertThat(harness.signIn("ann", password, AccountHarness.ADDRESS)).isInstanceOf(String.class);
        assertThat(admitted.user().passwordHash().orElseThrow()).doesNotContain(password);
        AccountEvent created = harness.events().get(1);
        assertThat(created.action()).isEqualTo(Action.USER_CREATED);
        assertThat(created.actor()).isEqualTo("root");
        assertThat(created.after()).contains(Roles.VIEWER);
    }

    @Test
    void refusesNamesRolesAndPasswordsThatDoNotDo() throws Exception {
        harness.user("ann", Roles.VIEWER);
        harness.in(() -> {
            harness.accounts.setAdministratorToken("a token of the test");
            return null;
        });
        for (String name : new String[] {null, "", "a b", "ann/laptop", "-ann", "a".repeat(65), "ANN", "Administrator"}) {
            assertThatThrownBy(() -> harness.user(name, Roles.VIEWER)).as("name " + name).isInstanceOf(InvalidInput.class).hasMessageStartingWith("name");
        }
        assertThatThrownBy(() -> harness.user("bob", "king")).hasMessageContaining("one of administrator, engineer, reviewer, viewer");
        assertThatThrownBy(() -> harness.in(() -> harness.users.create("bob", Roles.VIEWER, "short", "root"))).hasMessageStartingWith("password");
        assertThat(database.count("users")).isEqualTo(1);
    }

    @Test
    void whoIsDisabledHasNothingOpenAnyMore() throws Exception {
        long ann = harness.user("ann", Roles.ENGINEER);
        String session = harness.session("ann");
        String token = harness.in(() -> harness.own.createToken("ann", "laptop")).text();
        assertThat(harness.in(() -> harness.accounts.byToken(token)).orElseThrow().name()).isEqualTo("ann");

        UserService.Summary disabled = harness.in(() -> harness.users.change(ann, null, true, "root"));

        assertThat(disabled.user().isDisabled()).isTrue();
        assertThat(disabled.sessions()).isZero();
        assertThat(disabled.tokens()).isZero();
        assertThat(harness.in(() -> harness.accounts.bySession(session))).isEmpty();
        assertThat(harness.in(() -> harness.accounts.byToken(token))).isEmpty();
        harness.in(() -> harness.users.change(ann, null, false, "root"));
        assertThat(harness.in(() -> harness.accounts.bySession(session))).as("once ended, ended").isEmpty();
        assertThat(harness.session("ann")).isNotNull();
    }

    @Test
    void nobodyTakesAwayTheOwnRole() throws Exception {
        long root = harness.user("root", Roles.ADMINISTRATOR);
        assertThatThrownBy(() -> harness.in(() -> harness.users.change(root, Roles.VIEWER, null, "root"))).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> harness.in(() -> harness.users.change(root, null, true, "root"))).isInstanceOf(Conflict.class);
        assertThat(harness.in(() -> harness.users.change(root, Roles.VIEWER, null, "administrator")).user().role()).isEqualTo(Roles.VIEWER);
        AccountEvent changed = harness.events().get(0);
        assertThat(changed.action()).isEqualTo(Action.ROLE_CHANGED);
        assertThat(changed.before()).contains(Roles.ADMINISTRATOR);
        assertThat(changed.after()).contains(Roles.VIEWER);
    }

    @Test
    void aResetPasswordEndsSessionsAndTheOldPassword() throws Exception {
        long ann = harness.user("ann", Roles.VIEWER);
        String session = harness.session("ann");
        String fresh = harness.in(() -> harness.users.resetPassword(ann, null, "root")).password().orElseThrow();
        assertThat(harness.in(() -> harness.accounts.bySession(session))).isEmpty();
        assertThat(harness.signIn("ann", AccountHarness.PASSWORD, AccountHarness.ADDRESS)).isInstanceOf(SignInRefused.class);
        assertThat(harness.signIn("ann", fresh, AccountHarness.ADDRESS)).isInstanceOf(String.class);
    }

    @Test
    void sessionsAndTokensAreRevokedApart() throws Exception {
        long ann = harness.user("ann", Roles.VIEWER);
        harness.session("ann");
        harness.session("ann");
        harness.in(() -> harness.own.createToken("ann", "laptop"));
        assertThat(harness.in(() -> harness.users.all())).singleElement().satisfies(summary -> {
            assertThat(summary.sessions()).isEqualTo(2);
            assertThat(summary.tokens()).isEqualTo(1);
        });
        UserService.Summary signedOut = harness.in(() -> harness.users.revokeSessions(ann, "root"));
        assertThat(signedOut.sessions()).isZero();
        assertThat(signedOut.tokens()).isEqualTo(1);
        assertThat(harness.events().get(0).before()).contains("2");
        assertThat(harness.in(() -> harness.users.revokeTokens(ann, "root")).tokens()).isZero();
        assertThatThrownBy(() -> harness.in(() -> harness.users.revokeTokens(ann + 1, "root"))).isInstanceOf(NotFound.class);
    }
}

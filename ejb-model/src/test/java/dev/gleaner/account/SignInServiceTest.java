package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.TestDatabase;
import dev.gleaner.account.AccountEvent.Action;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SignInServiceTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private AccountHarness harness;
    private long ann;

    @BeforeEach
    void prepare() throws Exception {
        harness = new AccountHarness(database);
        ann = harness.user("Ann", Roles.REVIEWER);
    }

    private SignInRefused refused(String name, String password, String address) throws Exception {
        Object outcome = harness.signIn(name, password, address);
        assertThat(outcome).isInstanceOf(SignInRefused.class);
        return (SignInRefused) outcome;
    }

    @Test
    void opensASessionWithTheRoleOfTheDay() throws Exception {
        String session = (String) harness.signIn("ann", AccountHarness.PASSWORD, AccountHarness.ADDRESS);
        assertThat(harness.in(() -> harness.accounts.bySession(session))).contains(new Account("Ann", Roles.REVIEWER, Optional.of(ann)));
        harness.in(() -> harness.users.change(ann, Roles.VIEWER, null, "root"));
        assertThat(harness.in(() -> harness.accounts.bySession(session)).orElseThrow().role()).isEqualTo(Roles.VIEWER);
        assertThat(harness.in(() -> harness.users.summary(ann)).user().lastSignedInAt()).isPresent();
        AccountEvent signedIn = harness.events().get(1);
        assertThat(signedIn.action()).isEqualTo(Action.SIGNED_IN);
        assertThat(signedIn.actor()).isEqualTo("Ann");
        assertThat(signedIn.address()).contains(AccountHarness.ADDRESS);
    }

    @Test
    void saysTheSameOfAWrongPasswordAnUnknownNameAndADisabledUser() throws Exception {
        String wrong = refused("Ann", "wrong password", "192.0.2.1").getMessage();
        String unknown = refused("nobody", AccountHarness.PASSWORD, "192.0.2.2").getMessage();
        harness.in(() -> harness.users.change(ann, null, true, "root"));
        String disabled = refused("Ann", AccountHarness.PASSWORD, "192.0.2.3").getMessage();
        assertThat(wrong).isEqualTo("The name or the password is wrong.").isEqualTo(unknown).isEqualTo(disabled);
        assertThat(harness.events()).filteredOn(event -> event.action() == Action.SIGN_IN_REFUSED).extracting(AccountEvent::account)
                .containsExactly("Ann", "nobody", "Ann");
    }

    @Test
    void slowsAGuesserDownButNotTheOwnerElsewhere() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(refused("Ann", "guess " + i, AccountHarness.ADDRESS).retryAfterSeconds()).isEmpty();
        }
        SignInRefused paused = refused("Ann", AccountHarness.PASSWORD, AccountHarness.ADDRESS);
        assertThat(paused.retryAfterSeconds()).contains(1L);
        assertThat(paused.getMessage()).contains("Try again in 1 s");

        harness.now = harness.now.plusSeconds(1);
        assertThat(refused("Ann", "guess", AccountHarness.ADDRESS).retryAfterSeconds()).as("looked at again").isEmpty();
        assertThat(refused("Ann", "guess", AccountHarness.ADDRESS).retryAfterSeconds()).contains(2L);

        assertThat(harness.signIn("Ann", AccountHarness.PASSWORD, "192.0.2.8")).isInstanceOf(String.class);
        assertThat(harness.events().get(0).action()).as("a pause is no refusal of its own").isEqualTo(Action.SIGNED_IN);
    }

    @Test
    void aSignInForgetsTheFailuresOfItsName() throws Exception {
        for (int i = 0; i < 4; i++) {
            refused("Ann", "guess " + i, AccountHarness.ADDRESS);
        }
        assertThat(harness.session("Ann")).isNotNull();
        assertThat(refused("Ann", "guess", AccountHarness.ADDRESS).retryAfterSeconds()).isEmpty();
        assertThat(harness.session("Ann")).isNotNull();
        assertThat(database.count("sign_in_failures where scope <> 'ADDRESS'")).isZero();
    }

    @Test
    void aNameLongerThanAnyIsRefusedAndLoggedShort() throws Exception {
        refused("n".repeat(100_000), "guess", AccountHarness.ADDRESS);
        assertThat(harness.events().get(0).account()).hasSize(64);
    }
}

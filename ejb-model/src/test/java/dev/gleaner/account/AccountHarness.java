package dev.gleaner.account;

import dev.gleaner.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.glassfish.soteria.identitystores.hash.Pbkdf2PasswordHashImpl;

/** The services of accounts on a database of the test's own, and a user with a password. */
final class AccountHarness {

    static final String PASSWORD = "correct horse battery";
    static final String ADDRESS = "192.0.2.7";

    /** Of the standard's least, for the sake of time. */
    private static final int FEW_ITERATIONS = 1024;

    private final TestDatabase database;
    /** Stands still until the test moves it. */
    Instant now = Instant.parse("2026-01-01T12:00:00Z");
    final UserService users;
    final AccountService accounts;
    final OwnAccountService own;
    final SignInService signIn;

    AccountHarness(TestDatabase database) throws Exception {
        this.database = database;
        AccountRepository repository = new AccountRepository(database.entities());
        Passwords passwords = new Passwords(new Pbkdf2PasswordHashImpl(), FEW_ITERATIONS);
        users = new UserService(repository, passwords);
        accounts = new AccountService(repository);
        own = new OwnAccountService(repository, passwords);
        signIn = new SignInService(accounts, new SignInAttempts(repository, () -> now), passwords, new OpenIdProvider(Optional.empty()));
        for (String table : List.of("account_events", "sign_in_failures", "console_sessions", "api_tokens", "users")) {
            in(() -> database.entities().createNativeQuery("delete from " + table).executeUpdate());
        }
    }

    <T> T in(Callable<T> work) throws Exception {
        return database.inTransaction(work);
    }

    long user(String name, String role) throws Exception {
        return in(() -> users.create(name, role, PASSWORD, "root").user().id());
    }

    /** What signing in comes to: the session, or why not. The server would keep what a refusal has counted; so does this. */
    Object signIn(String name, String password, String address) throws Exception {
        return in(() -> {
            try {
                return signIn.byPassword(name, password, address);
            } catch (SignInRefused refused) {
                return refused;
            }
        });
    }

    String session(String name) throws Exception {
        return (String) signIn(name, PASSWORD, ADDRESS);
    }

    List<AccountEvent> events() throws Exception {
        return in(() -> users.events(Long.MAX_VALUE, 100));
    }
}

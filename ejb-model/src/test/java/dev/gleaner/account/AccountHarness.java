package dev.gleaner.account;

import dev.gleaner.TestDatabase;
import java.util.List;
import java.util.concurrent.Callable;
import org.glassfish.soteria.identitystores.hash.Pbkdf2PasswordHashImpl;

/** The services of accounts on a database of the test's own, and a user with a password. */
final class AccountHarness {

    static final String PASSWORD = "correct horse battery";
    static final String ADDRESS = "192.0.2.7";

    private final TestDatabase database;
    final UserService users;
    final AccountService accounts;
    final OwnAccountService own;
    final SignInService signIn;

    AccountHarness(TestDatabase database) throws Exception {
        this.database = database;
        AccountRepository repository = new AccountRepository(database.entities());
        Passwords passwords = new Passwords(new Pbkdf2PasswordHashImpl());
        users = new UserService(repository, passwords);
        accounts = new AccountService(repository);
        own = new OwnAccountService(repository, passwords);
        signIn = new SignInService(accounts, new SignInAttempts(repository), passwords);
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

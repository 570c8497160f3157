package dev.gleaner.account;

import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import dev.gleaner.account.AccountEvent.Action;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;

/** What users do with their own accounts: change the password, make and revoke tokens. */
@Stateless
@RolesAllowed({Roles.ADMINISTRATOR, Roles.ENGINEER, Roles.REVIEWER, Roles.VIEWER})
public class OwnAccountService {

    private static final int LONGEST_TOKEN_NAME = 100;

    /**
     * A token that was just made.
     *
     * @param text shown this once
     */
    public record NewToken(ApiToken token, String text) {
    }

    @Inject
    private AccountRepository accounts;
    @Inject
    private Passwords passwords;

    protected OwnAccountService() {
    }

    public OwnAccountService(AccountRepository accounts, Passwords passwords) {
        this.accounts = accounts;
        this.passwords = passwords;
    }

    /**
     * Changes the caller's password. All the caller's sessions end, as somebody else may have had the old one.
     *
     * @param caller  the user's name
     * @param current the password until now
     * @throws InvalidInput if {@code current} is wrong or {@code next} is unfit
     * @throws Conflict     if the caller has no password here
     */
    public void changePassword(String caller, String current, String next) {
        User user = user(caller);
        if (user.issuer().isEmpty() && (current == null || !passwords.matches(current, user.passwordHash()))) {
            throw new InvalidInput("current", current == null ? null : "(not shown)", "the password that is valid now");
        }
        Passwords.check("next", next, user.name());
        user.replacePassword(passwords.hash(next));
        accounts.removeSessionsOf(user);
        accounts.add(new AccountEvent(caller, Action.PASSWORD_CHANGED, caller, Instant.now()));
    }

    /** The caller's tokens, oldest first. */
    public List<ApiToken> tokens(String caller) {
        return accounts.tokensOf(user(caller));
    }

    /**
     * Makes a token with which a program may do whatever the caller may.
     *
     * @param name what the caller calls it
     * @throws InvalidInput if the name is blank, too long or that of another token of the caller's
     */
    public NewToken createToken(String caller, String name) {
        User user = user(caller);
        if (name == null || name.isBlank() || name.length() > LONGEST_TOKEN_NAME) {
            throw new InvalidInput("name", name, "1 to " + LONGEST_TOKEN_NAME + " characters, not all of them blank");
        }
        accounts.lockUsers();
        if (accounts.tokensOf(user).stream().anyMatch(token -> token.shortName().equals(name))) {
            throw new InvalidInput("name", name, "a name that none of your tokens has");
        }
        Secret secret = Secret.random();
        ApiToken token = ApiToken.of(user, name, secret, Instant.now());
        accounts.add(token);
        accounts.add(new AccountEvent(caller, Action.TOKEN_CREATED, caller, Instant.now()).changing(null, name));
        return new NewToken(token, secret.text());
    }

    /** @throws NotFound if the caller has no such token */
    public void revokeToken(String caller, long id) {
        ApiToken token = accounts.tokensOf(user(caller)).stream().filter(own -> own.id() == id).findFirst()
                .orElseThrow(() -> new NotFound("token of yours", id));
        accounts.remove(token);
        accounts.add(new AccountEvent(caller, Action.TOKEN_REVOKED, caller, Instant.now()).changing(token.shortName(), null));
    }

    private User user(String caller) {
        return accounts.userNamed(caller).orElseThrow(() -> new Conflict(caller + " is a token, and no user"));
    }
}

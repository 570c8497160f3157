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
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says who may sign in, and as what. Everything it changes is in the log of {@link AccountEvent}s. */
@Stateless
@RolesAllowed(Roles.ADMINISTRATOR)
public class UserService {

    static final int LONGEST_NAME = 64;

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._@-]{0," + (LONGEST_NAME - 1) + "}");

    /** A user with what is open in its name. */
    public record Summary(User user, long sessions, long tokens) {
    }

    /**
     * A user whose password was just set.
     *
     * @param password the one that was made up, to be told to the user; empty where it was given
     */
    public record Admitted(User user, Optional<String> password) {
    }

    @Inject
    private AccountRepository accounts;
    @Inject
    private Passwords passwords;

    protected UserService() {
    }

    public UserService(AccountRepository accounts, Passwords passwords) {
        this.accounts = accounts;
        this.passwords = passwords;
    }

    /** All users by name. */
    public List<Summary> all() {
        Map<Long, Long> sessions = accounts.sessionsByUser(Instant.now());
        Map<Long, Long> tokens = accounts.tokensByUser();
        return accounts.users().stream()
                .map(user -> new Summary(user, sessions.getOrDefault(user.id(), 0L), tokens.getOrDefault(user.id(), 0L))).toList();
    }

    /**
     * Makes a user.
     *
     * @param password null has one made up
     * @param by       the administrator's name
     * @throws InvalidInput if the name is unfit or taken, the role is unknown or the password is too short
     */
    public Admitted create(String name, String role, String password, String by) {
        checkName(name);
        checkRole(role);
        String chosen = password == null ? Passwords.random() : password;
        Passwords.check("password", chosen, name);
        String hash = passwords.hash(chosen);
        accounts.lockUsers();
        if (accounts.userNamed(name).isPresent() || accounts.isNameOfToken(name)) {
            throw new InvalidInput("name", name, "a name that no other user and no token has");
        }
        Instant now = Instant.now();
        User user = User.withPassword(name, role, hash, now);
        accounts.add(user);
        log(by, Action.USER_CREATED, user, null, role);
        return new Admitted(user, password == null ? Optional.of(chosen) : Optional.empty());
    }

    static void checkName(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new InvalidInput("name", name, "1 to " + LONGEST_NAME + " letters, digits, '.', '_', '@' and '-', the first of them a letter or a digit");
        }
    }

    /** A fit name that looks like one from elsewhere. */
    static String nameLike(String foreign) {
        String fit = foreign.strip().replaceAll("[^\\p{L}\\p{N}._@-]+", "-").replaceFirst("^[._@-]+", "");
        return fit.isEmpty() ? "user" : fit.substring(0, Math.min(LONGEST_NAME, fit.length()));
    }

    private static void checkRole(String role) {
        if (role == null || !Roles.ALL.contains(role)) {
            throw new InvalidInput("role", role, "one of " + String.join(", ", Roles.ALL));
        }
    }

    /**
     * Gives a user another role, or disables or enables it. Who is disabled has no open session and no token any more.
     *
     * @param role     null leaves it
     * @param disabled null leaves it
     * @throws Conflict if the administrator would do it to itself, or an identity provider says the role
     */
    public Summary change(long id, String role, Boolean disabled, String by) {
        User user = get(id);
        if (role != null) {
            checkRole(role);
        }
        boolean less = Boolean.TRUE.equals(disabled) || (role != null && !role.equals(user.role()));
        if (less && user.name().equals(by)) {
            throw new Conflict("nobody takes away the own role; another administrator can");
        }
        if (role != null && !role.equals(user.role())) {
            String before = user.role();
            user.takeRole(role);
            log(by, Action.ROLE_CHANGED, user, before, role);
        }
        if (disabled != null && disabled != user.isDisabled()) {
            if (disabled) {
                user.disable();
                accounts.removeSessionsOf(user);
                accounts.removeTokensOf(user);
            } else {
                user.enable();
            }
            log(by, disabled ? Action.USER_DISABLED : Action.USER_ENABLED, user, null, null);
        }
        return summary(user);
    }

    /**
     * Replaces a forgotten password. Open sessions end.
     *
     * @param password null has one made up
     * @throws Conflict if the user has none here
     */
    public Admitted resetPassword(long id, String password, String by) {
        User user = get(id);
        String chosen = password == null ? Passwords.random() : password;
        Passwords.check("password", chosen, user.name());
        user.replacePassword(passwords.hash(chosen));
        accounts.removeSessionsOf(user);
        log(by, Action.PASSWORD_RESET, user, null, null);
        return new Admitted(user, password == null ? Optional.of(chosen) : Optional.empty());
    }

    /** Signs a user out everywhere. */
    public Summary revokeSessions(long id, String by) {
        User user = get(id);
        log(by, Action.SESSIONS_REVOKED, user, Integer.toString(accounts.removeSessionsOf(user)), "0");
        return summary(user);
    }

    /** Makes the user's tokens open nothing any more. */
    public Summary revokeTokens(long id, String by) {
        User user = get(id);
        log(by, Action.TOKENS_REVOKED, user, Integer.toString(accounts.removeTokensOf(user)), "0");
        return summary(user);
    }

    /** @throws NotFound if there is none of this id */
    public Summary summary(long id) {
        return summary(get(id));
    }

    /** The log, newest first, before an entry's id. */
    public List<AccountEvent> events(long before, int limit) {
        return accounts.events(before, limit);
    }

    private Summary summary(User user) {
        return new Summary(user, accounts.sessionsByUser(Instant.now()).getOrDefault(user.id(), 0L), accounts.tokensByUser().getOrDefault(user.id(), 0L));
    }

    private User get(long id) {
        return accounts.user(id).orElseThrow(() -> new NotFound("user", id));
    }

    private void log(String by, Action action, User user, String before, String after) {
        accounts.add(new AccountEvent(by, action, user.name(), Instant.now()).changing(before, after));
    }
}

package dev.gleaner.account;

import dev.gleaner.account.AccountEvent.Action;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;

/** Tells who a token or a console session belongs to, opens and closes sessions. */
@Stateless
public class AccountService {

    @Inject
    private AccountRepository accounts;

    protected AccountService() {
    }

    public AccountService(AccountRepository accounts) {
        this.accounts = accounts;
    }

    /** Makes this text the administrator's token. Sessions opened with an earlier one end. */
    public void setAdministratorToken(String text) {
        Secret secret = new Secret(text);
        accounts.tokenNamed(ApiToken.ADMINISTRATOR).ifPresentOrElse(token -> {
            if (!token.isKnownBy(secret)) {
                token.replaceSecret(secret);
                accounts.removeSessionsOf(token);
            }
        }, () -> accounts.add(ApiToken.ofAdministrator(secret)));
    }

    /** The account this token opens; empty when it opens none. */
    @PermitAll
    public Optional<Account> byToken(String text) {
        return accounts.token(new Secret(text)).flatMap(this::used);
    }

    /** The account that signed in to this session; empty when there is no such session, or no longer. */
    @PermitAll
    public Optional<Account> bySession(String text) {
        return accounts.session(new Secret(text))
                .filter(session -> session.isOpenAt(Instant.now()))
                .flatMap(session -> session.userId().isPresent()
                        ? session.userId().flatMap(accounts::user).filter(user -> !user.isDisabled()).map(Account::of)
                        : session.tokenId().flatMap(accounts::token).flatMap(this::used));
    }

    /**
     * Signs a browser in.
     *
     * @param token   the token's text
     * @param address the caller's network address
     * @return the session's secret, which the browser keeps in a cookie; empty when the token opens no account
     */
    @PermitAll
    public Optional<String> openSession(String token, String address) {
        Instant now = Instant.now();
        accounts.removeSessionsExpiredAt(now);
        return accounts.token(new Secret(token)).flatMap(known -> used(known).map(account -> {
            Secret secret = Secret.random();
            accounts.add(account.user().flatMap(accounts::user).map(user -> ConsoleSession.of(user, secret, now))
                    .orElseGet(() -> ConsoleSession.of(known, secret, now)));
            accounts.add(new AccountEvent(account.name(), Action.SIGNED_IN, account.name(), now).from(address).changing(null, "token " + known.name()));
            return secret.text();
        }));
    }

    /** The user of this name, in any case of its letters. */
    public Optional<User> user(String name) {
        return accounts.userNamed(name);
    }

    /**
     * The user whom the identity provider has recognised, made when it is the first time, with the role that it has there now.
     *
     * @throws SignInRefused if that is nobody who may sign in
     */
    public User admit(OpenIdProvider.Identity identity) {
        String role = identity.role().orElseThrow(() -> SignInRefused.notHere(
                "None of the groups that %s has at the identity provider has a role here.".formatted(identity.name())));
        Instant now = Instant.now();
        User user = accounts.userOf(identity.issuer(), identity.subject()).orElseGet(() -> {
            String name = UserService.nameLike(identity.name());
            accounts.lockUsers();
            if (accounts.userNamed(name).isPresent() || accounts.isNameOfToken(name)) {
                throw SignInRefused.notHere("Somebody else is called %s here.".formatted(name));
            }
            User made = User.ofProvider(name, role, identity.issuer(), identity.subject(), now);
            accounts.add(made);
            accounts.add(new AccountEvent(identity.issuer(), Action.USER_CREATED, name, now).changing(null, role));
            return made;
        });
        if (user.isDisabled()) {
            throw SignInRefused.notHere("%s is disabled.".formatted(user.name()));
        }
        if (!user.role().equals(role)) {
            accounts.add(new AccountEvent(identity.issuer(), Action.ROLE_CHANGED, user.name(), now).changing(user.role(), role));
            user.isToldRole(role);
        }
        return user;
    }

    /** Opens a session of a user whom {@link SignInService} has recognised. */
    public String openSession(long id, String address) {
        Instant now = Instant.now();
        accounts.removeSessionsExpiredAt(now);
        User user = accounts.user(id).orElseThrow();
        user.signedInAt(now);
        Secret secret = Secret.random();
        accounts.add(ConsoleSession.of(user, secret, now));
        accounts.add(new AccountEvent(user.name(), Action.SIGNED_IN, user.name(), now).from(address));
        return secret.text();
    }

    /** Whether anybody signs in otherwise than with a token. */
    @PermitAll
    public boolean hasUsers() {
        return accounts.hasUsers();
    }

    /** Signs a browser out; a session that is not there is closed already. */
    @PermitAll
    public void closeSession(String text) {
        accounts.session(new Secret(text)).ifPresent(session -> {
            bySession(text).ifPresent(account -> accounts.add(new AccountEvent(account.name(), Action.SIGNED_OUT, account.name(), Instant.now())));
            accounts.remove(session);
        });
    }

    private Optional<Account> used(ApiToken token) {
        Optional<Account> account = token.userId().isEmpty() ? Optional.of(Account.of(token))
                : token.userId().flatMap(accounts::user).filter(user -> !user.isDisabled()).map(Account::of);
        account.ifPresent(known -> token.usedAt(Instant.now()));
        return account;
    }
}

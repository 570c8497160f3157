package dev.gleaner.account;

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
    public Optional<Account> byToken(String text) {
        return accounts.token(new Secret(text)).map(this::used);
    }

    /** The account that signed in to this session; empty when there is no such session, or no longer. */
    public Optional<Account> bySession(String text) {
        return accounts.session(new Secret(text))
                .filter(session -> session.isOpenAt(Instant.now()))
                .flatMap(session -> accounts.token(session.tokenId()))
                .map(this::used);
    }

    /**
     * Signs a browser in.
     *
     * @param token the token's text
     * @return the session's secret, which the browser keeps in a cookie; empty when the token opens no account
     */
    public Optional<String> openSession(String token) {
        Instant now = Instant.now();
        accounts.removeSessionsExpiredAt(now);
        return accounts.token(new Secret(token)).map(known -> {
            Secret secret = Secret.random();
            accounts.add(new ConsoleSession(secret, known.id(), now));
            return secret.text();
        });
    }

    /** Signs a browser out; a session that is not there is closed already. */
    public void closeSession(String text) {
        accounts.session(new Secret(text)).ifPresent(accounts::remove);
    }

    private Account used(ApiToken token) {
        token.usedAt(Instant.now());
        return Account.of(token);
    }
}

package dev.gleaner.account;

import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Tells whether somebody is who they say. It holds no transaction, since looking at a password takes its time. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class SignInService {

    @Inject
    private AccountService accounts;
    @Inject
    private SignInAttempts attempts;
    @Inject
    private Passwords passwords;
    @Inject
    private OpenIdProvider provider;

    protected SignInService() {
    }

    public SignInService(AccountService accounts, SignInAttempts attempts, Passwords passwords, OpenIdProvider provider) {
        this.accounts = accounts;
        this.attempts = attempts;
        this.passwords = passwords;
        this.provider = provider;
    }

    /**
     * Signs somebody in with a password.
     *
     * @param address the caller's network address
     * @return the new session's secret, which the browser keeps in a cookie
     * @throws SignInRefused if that is not the password of an enabled user of this name, or too many tries failed just now
     */
    @PermitAll
    public String byPassword(String name, String password, String address) {
        Duration pause = attempts.begin(name, address);
        if (!pause.isZero()) {
            throw SignInRefused.tooSoon(pause);
        }
        Optional<User> user = accounts.user(name);
        boolean known = passwords.matches(password, user.flatMap(User::passwordHash));
        if (!known || user.orElseThrow().isDisabled()) {
            attempts.refused(name, address);
            throw SignInRefused.wrong();
        }
        attempts.succeeded(name, address);
        return accounts.openSession(user.orElseThrow().id(), address);
    }

    /**
     * Signs somebody in whom the identity provider has recognised.
     *
     * @param code    what the provider gave the browser
     * @param request what the browser was sent there with
     * @param address the caller's network address
     * @return the new session's secret
     * @throws SignInRefused if the provider does not vouch for anybody, or for somebody without a role, a disabled user or one whose name is taken
     */
    @PermitAll
    public String byProvider(String code, OpenIdRequest request, URI redirect, String address) {
        return accounts.openSession(accounts.admit(provider.redeem(code, request, redirect)).id(), address);
    }
}

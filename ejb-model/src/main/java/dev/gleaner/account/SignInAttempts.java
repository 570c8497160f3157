package dev.gleaner.account;

import dev.gleaner.account.AccountEvent.Action;
import dev.gleaner.account.SignInFailures.Scope;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Slows guessing down. Each call is a transaction of its own, which ends before the password is looked at: a try counts as failed from its
 * beginning, so that a thousand tries at the same time are not all free.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class SignInAttempts {

    @Inject
    private AccountRepository accounts;
    private InstantSource clock = InstantSource.system();

    protected SignInAttempts() {
    }

    public SignInAttempts(AccountRepository accounts, InstantSource clock) {
        this.accounts = accounts;
        this.clock = clock;
    }

    /** @return zero when the password may be looked at now; otherwise how long to wait, and nothing was counted */
    public Duration begin(String name, String address) {
        // The database rounds what is finer, and a moment rounded up would lie ahead.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        accounts.forgetFailuresBefore(now.minus(SignInFailures.FORGOTTEN_AFTER));
        List<SignInFailures> counters = scopes(name, address).entrySet().stream()
                .map(scope -> accounts.lockFailures(scope.getKey(), scope.getValue(), now)).toList();
        Duration pause = counters.stream().map(counter -> counter.pauseAt(now)).max(Duration::compareTo).orElseThrow();
        if (pause.isZero()) {
            counters.forEach(counter -> counter.tried(now));
        }
        return pause;
    }

    /** Forgets what failed under the name, there and elsewhere; the address may still be trying other names. */
    public void succeeded(String name, String address) {
        Map<Scope, String> scopes = scopes(name, address);
        accounts.forgetFailures(Scope.PAIR, scopes.get(Scope.PAIR));
        accounts.forgetFailures(Scope.NAME, scopes.get(Scope.NAME));
        accounts.lockFailures(Scope.ADDRESS, address, clock.instant()).didNotFail();
    }

    /** Logs a sign-in that failed. */
    public void refused(String name, String address) {
        String shown = name.substring(0, Math.min(UserService.LONGEST_NAME, name.length()));
        accounts.add(new AccountEvent(shown, Action.SIGN_IN_REFUSED, shown, clock.instant()).from(address));
    }

    private static Map<Scope, String> scopes(String name, String address) {
        String lower = name.toLowerCase(Locale.ROOT);
        // The address first: the name may be cut off.
        return new TreeMap<>(Map.of(Scope.PAIR, address + " " + lower, Scope.NAME, lower, Scope.ADDRESS, address));
    }
}

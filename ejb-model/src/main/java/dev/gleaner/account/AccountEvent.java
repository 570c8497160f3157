package dev.gleaner.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;

/** An entry of the audit log of accounts: who did what with whose, when and from where, and what it was before and after. */
@Entity
@Table(name = "account_events")
public class AccountEvent {

    /** What was done. */
    public enum Action {
        SIGNED_IN, SIGN_IN_REFUSED, SIGNED_OUT, USER_CREATED, ROLE_CHANGED, USER_DISABLED, USER_ENABLED, PASSWORD_CHANGED, PASSWORD_RESET,
        SESSIONS_REVOKED, TOKEN_CREATED, TOKEN_REVOKED, TOKENS_REVOKED
    }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private Instant at;
    private String actor;
    @Enumerated(EnumType.STRING)
    private Action action;
    private String account;
    private String address;
    @Column(name = "before")
    private String before;
    @Column(name = "after")
    private String after;

    protected AccountEvent() {
    }

    AccountEvent(String actor, Action action, String account, Instant at) {
        this.actor = actor;
        this.action = action;
        this.account = account;
        this.at = at;
    }

    AccountEvent from(String address) {
        this.address = address;
        return this;
    }

    AccountEvent changing(String before, String after) {
        this.before = before;
        this.after = after;
        return this;
    }

    public Long id() {
        return id;
    }

    public Instant at() {
        return at;
    }

    /** Whoever did it, by name. */
    public String actor() {
        return actor;
    }

    public Action action() {
        return action;
    }

    /** Whose account it was done with, by name; a name nobody has when somebody tried to sign in with it. */
    public String account() {
        return account;
    }

    /** The caller's network address, where somebody signed in or tried to. */
    public Optional<String> address() {
        return Optional.ofNullable(address);
    }

    public Optional<String> before() {
        return Optional.ofNullable(before);
    }

    public Optional<String> after() {
        return Optional.ofNullable(after);
    }
}

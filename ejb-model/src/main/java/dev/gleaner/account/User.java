package dev.gleaner.account;

import dev.gleaner.Conflict;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who signs in to the console: with a password that only its hash is kept of, or through an identity provider, which then
 * also says the role. A user is never deleted, since decisions carry the name: it is disabled, and opens nothing from then on.
 */
@Entity
@Table(name = "users")
public class User {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private String name;
    @Column(name = "role")
    private String role;
    private String passwordHash;
    private String issuer;
    private String subject;
    private boolean disabled;
    private Instant createdAt;
    private Instant lastSignedInAt;

    protected User() {
    }

    private User(String name, String role, Instant now) {
        this.name = name;
        this.role = role;
        this.createdAt = now;
    }

    /** Somebody who signs in with a password. */
    static User withPassword(String name, String role, String passwordHash, Instant now) {
        User user = new User(name, role, now);
        user.passwordHash = passwordHash;
        return user;
    }

    /**
     * Somebody whom an identity provider knows.
     *
     * @param issuer  the provider
     * @param subject whom it means, for ever; the name may change there
     */
    static User ofProvider(String name, String role, String issuer, String subject, Instant now) {
        User user = new User(name, role, now);
        user.issuer = issuer;
        user.subject = subject;
        return user;
    }

    void signedInAt(Instant now) {
        lastSignedInAt = now;
    }

    /** @throws Conflict if an identity provider signs the user in */
    void replacePassword(String hash) {
        if (issuer != null) {
            throw new Conflict(name + " signs in through the identity provider and has no password here");
        }
        passwordHash = hash;
    }

    /** @throws Conflict if the identity provider says the role */
    void takeRole(String wanted) {
        if (issuer != null && !wanted.equals(role)) {
            throw new Conflict("the role of " + name + " comes from the identity provider; change it there");
        }
        role = wanted;
    }

    /** What the identity provider says now. */
    void isToldRole(String told) {
        role = told;
    }

    void disable() {
        disabled = true;
    }

    void enable() {
        disabled = false;
    }

    public Long id() {
        return id;
    }

    public String name() {
        return name;
    }

    public String role() {
        return role;
    }

    /** Empty for whom an identity provider signs in. */
    Optional<String> passwordHash() {
        return Optional.ofNullable(passwordHash);
    }

    /** The identity provider that signs the user in; empty for who has a password. */
    public Optional<String> issuer() {
        return Optional.ofNullable(issuer);
    }

    public boolean isDisabled() {
        return disabled;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Optional<Instant> lastSignedInAt() {
        return Optional.ofNullable(lastSignedInAt);
    }
}

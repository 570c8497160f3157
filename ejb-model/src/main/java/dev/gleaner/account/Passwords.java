package dev.gleaner.account;

import dev.gleaner.InvalidInput;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.identitystore.Pbkdf2PasswordHash;
import java.util.Map;
import java.util.Optional;

/** What a password has to be, and what is kept of it: PBKDF2 of HMAC-SHA-512 (RFC 8018), with a salt of its own for each. */
@ApplicationScoped
public class Passwords {

    static final int SHORTEST = 10;
    static final int LONGEST = 200;

    /** OWASP's number for SHA-512 (Password Storage Cheat Sheet, 2023): about a fifth of a second of one core. */
    static final int ITERATIONS = 210_000;

    @Inject
    private Pbkdf2PasswordHash pbkdf2;
    private int iterations = ITERATIONS;
    private String nobodys;

    protected Passwords() {
    }

    public Passwords(Pbkdf2PasswordHash pbkdf2, int iterations) {
        this.pbkdf2 = pbkdf2;
        this.iterations = iterations;
        prepare();
    }

    @PostConstruct
    void prepare() {
        pbkdf2.initialize(Map.of(
                "Pbkdf2PasswordHash.Algorithm", "PBKDF2WithHmacSHA512",
                "Pbkdf2PasswordHash.Iterations", Integer.toString(iterations),
                "Pbkdf2PasswordHash.SaltSizeBytes", "16",
                "Pbkdf2PasswordHash.KeySizeBytes", "32"));
        nobodys = hash(Secret.random().text());
    }

    /** One that nobody can guess, to be replaced by whoever gets it: 128 random bits in 22 characters. */
    static String random() {
        return Secret.random().text().substring(0, 22);
    }

    /** @throws InvalidInput if this is no password for the name; the message never shows it */
    static void check(String field, String password, String name) {
        boolean fits = password != null && password.length() >= SHORTEST && password.length() <= LONGEST && !password.isBlank();
        if (!fits || password.equalsIgnoreCase(name)) {
            throw new InvalidInput(field, password == null ? null : "(not shown)",
                    SHORTEST + " to " + LONGEST + " characters, not all of them blank, and not the name");
        }
    }

    String hash(String password) {
        return pbkdf2.generate(password.toCharArray());
    }

    /**
     * Whether it is the password.
     *
     * @param hash empty where nobody has this name: the answer is no then, and takes as long
     */
    boolean matches(String password, Optional<String> hash) {
        boolean same = pbkdf2.verify(password.substring(0, Math.min(LONGEST + 1, password.length())).toCharArray(), hash.orElse(nobodys));
        return same && hash.isPresent();
    }
}

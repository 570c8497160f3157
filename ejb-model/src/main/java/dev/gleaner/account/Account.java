package dev.gleaner.account;

import java.util.Optional;

/**
 * Who is calling.
 *
 * @param name the user's, or the token's where the token is nobody's
 * @param role one of {@link Roles#ALL}
 * @param user the user's id; empty for a token that is nobody's
 */
public record Account(String name, String role, Optional<Long> user) {

    static Account of(ApiToken token) {
        return new Account(token.name(), token.role(), Optional.empty());
    }

    static Account of(User user) {
        return new Account(user.name(), user.role(), Optional.of(user.id()));
    }
}

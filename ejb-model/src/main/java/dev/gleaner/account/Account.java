package dev.gleaner.account;

/** Who is calling: the name and role of the token behind a request. */
public record Account(String name, String role) {

    static Account of(ApiToken token) {
        return new Account(token.name(), token.role());
    }
}

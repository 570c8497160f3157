package dev.gleaner.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Instant;
import java.util.Optional;

/** Tokens and console sessions, found by the hash of their secret. Every call joins the caller's transaction. */
@ApplicationScoped
public class AccountRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected AccountRepository() {
    }

    public AccountRepository(EntityManager entities) {
        this.entities = entities;
    }

    void add(ApiToken token) {
        entities.persist(token);
    }

    Optional<ApiToken> tokenNamed(String name) {
        return entities.createQuery("select t from ApiToken t where t.name = :name", ApiToken.class)
                .setParameter("name", name).getResultStream().findFirst();
    }

    Optional<ApiToken> token(Secret secret) {
        return entities.createQuery("select t from ApiToken t where t.sha256 = :sha256", ApiToken.class)
                .setParameter("sha256", secret.sha256()).getResultStream().findFirst();
    }

    Optional<ApiToken> token(long id) {
        return Optional.ofNullable(entities.find(ApiToken.class, id));
    }

    void add(ConsoleSession session) {
        entities.persist(session);
    }

    Optional<ConsoleSession> session(Secret secret) {
        return Optional.ofNullable(entities.find(ConsoleSession.class, secret.sha256()));
    }

    void remove(ConsoleSession session) {
        entities.remove(session);
    }

    void removeSessionsOf(ApiToken token) {
        entities.createQuery("delete from ConsoleSession s where s.tokenId = :token")
                .setParameter("token", token.id()).executeUpdate();
    }

    void removeSessionsExpiredAt(Instant now) {
        entities.createQuery("delete from ConsoleSession s where s.expiresAt <= :now").setParameter("now", now).executeUpdate();
    }
}

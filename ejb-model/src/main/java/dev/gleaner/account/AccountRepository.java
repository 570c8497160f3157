package dev.gleaner.account;

import dev.gleaner.account.SignInFailures.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Users, and tokens and console sessions, which are found by the hash of their secret. Every call joins the caller's transaction. */
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

    /** @return how many there were */
    int removeSessionsOf(User user) {
        return entities.createQuery("delete from ConsoleSession s where s.userId = :user").setParameter("user", user.id()).executeUpdate();
    }

    /** The users' open sessions; who has none is not among them. */
    Map<Long, Long> sessionsByUser(Instant now) {
        return counts("select s.userId, count(s) from ConsoleSession s where s.userId is not null and s.expiresAt > :now group by s.userId",
                Map.of("now", now));
    }

    Map<Long, Long> tokensByUser() {
        return counts("select t.userId, count(t) from ApiToken t where t.userId is not null group by t.userId", Map.of());
    }

    private Map<Long, Long> counts(String query, Map<String, Object> parameters) {
        TypedQuery<Object[]> counted = entities.createQuery(query, Object[].class);
        parameters.forEach(counted::setParameter);
        return counted.getResultStream().collect(Collectors.toMap(row -> (Long) row[0], row -> (Long) row[1]));
    }

    List<ApiToken> tokensOf(User user) {
        return entities.createQuery("select t from ApiToken t where t.userId = :user order by t.id", ApiToken.class)
                .setParameter("user", user.id()).getResultList();
    }

    void remove(ApiToken token) {
        entities.remove(token);
    }

    /** @return how many there were */
    int removeTokensOf(User user) {
        return entities.createQuery("delete from ApiToken t where t.userId = :user").setParameter("user", user.id()).executeUpdate();
    }

    /** Whether a token that is nobody's goes by this name, in any case of its letters. */
    boolean isNameOfToken(String name) {
        return entities.createQuery("select count(t) from ApiToken t where t.userId is null and lower(t.name) = lower(:name)", Long.class)
                .setParameter("name", name).getSingleResult() > 0;
    }

    /** Whoever makes a user or a token, and has looked that the name is free, goes one after another. */
    void lockUsers() {
        entities.createNativeQuery("lock table users in share row exclusive mode").executeUpdate();
    }

    void add(User user) {
        entities.persist(user);
    }

    Optional<User> user(long id) {
        return Optional.ofNullable(entities.find(User.class, id));
    }

    /** In any case of its letters. */
    Optional<User> userNamed(String name) {
        return entities.createQuery("select u from User u where lower(u.name) = lower(:name)", User.class)
                .setParameter("name", name).getResultStream().findFirst();
    }

    Optional<User> userOf(String issuer, String subject) {
        return entities.createQuery("select u from User u where u.issuer = :issuer and u.subject = :subject", User.class)
                .setParameter("issuer", issuer).setParameter("subject", subject).getResultStream().findFirst();
    }

    List<User> users() {
        return entities.createQuery("select u from User u order by lower(u.name)", User.class).getResultList();
    }

    boolean hasUsers() {
        return entities.createQuery("select count(u) from User u", Long.class).getSingleResult() > 0;
    }

    void add(AccountEvent event) {
        entities.persist(event);
    }

    /** Newest first. */
    List<AccountEvent> events(long before, int limit) {
        return entities.createQuery("select e from AccountEvent e where e.id < :before order by e.id desc", AccountEvent.class)
                .setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** Locked until the transaction ends; made when there are none yet. Whoever locks several takes them in the order of {@link Scope}. */
    SignInFailures lockFailures(Scope scope, String whose, Instant now) {
        String key = SignInFailures.key(scope, whose);
        entities.createNativeQuery("""
                insert into sign_in_failures (key, scope, failures, last_at, blocked_until) values (:key, :scope, 0, :now, :now)
                on conflict (key) do nothing""").setParameter("key", key).setParameter("scope", scope.name()).setParameter("now", now).executeUpdate();
        return entities.find(SignInFailures.class, key, LockModeType.PESSIMISTIC_WRITE);
    }

    void forgetFailures(Scope scope, String whose) {
        entities.createQuery("delete from SignInFailures f where f.key = :key").setParameter("key", SignInFailures.key(scope, whose)).executeUpdate();
    }

    void forgetFailuresBefore(Instant then) {
        entities.createQuery("delete from SignInFailures f where f.lastAt < :then").setParameter("then", then).executeUpdate();
    }

    void removeSessionsExpiredAt(Instant now) {
        entities.createQuery("delete from ConsoleSession s where s.expiresAt <= :now").setParameter("now", now).executeUpdate();
    }
}

package dev.gleaner.platform;

import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Events that platforms send: taken at once, and handled later, by whichever server comes to it. */
@Stateless
public class PlatformInbox {

    private static final int MOST_DUE = 20;

    @Inject
    private PlatformRepository repository;
    @Inject
    private Platforms platforms;
    @Inject
    private TokenVault vault;

    protected PlatformInbox() {
    }

    public PlatformInbox(PlatformRepository repository, Platforms platforms, TokenVault vault) {
        this.repository = repository;
        this.platforms = platforms;
        this.vault = vault;
    }

    /**
     * Takes an event that is signed with a connection's secret; it is handled later.
     *
     * @param headers values by the names of headers
     * @return false if nobody vouches for it: the platform has no such connection, it takes no events, or the signature is wrong
     * @throws dev.gleaner.InvalidInput if it is signed and no event
     */
    @PermitAll
    public boolean receiveSigned(String platform, long id, UnaryOperator<String> headers, byte[] body) {
        Optional<LabelingPlatform> asked = platforms.find(platform);
        Optional<String> secret = repository.find(id).filter(known -> known.platform().equals(platform)).flatMap(PlatformConnection::encryptedSecret)
                .flatMap(vault::decrypt);
        if (asked.isEmpty() || secret.isEmpty() || !asked.get().isSigned(secret.get(), headers, body)) {
            return false;
        }
        LabelingPlatform.Heard heard = asked.get().hear(body);
        Instant now = Instant.now();
        repository.lock(id).ifPresent(known -> {
            known.happened(heard.action(), now);
            if (heard.body() != null) {
                repository.add(new WaitingEvent(id, heard.body(), now));
            }
        });
        return true;
    }

    /**
     * Takes an event of a project, which is made known if it never was.
     *
     * @param action      as people shall see it
     * @param described   its title and its label configuration may be null: then what was known stays
     * @param body        what {@link LabelingPlatform#event} needs of it, without secrets; null if nothing is to be done about it
     */
    public void receive(long project, String platform, LabelingPlatform.Described described, String action, String body) {
        Instant now = Instant.now();
        PlatformConnection known = repository.locked(project, platform, described.identity(), now);
        known.described(described.title(), described.labelConfig());
        known.happened(action, now);
        if (body != null) {
            repository.add(new WaitingEvent(known.id(), body, now));
        }
    }

    /** An event to be handled. */
    public record Due(long event, long connection, String body) {
    }

    /** Takes due events so that no other server has them for a while. */
    public List<Due> take() {
        Instant now = Instant.now();
        return repository.dueEvents(now, MOST_DUE).stream().map(event -> {
            event.takenUntil(now.plus(PlatformTasks.TAKEN));
            return new Due(event.id(), event.connectionId(), event.body());
        }).toList();
    }

    /** An event was handled. */
    public void handled(long event) {
        repository.event(event).ifPresent(repository::remove);
    }

    /** An event could not be handled; it is tried again, but not for ever. @param pause that the platform asks for; then it does not count */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void failed(long id, String reason, Duration pause) {
        repository.event(id).ifPresent(event -> {
            repository.lock(event.connectionId()).ifPresent(known -> known.failed(reason, Instant.now()));
            if (!event.failed(reason, Instant.now(), pause)) {
                repository.remove(event);
            }
        });
    }
}

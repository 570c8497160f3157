package dev.gleaner.platform;

import dev.gleaner.NotFound;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The projects of platforms that work with projects here. It calls no other server. */
@Stateless
public class PlatformConnections {

    private static final Duration POLLED_EVERY = Duration.ofMinutes(5);

    @Inject
    private PlatformRepository repository;
    @Inject
    private Platforms platforms;
    @Inject
    private TokenVault vault;

    protected PlatformConnections() {
    }

    public PlatformConnections(PlatformRepository repository, Platforms platforms, TokenVault vault) {
        this.repository = repository;
        this.platforms = platforms;
        this.vault = vault;
    }

    /** The project of this identity, if it introduced itself or was connected. */
    public Optional<PlatformConnection> find(long project, String platform, String identity) {
        return identity == null ? Optional.empty() : repository.find(project, platform, identity);
    }

    /** @throws NotFound if there is none of this id */
    public PlatformConnection get(long id) {
        return repository.get(id);
    }

    /** By id. */
    public List<PlatformConnection> all() {
        return repository.all();
    }

    /**
     * What a platform says of a project of its own that it introduces.
     *
     * @param hostname  where the platform says it is; null leaves what it said before
     * @param vouched   whether somebody who may connect platforms vouches for that address: nobody else can have this server ask a host
     * @param token     null leaves the one there was, if the address stays
     * @param threshold the least score of a box; null where the project here says it
     */
    public record Introduction(String identity, String hostname, boolean vouched, String labelConfig, String token, Double threshold) {

        /** Without the token. */
        @Override
        public String toString() {
            return "Introduction[" + identity + "]";
        }
    }

    /** A platform introduces a project of its own. What somebody has said of its address and its token stays. */
    public void introduce(long project, String platform, Introduction said) {
        Instant now = Instant.now();
        repository.locked(project, platform, said.identity(), now)
                .introduced(said.hostname(), said.vouched(), said.labelConfig(), said.token() == null ? null : vault.encrypt(said.token()), said.threshold(), now);
    }

    /**
     * Somebody connects a project by the platform's address and token.
     *
     * @param secret    that it signs its events with; null if none are taken
     * @param described what the platform says of it
     */
    public PlatformConnection connect(long project, String platform, PlatformAccess access, String secret, LabelingPlatform.Described described) {
        Instant now = Instant.now();
        PlatformConnection known = repository.locked(project, platform, described.identity(), now);
        known.connected(access.address().orElse(null), access.token().map(vault::encrypt).orElse(null),
                secret == null ? null : vault.encrypt(secret), described.title(), described.labelConfig(), now);
        known.recovered();
        return known;
    }

    /** Forgets a project: its dataset and what was decided about it stay. */
    public void disconnect(long id) {
        repository.remove(repository.lock(id).orElseThrow(() -> new NotFound(PlatformConnection.KIND, id)));
    }

    /** The project as its platform gets to know it. */
    public PlatformProject project(long id) {
        return project(repository.get(id));
    }

    private PlatformProject project(PlatformConnection known) {
        return new PlatformProject(known.id(), known.projectId(), known.identity(),
                new PlatformAccess(known.address(), known.encryptedToken().flatMap(vault::decrypt)), known.labelConfig(), known.threshold());
    }

    /** The project of this identity as its platform gets to know it. */
    public Optional<PlatformProject> project(long project, String platform, String identity) {
        return find(project, platform, identity).map(this::project);
    }

    /** Notes that something works or does not, for people to see; null if it works. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void report(long id, String event, String error) {
        repository.lock(id).ifPresent(known -> {
            known.happened(event, Instant.now());
            if (error == null) {
                known.recovered();
            } else {
                known.failed(error, Instant.now());
            }
        });
    }

    /** The platform says what the project is now. */
    public void described(long id, LabelingPlatform.Described now) {
        repository.lock(id).filter(known -> known.identity().equals(now.identity())).ifPresent(known -> known.described(now.title(), now.labelConfig()));
    }

    /** Has all its reviews looked through as soon as somebody comes to it. @throws NotFound if there is none of this id */
    public void pollSoon(long id) {
        repository.lock(id).orElseThrow(() -> new NotFound(PlatformConnection.KIND, id)).pollSoon();
    }

    /** How far its reviews were looked through, as the platform tells it. */
    public Optional<String> mark(long id) {
        return repository.get(id).mark();
    }

    /**
     * Notes how far reviews were looked through; @return false if somebody wants all of it anew meanwhile, or the project is gone
     *
     * @param mark null for the beginning
     */
    public boolean looked(long id, String mark) {
        return repository.lock(id).map(known -> known.looked(mark, Instant.now())).orElse(false);
    }

    /** Notes how a look through the reviews ended. @param problem null if it went well @param pause before the next one, at the least */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void lookEnded(long id, String problem, Duration pause) {
        repository.lock(id).ifPresent(known -> {
            if (problem == null) {
                known.looked();
            } else {
                known.happened("poll", Instant.now());
                known.failed(PlatformConnection.UNREAD + problem, Instant.now());
            }
            if (pause.compareTo(POLLED_EVERY) > 0 && known.polledAt().isPresent()) {
                known.polled(Instant.now().plus(pause).minus(POLLED_EVERY));
            }
        });
    }

    /** Takes the projects whose reviews were not looked at for a while, since events may be lost. */
    public List<Long> takePolls() {
        Instant now = Instant.now();
        return repository.all().stream().filter(known -> isDue(known, now)).map(known -> repository.lock(known.id())).flatMap(Optional::stream)
                .filter(known -> isDue(known, now)).peek(known -> known.polled(now)).map(PlatformConnection::id).toList();
    }

    private boolean isDue(PlatformConnection known, Instant now) {
        return known.polledAt().map(at -> at.plus(POLLED_EVERY).isBefore(now)).orElse(true)
                && platforms.find(known.platform()).map(platform -> known.canBeCalled(platform.needs())).orElse(false);
    }
}

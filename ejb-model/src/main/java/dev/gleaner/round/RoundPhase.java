package dev.gleaner.round;

import dev.gleaner.round.TrainingRound.Phase;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;

/** When a round began with a phase and when it was through; one that was gone through again keeps its beginning. */
@Entity
@Table(name = "training_round_phases")
@IdClass(RoundPhase.Key.class)
public class RoundPhase {

    record Key(long roundId, Phase phase) implements Serializable {
    }

    @Id
    private long roundId;
    @Id
    @Enumerated(EnumType.STRING)
    private Phase phase;
    private Instant beganAt;
    private Instant endedAt;

    protected RoundPhase() {
    }

    RoundPhase(long roundId, Phase phase) {
        this.roundId = roundId;
        this.phase = phase;
        this.beganAt = Instant.now();
    }

    void end() {
        if (endedAt == null) {
            endedAt = Instant.now();
        }
    }

    public Phase phase() {
        return phase;
    }

    public Instant beganAt() {
        return beganAt;
    }

    public Optional<Instant> endedAt() {
        return Optional.ofNullable(endedAt);
    }
}

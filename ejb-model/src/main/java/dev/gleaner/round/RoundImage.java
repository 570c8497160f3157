package dev.gleaner.round;

import dev.gleaner.evaluationrun.GoldBox;
import dev.gleaner.finetune.GroundedCaption;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** An image of a round with what humans had said of it when the round began. Only what the teacher did with it changes. */
@Entity
@Table(name = "training_round_images")
@IdClass(RoundImage.Key.class)
public class RoundImage {

    /** What it is there for: to be trained on with its gold, to be measured on, or to be labelled by the teacher. */
    public enum Role { GOLD, HELD_OUT, UNLABELLED }

    record Key(long roundId, long imageId) implements Serializable {
    }

    @Id
    private long roundId;
    @Id
    private long imageId;
    @Enumerated(EnumType.STRING)
    private Role role;
    private String sha256;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<GoldBox> gold;
    private long[] absent;
    private long[] notExhaustive;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<GoldBox> rejected;
    private long[] decided;
    private long[] complete;
    private boolean judged;
    private String caption;
    @JdbcTypeCode(SqlTypes.JSON)
    private GroundedCaption grounding;
    private Instant taughtAt;
    private String quarantine;

    protected RoundImage() {
    }

    public long imageId() {
        return imageId;
    }

    public Role role() {
        return role;
    }

    String sha256() {
        return sha256;
    }

    /** Boxes that humans vouch for. */
    public List<GoldBox> gold() {
        return gold;
    }

    long[] absent() {
        return absent;
    }

    long[] notExhaustive() {
        return notExhaustive;
    }

    /** Boxes that reviewers rejected. */
    public List<GoldBox> rejected() {
        return rejected;
    }

    /** Categories of which a reviewer decided about a box here. */
    Set<Long> decided() {
        return decided == null ? Set.of() : Arrays.stream(decided).boxed().collect(Collectors.toSet());
    }

    /** Of an image for the teacher: categories of which somebody said that nothing is missing here. */
    Set<Long> complete() {
        return complete == null ? Set.of() : Arrays.stream(complete).boxed().collect(Collectors.toSet());
    }

    /** Whether the teacher labels it although it is gold, so that it can be seen how sure the teacher has to be. */
    boolean judged() {
        return judged;
    }

    /** What somebody said is there; empty where captions take no part. */
    public Optional<String> caption() {
        return Optional.ofNullable(caption);
    }

    /** Where the teacher found what the caption names; empty if it found nothing with enough certainty. */
    public Optional<GroundedCaption> grounding() {
        return Optional.ofNullable(grounding);
    }

    /** When the teacher was through with it. */
    public Optional<Instant> taughtAt() {
        return Optional.ofNullable(taughtAt);
    }

    /** Why the teacher could not read it. */
    public Optional<String> quarantine() {
        return Optional.ofNullable(quarantine);
    }
}

package dev.gleaner.finetune;

import dev.gleaner.evaluationrun.GoldBox;
import jakarta.persistence.Entity;
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

/** An image of a fine-tune with its boxes by id, as they were when it was ordered. Only whether it is in quarantine changes. */
@Entity
@Table(name = "fine_tune_images")
@IdClass(FineTuneImage.Key.class)
class FineTuneImage {

    record Key(long fineTuneId, long imageId) implements Serializable {
    }

    @Id
    private long fineTuneId;
    @Id
    private long imageId;
    private String sha256;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<GoldBox> gold;
    private long[] absent;
    private long[] notExhaustive;
    private String quarantine;
    private Instant quarantinedAt;
    @JdbcTypeCode(SqlTypes.JSON)
    private List<ProposedBox> proposed;
    @JdbcTypeCode(SqlTypes.JSON)
    private GroundedCaption grounding;

    protected FineTuneImage() {
    }

    FineTuneImage(long fineTuneId, StudentImage image) {
        this.fineTuneId = fineTuneId;
        this.imageId = image.imageId();
        this.sha256 = image.sha256();
        this.gold = image.gold();
        this.absent = image.absent();
        this.notExhaustive = image.notExhaustive();
        this.proposed = image.proposed();
        this.grounding = image.grounding();
    }

    long imageId() {
        return imageId;
    }

    String sha256() {
        return sha256;
    }

    /** Boxes around a crowd teach nothing: the official training leaves them out as well. */
    List<GoldBox> boxes() {
        return gold.stream().filter(box -> !box.crowd()).toList();
    }

    /** What else is learnt there; none but for a round's student. */
    List<ProposedBox> proposed() {
        return proposed == null ? List.of() : proposed;
    }

    /** Whether something is learnt there that no human vouches for. */
    boolean isPseudoLabelled() {
        return isCaptionAlone() || proposed().stream().anyMatch(box -> box.weight() > 0);
    }

    /** A caption with boxes for its phrases; none but for a round's student. */
    Optional<GroundedCaption> grounding() {
        return Optional.ofNullable(grounding);
    }

    /** Whether nothing is learnt of it but its caption: nobody knows what else is there. */
    boolean isCaptionAlone() {
        return grounding != null && proposed == null;
    }

    /**
     * Categories it tells something of, as LVIS annotates: those with a box, and those known not to be there. Empty where its
     * boxes tell all there is.
     */
    Optional<Set<Long>> known() {
        if (absent == null) {
            return Optional.empty();
        }
        Set<Long> known = gold.stream().map(GoldBox::category).collect(Collectors.toSet());
        Arrays.stream(absent).forEach(known::add);
        return Optional.of(known);
    }
}
